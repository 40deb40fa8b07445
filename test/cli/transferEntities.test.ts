import { readdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { TaggingTransfer } from "../../src/transfer/entities/record.js";
import { expectFailure, jsonOf, sharedSandbox, succeeded, TINY, type Sandbox } from "./runCli.js";

const NAMES = ["Ada", "Bob", "Cy", "Dee", "Eve", "Flo"];
const PLACES = ["Oslo", "Paris", "Rome"];
const sentences = (n: number, { from = 0, person = "person" } = {}): string =>
  Array.from({ length: n }, (_, at) => {
    const i = from + at;
    return [`${NAMES[i % 6]}\tB-${person}`, "went\tO", "to\tO", `${PLACES[i % 3]}\tB-place`, `${i}\tO\n`].join("\n");
  }).join("\n");

const HOW = ["--task", "ner", "--encoder", TINY, "--epochs", "2"];

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("a.conll", sentences(36));
  await box.write("far.conll", sentences(24, { from: 300 }));
  await box.write("own.conll", sentences(30, { from: 100 }));
  await box.write("more-own.conll", sentences(45, { from: 500 }));
  await box.write("leaders.conll", sentences(24, { from: 400, person: "leader" }));
});

interface Written extends TaggingTransfer {
  readonly head: string | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly corpora: Readonly<Record<string, { readonly sentences: number } | null>>;
}
const recordOf = async (folder: string): Promise<Written> =>
  JSON.parse(await readFile(box.path(`${folder}/record.json`), "utf8")) as Written;

const transfer = (target: string, folder: string, ...more: string[]) =>
  box.call(["transfer", "--source", "a.conll", "--target", target, "-o", folder, ...HOW, ...more]);

interface HeadJson {
  readonly labels: readonly string[];
  readonly training: { readonly files: readonly string[]; readonly n: number };
}

