import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../cli/runCli.js";
import { claims, descriptionOf, examplesOf, fileName, moduleOf } from "./docExamples.js";
import { compileModules, STRICTEST } from "./packedPackage.js";
import { readPublicApi } from "./publicApi.js";

const api = readPublicApi();
const values = api.entries.flatMap((entry) =>
  entry.exported.filter(({ isValue }) => isValue).map((one) => ({ entry, one, name: `${entry.name}: ${one.name}` })),
);
const examples = values.flatMap(({ entry, one }) => examplesOf(entry, one, api));

/** What examples use without making it: an encoder, labeled vectors and so on, made once. */
const FIXTURES = `
import { writeFile, mkdir } from "node:fs/promises";
import { train } from "headstart";
import { readLabeled, readTagged } from "headstart/corpus";
import { embedTexts, loadEncoder } from "headstart/encoders";
import { holdOut, trainClassifier, type LabeledVectors } from "headstart/heads";
import { contextualVectors } from "headstart/tagging";
import { runTransfer } from "headstart/transfer";
import { matrix, openVectorWriter } from "headstart/vectors";
export const encoder = await loadEncoder("headstart-mini");
export const wordEncoder = await loadEncoder("headstart-mini", { layers: "spread" });
const embed = async (texts: readonly string[]) => (await embedTexts(encoder, texts)).vectors;
const vectorsOf = async (file: string): Promise<LabeledVectors> => {
  const { texts, labels } = await readLabeled([file], { limit: 240 });
  return { texts, labels, vectors: await embed(texts) };
};
const sides = holdOut(await vectorsOf("reviews.csv"), { devFraction: 0.3 });
/** Labeled vectors to train on, and others to measure with. */
export const data: LabeledVectors = sides.train;
export const dev: LabeledVectors = sides.dev;
export const trained = await trainClassifier(data, { dev, Cs: [0.1] });
export const topics = await vectorsOf("topics.csv");
const topicsModel = await train("topics.csv", { multiLabel: "|" });
await topicsModel.save("topics-head");
const newsModel = await train("news.conll", { task: "ner", epochs: 2, ensemble: 1, limit: 60 });
await newsModel.save("news-head");
export const tagger = newsModel.trained.tagger;
const { sentences: some } = await readTagged(["news.conll"], { limit: 60 });
export const sentences = { sentences: some, ...(await contextualVectors(wordEncoder, some)) };
const writer = await openVectorWriter("vectors.parquet", { width: 2, columns: ["id"] });
await writer.write(matrix(2, 2), [["a"], ["b"]]);
await writer.commit();
const [source, target] = [await readLabeled(["reviews.csv"]), await readLabeled(["other-reviews.csv"])];
const record = await runTransfer(encoder, { source, target }, {
  vectorsOf: embed, createdAt: "2026-01-01T00:00:00Z", clock: () => 0, report: "transfer/report.html",
});
await mkdir("transfer");
await writeFile("transfer/record.json", JSON.stringify(record));
export const closeAll = () => Promise.all([topicsModel, newsModel, encoder, wordEncoder].map((one) => one.close()));
`;
const NAMES = ["encoder", "wordEncoder", "data", "dev", "trained", "topics", "tagger", "sentences"];

/** Runs all examples, one after the other, and prints what each printed, or how it failed. */
const RUNNER = `
import { format } from "node:util";
import { closeAll } from "./fixtures.js";
const log = console.log;
const found: Record<string, { printed: string[]; failure?: string }> = {};
for (const file of process.argv.slice(2)) {
  const printed: string[] = [];
  found[file] = { printed };
  console.log = (...args: unknown[]) => void printed.push(format(...args));
  await import("./" + file).catch((error: unknown) => (found[file] = { printed, failure: String(error) }));
}
await closeAll();
log(JSON.stringify(found));
`;

/** White space counts as one space. */
const spaced = (text: string): string => text.replace(/\s+/g, " ").trim();

describe("every value that the package exports", () => {
  it.each(values)("has a description and an example: $name", ({ entry, one }) => {
    expect(descriptionOf(one, api)).toMatch(/\w+ \w+/);
    expect(examplesOf(entry, one, api)).toHaveLength(1);
  });
});

describe("the examples of the package", () => {
  let folder: string;
  let found: Readonly<Record<string, { readonly printed: readonly string[]; readonly failure?: string }>>;
  const files = examples.map(fileName);
  beforeAll(() => {
    mkdirSync(join(ROOT, "out"), { recursive: true });
    // Below the checkout, where the package's own name leads to it.
    folder = mkdtempSync(join(ROOT, "out/examples-"));
    writeFileSync(join(folder, "fixtures.ts"), FIXTURES);
    writeFileSync(join(folder, "runner.ts"), RUNNER);
    examples.forEach((example, i) => writeFileSync(join(folder, files[i]), moduleOf(example, api, NAMES)));
    const [header, ...rows] = readFileSync(join(ROOT, "data/movies.csv"), "utf8").trimEnd().split("\n");
    writeFileSync(join(folder, "reviews.csv"), [header, ...rows.slice(0, 240), ""].join("\n"));
    writeFileSync(join(folder, "other-reviews.csv"), [header, ...rows.slice(240), ""].join("\n"));
    copyFileSync(join(ROOT, "data/tweets.csv"), join(folder, "tweets.csv"));
    copyFileSync(join(ROOT, "data/entities.conll"), join(folder, "news.conll"));
    const topics = [
      "goal match coach,sport",
      "tax bank budget,money",
      "party poll seat,vote",
      "goal tax bank,sport|money",
    ];
    const many = Array.from({ length: 60 }, (_, i) => `${i} ${topics[i % topics.length]}`);
    writeFileSync(join(folder, "topics.csv"), ["text,label", ...many, ""].join("\n"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("have types that hold", () => {
    const strict = STRICTEST.filter((flag) => !/Unused/.test(flag));
    expect(compileModules(folder, ["fixtures.ts", "runner.ts", ...files], [...strict, "--skipLibCheck"])).toBe("");
  });

  it("run", () => {
    const env = { PATH: process.env["PATH"], HOME: folder, HF_ENDPOINT: "http://127.0.0.1:9" };
    const args = ["runner.js", ...files.map((file) => file.replace(/ts$/, "js"))];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
    expect(stderr).toBe("");
    found = JSON.parse(stdout) as typeof found;
    const failures = Object.entries(found).flatMap(([file, { failure }]) => (failure ? [`${file}: ${failure}`] : []));
    expect(failures).toEqual([]);
  });

  it("print what they say", () => {
    const odd = examples.flatMap(({ name, code }, i) => {
      const { printed } = found[files[i].replace(/ts$/, "js")];
      return claims(code).flatMap((claim, k) =>
        claim === undefined || spaced(printed[k] ?? "nothing") === spaced(claim)
          ? []
          : [`${name} says ${claim}, and prints ${printed[k]}`],
      );
    });
    expect(odd).toEqual([]);
  });
});
