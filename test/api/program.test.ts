import { spawnSync } from "node:child_process";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../cli/runCli.js";
import { compileModules, installPacked } from "./packedPackage.js";

/** What a user writes to train, measure and save, and, in another process, to load and predict. */
const PROGRAMS = {
  "classifier.train.ts": `
    import { train, type ClassifierModel, type Prediction } from "headstart";
    const model: ClassifierModel = await train("reviews.csv", { explainable: true, seed: 3 });
    await model.save("reviews-head");
    const predictions: Prediction[] = await model.predict(["A lovely film", "Nice hats, no plot"]);
    const { mistakes, ...evaluation } = await model.evaluate("reviews.csv", { limit: 100 });
    console.log(JSON.stringify({ predictions, mistakes, evaluation, explanation: await model.explain("A lovely film") }));
    await model.close();`,
  "classifier.use.ts": `
    import { loadPipeline, type Explanation } from "headstart";
    const head = await loadPipeline("reviews-head", { kind: "classifier", offline: true });
    const predictions = await head.predict(["A lovely film", "Nice hats, no plot"]);
    const label: string | undefined = predictions[0]?.label;
    if (label === undefined || !head.labels.includes(label)) throw new Error("no label");
    const { mistakes, ...evaluation } = await head.evaluate("reviews.csv", { limit: 100 });
    const explanation: Explanation = await head.explain("A lovely film");
    console.log(JSON.stringify({ predictions, mistakes, evaluation, explanation }));
    await head.close();`,
  "multiLabel.train.ts": `
    import { train, type MultiLabelModel, type MultiLabelPrediction } from "headstart";
    const model: MultiLabelModel = await train("topics.csv", { multiLabel: "|" });
    await model.save("topics-head");
    const predictions: MultiLabelPrediction[] = await model.predict(["goal in extra time", "a vote on the budget"]);
    console.log(JSON.stringify({ predictions, evaluation: await model.evaluate("topics.csv") }));
    await model.close();`,
  "multiLabel.use.ts": `
    import { loadPipeline } from "headstart";
    const head = await loadPipeline("topics-head", { kind: "multi-label" });
    const predictions = await head.predict(["goal in extra time", "a vote on the budget"]);
    const labels: readonly string[] = predictions.flatMap((prediction) => prediction.labels);
    if (labels.some((label) => !head.labels.includes(label))) throw new Error("a label of no head");
    console.log(JSON.stringify({ predictions, evaluation: await head.evaluate("topics.csv") }));
    await head.close();`,
  "tagger.train.ts": `
    import { train, type TaggerModel, type TextEntities } from "headstart";
    const model: TaggerModel = await train("news.conll", { task: "ner", limit: 90, epochs: 6 });
    await model.save("news-head");
    const predictions: TextEntities[] = await model.predict(["Mount Elgon lies in Uganda.", ""]);
    console.log(JSON.stringify({ predictions, evaluation: await model.evaluate("news.conll") }));
    await model.close();`,
  "tagger.use.ts": `
    import { loadPipeline, type TaggerEvaluation } from "headstart";
    const head = await loadPipeline("news-head", { kind: "tagger" });
    const predictions = await head.predict(["Mount Elgon lies in Uganda.", ""]);
    const labels = predictions.flatMap(({ entities }) => entities.map(({ label }) => label));
    if (labels.some((label) => !head.labels.includes(label))) throw new Error("a label of no head");
    const evaluation: TaggerEvaluation = await head.evaluate("news.conll");
    console.log(JSON.stringify({ predictions, evaluation }));
    await head.close();`,
  "loneText.ts": `
    import { HeadstartError, loadPipeline, train } from "headstart";
    import { embedStream, embedTexts, loadEncoder, type Encoder } from "headstart/encoders";
    const codeOf = (work: Promise<unknown>) => work.then(() => "none", (e) => (e instanceof HeadstartError ? e.code : e));
    const encoder: Encoder = await loadEncoder("headstart-mini", { pooling: "cls" });
    const head = await loadPipeline("sentiment");
    const codes = [
      // @ts-expect-error One text is no list of texts.
      await codeOf(head.predict("I loved it")),
      // @ts-expect-error One text is no list of texts.
      await codeOf(embedTexts(encoder, "I loved it")),
      // @ts-expect-error One text is no list of texts.
      await codeOf(embedStream(encoder, "I loved it").next()),
    ];
    // @ts-expect-error There is no such pooling.
    export const unknownPooling = () => loadEncoder("headstart-mini", { pooling: "median" });
    // @ts-expect-error There is no such kind of head.
    export const unknownKind = () => loadPipeline("sentiment", { kind: "regressor" });
    // @ts-expect-error A row has a label.
    export const rowsWithoutLabels = () => train([{ text: "a" }]);
    // @ts-expect-error A width is a number.
    export const width: string = encoder.width;
    console.log(JSON.stringify(codes));
    await head.close();
    await encoder.close();`,
} as const;

const SUBJECTS = {
  sport: ["goal", "match", "coach"],
  money: ["budget", "tax", "bank"],
  vote: ["party", "poll", "seat"],
};

/** Rows of one subject and of two, told by their words. */
function topics(): string {
  const subjects = Object.entries(SUBJECTS);
  const rows = Array.from({ length: 90 }, (_, i) => {
    const [first, second] = [subjects[i % 3], subjects[(i + 1) % 3]];
    const both = i % 2 === 0;
    const words = [first[1][i % 3], first[1][(i + 1) % 3], ...(both ? [second[1][i % 3], second[1][(i + 2) % 3]] : [])];
    return `${words.join(" ")} ${i},${[first[0], ...(both ? [second[0]] : [])].join("|")}`;
  });
  return ["text,label", ...rows, ""].join("\n");
}

describe("a program of a user of the package", () => {
  let folder: string;
  beforeAll(() => {
    folder = installPacked();
    copyFileSync(join(ROOT, "data/movies.csv"), join(folder, "reviews.csv"));
    copyFileSync(join(ROOT, "data/entities.conll"), join(folder, "news.conll"));
    writeFileSync(join(folder, "topics.csv"), topics());
    for (const [name, text] of Object.entries(PROGRAMS)) writeFileSync(join(folder, name), text);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What a program prints, as JSON. */
  function printedBy(name: keyof typeof PROGRAMS): Record<string, unknown> {
    const env = { PATH: process.env["PATH"], HOME: folder, HF_ENDPOINT: "http://127.0.0.1:9" };
    const args = [name.replace(/ts$/, "js")];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
    expect([stderr, status]).toEqual(["", 0]);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  it("holds under the strictest compiler, which checks the package's own declarations too", () => {
    expect(compileModules(folder, Object.keys(PROGRAMS))).toBe("");
  });

  it.each(["classifier", "multiLabel", "tagger"] as const)(
    "trains a %s, saves it, and in another process predicts and measures the same",
    (kind) => {
      const trained = printedBy(`${kind}.train.ts`);
      expect(trained["predictions"]).toHaveLength(2);
      expect(printedBy(`${kind}.use.ts`)).toEqual(trained);
      if (kind !== "tagger") return;
      const { seen, unseen } = trained["evaluation"] as Record<"seen" | "unseen", { readonly support: number }>;
      // Of the sentences that the head was not trained on; its surface forms come with it, hashed.
      expect(seen.support + unseen.support).toBeGreaterThan(0);
    },
  );

  it("is refused one text where a list of texts is meant, when it is compiled and when it runs", () => {
    expect(printedBy("loneText.ts")).toEqual(["E_USAGE", "E_USAGE", "E_USAGE"]);
  });
});