describe("headstart transfer --task ner", () => {
  it("is compared across domains through a map, with a verdict on sentences that no tagger has seen", async () => {
    await box.write(
      "target.conll",
      `${sentences(36)}\n${sentences(3, { from: 100 })}\n${sentences(12, { from: 200 })}`,
    );
    const sides = ["--source", "a.conll", "--target", "target.conll", "--target-train", "own.conll", "-o", "report"];
    const how = ["--task", "ner", "--map", "place=LOC", "--encoder", TINY, "--epochs", "3"];
    const { stdout, stderr } = succeeded(await box.call(["transfer", ...sides, ...how, "--json"]));
    const record = JSON.parse(stdout) as {
      target: { n: number };
      ceiling: { n: number };
      drop: number;
      dropInterval95: [number, number];
      verdict: { call: string; n: number; because: string };
      leakage: { targetWith: { n: number; entityF1: number } };
    };
    const leakage = { normalised: 29, trainAndTarget: 3, targetWithout: { n: 22 }, targetWith: { n: 51 } };
    expect(record).toMatchObject({ labels: ["LOC", "person"], map: { place: "LOC" }, leakage });
    expect(record.target.n).toBe(22);
    expect([record.ceiling.n, record.verdict.n]).toEqual([19, 19]);
    expect(["positive", "neutral", "negative"]).toContain(record.verdict.call);
    expect(record.verdict.because).toContain("entity F1 on the target");
    expect(record.dropInterval95[0]).toBeLessThanOrEqual(record.drop);
    expect(record.dropInterval95[1]).toBeGreaterThanOrEqual(record.drop);
    expect(stderr).toContain("29 of 51 target sentences are also in the source: scored without them");
    expect(stderr).toContain(
      "3 of 51 target sentences are also in the target's training sentences: left out of the verdict",
    );
    expect(await readFile(box.path("report/report.html"), "utf8")).toContain(
      "29 target sentences are also in the source",
    );
    const shown = succeeded(await box.call(["transfer", ...sides, ...how])).stdout;
    expect(shown).toContain(
      `${"with sentences of the source".padEnd(34)} ${record.leakage.targetWith.entityF1.toFixed(3)}, 51 sentences`,
    );
  }, 120_000);

  it("is judged on nothing where every target sentence is a training sentence", async () => {
    const sides = ["--source", "a.conll", "--target", "a.conll", "--target-train", "a.conll", "-o", "same"];
    const how = ["--task", "ner", "--encoder", TINY, "--epochs", "1", "--json", "--quiet"];
    const record = jsonOf(await box.call(["transfer", ...sides, ...how]));
    expect(record).toMatchObject({
      ceiling: null,
      joint: null,
      verdict: { call: "unknown" },
      leakage: { trainAndTarget: 36 },
    });
    const dev = ["transfer", "--source", "a.conll", "--source-dev", "a.conll", "--target", "a.conll", "-o", "dev"];
    expectFailure(await box.call([...dev, "--task", "ner", "--encoder", TINY]), {
      exit: 3,
      code: "E_NO_ROWS",
      says: [/all 36 dev sentences are among the source sentences.*leave out --source-dev/],
    });
  });

  it("says by tagged sentences whether the source helps, in text, record and report", async () => {
    const { stdout } = succeeded(await transfer("far.conll", "curves", "--target-train", "more-own.conll"));
    const { curves, verdict, curveTaggers, options, corpora } = await recordOf("curves");
    expect(curves.map(({ strategy, points }) => [strategy, points.map(({ n }) => n)])).toEqual([
      ["source", [0]],
      ["target", [25, 45]],
      ["both", [25, 45]],
    ]);
    expect(verdict.byLabels!.map(({ n }) => n)).toEqual([25, 45]);
    expect(verdict.byLabels!.at(-1)!.difference).toBe(verdict.difference);
    expect(stdout).toContain(`by tagged target sentences: ${verdict.says!}`);
    expect(stdout).toContain(curveTaggers!);
    expect(stdout).toMatch(/^advice +(?:target alone|add the source): /m);
    expect(options).toMatchObject({ task: "ner", epochs: 2, encoder: TINY });
    expect(corpora).toMatchObject({ source: { sentences: 36 }, sourceDev: null, targetTrain: { sentences: 45 } });
    const page = await readFile(box.path("curves/report.html"), "utf8");
    expect(page).toContain("Entity F1 by tagged target sentences. source alone: ");
    for (const title of ["With the source and without", "What to do next", "How far apart source and target are"])
      expect(page).toContain(title);
  }, 120_000);

  it("writes the head of the sentences that the verdict recommends, which predicts and is evaluated", async () => {
    succeeded(await transfer("far.conll", "judged", "--target-train", "own.conll"));
    const { verdict, head } = await recordOf("judged");
    expect(head).toBe("judged/head");
    const { training } = JSON.parse(await readFile(box.path("judged/head/headstart.json"), "utf8")) as HeadJson;
    const own = { files: ["own.conll"], n: 27 };
    const both = { files: ["a.conll", "own.conll"], n: 63 };
    const allowed = { positive: [both], negative: [own], neutral: [own, both], unknown: [] };
    expect(allowed[verdict.call]).toContainEqual({ files: training.files, n: training.n });
    expect(jsonOf(await box.call(["evaluate", "judged/head", "far.conll", "--json"]))).toMatchObject({ n: 24 });
    succeeded(await box.call(["predict", "judged/head", "Ada went to Oslo 3"]));
  }, 120_000);

  it("writes the head of all source sentences where there is no verdict, and knows what it was trained on", async () => {
    const { stdout } = succeeded(await transfer("far.conll", "moved"));
    expect(stdout).toMatch(/^head +moved\/head$/m);
    const weights = (folder: string) => readFile(box.path(`${folder}/head.safetensors`));
    succeeded(await box.call(["train", "a.conll", "-o", "trained", ...HOW]));
    expect((await weights("moved/head")).equals(await weights("trained"))).toBe(true);
    const again = ["evaluate", "moved/head", "a.conll", "--json"];
    expect(jsonOf(await box.call(again))).toMatchObject({ seenInTraining: 36 });
  });

  it("writes no head with --no-head", async () => {
    succeeded(await transfer("far.conll", "headless", "--no-head"));
    expect((await recordOf("headless")).head).toBeNull();
    expect(await readdir(box.path("headless"))).not.toContain("head");
  });

  it("does not judge types that one side lacks, and suggests a map after which it does", async () => {
    const own = ["--target-train", "own.conll"];
    const { stderr } = succeeded(await transfer("leaders.conll", "open", ...own));
    const { verdict, advice, suggestedMap, ceiling } = await recordOf("open");
    expect(verdict).toMatchObject({ call: "unknown", comparable: false });
    expect(verdict.because).toContain('the target has types of entities that the source lacks: "leader"');
    expect(verdict.because).toContain(`--map "${suggestedMap!}"`);
    expect(advice.strategy).toBe("map the labels");
    expect(ceiling).not.toBeNull();
    expect(stderr).toContain('over its own types of entities; of these the source lacks "leader"');
    succeeded(await transfer("leaders.conll", "mapped", ...own, "--map", suggestedMap!));
    expect((await recordOf("mapped")).verdict.comparable).toBeUndefined();
  }, 120_000);

  it("drops the entities of a type that the map drops on both sides", async () => {
    succeeded(await transfer("leaders.conll", "dropped", "--map", "person=drop,leader=drop"));
    const { labels, target, divergence } = await recordOf("dropped");
    expect(labels).toEqual(["place"]);
    expect(Object.keys(target.perType)).toEqual(["place"]);
    expect(Object.keys(divergence.entities.types)).toEqual(["place"]);
  });

  it("keeps in the record what was asked for", async () => {
    succeeded(await transfer("far.conll", "asked", "--limit", "20", "--seed", "3", "--map", "place=LOC"));
    const { options, corpora } = await recordOf("asked");
    expect(options).toMatchObject({ limit: 20, seed: 3 });
    expect(options).not.toHaveProperty("classWeights");
    expect(corpora["source"]!.sentences).toBe(20);
    expect(await recordOf("asked")).toMatchObject({ map: { place: "LOC" }, seed: 3 });
  });
});
