import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareHeads } from "../../../src/pipeline/compare/compare.js";
import { loadPipeline } from "../../../src/pipeline/load.js";
import { train } from "../../../src/pipeline/train/train.js";
import { oneByOne, QUICK, toyRows, toySentences } from "./toyRows.js";

let folder: string;
const place = (name: string): string => join(folder, name);
const HOW = { threads: 1, offline: true } as const;
/** Rows that no head was trained on. */
const OTHERS = toyRows(140).slice(60);

async function save(name: string, making: Promise<{ save(path: string): Promise<void>; close(): Promise<void> }>) {
  const model = await making;
  await model.save(place(name));
  await model.close();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headstart-compare-"));
  const rows = toyRows();
  const wrong = rows.map(({ text, label }, r) => ({
    text,
    label: r % 5 < 2 ? (label === "good" ? "bad" : "good") : label,
  }));
  const longer = { ...QUICK, encoderOptions: { pooling: "max" } } as const;
  await save("right", train(rows, QUICK));
  await save("wrong", train(wrong, longer));
  await save("third", train([...rows, ...["c", "d", "e", "f"].map((w) => ({ text: w, label: "fair" }))], QUICK));
  const marks = rows.map(({ text, label }) => ({ text, label: label === "good" ? "5" : "1" }));
  await save(
    "mapped",
    train(marks, {
      ...QUICK,
      map: new Map([
        ["5", "good"],
        ["1", "bad"],
      ]),
    }),
  );
  await save("stars", train(marks, QUICK));
  const lists = rows.map(({ text, label }) => ({ text, label: [label as string] }));
  await save("multi", train(lists, { ...QUICK, multiLabel: true }));
  await save("multi2", train(lists, { ...QUICK, multiLabel: true }));
  await save("tagger", train(toySentences(), { ...QUICK, task: "ner", epochs: 2 }));
  await save("tagger2", train(toySentences(), { ...QUICK, task: "ner", epochs: 8, subwordPooling: "mean" }));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("compareHeads()", () => {
  it("gives each head the scores that its own evaluation gives, whatever its encoder", async () => {
    const found = await compareHeads(place("right"), place("wrong"), OTHERS, HOW);
    if (found.kind !== "classifier") throw new Error(found.kind);
    expect(found.seenInTraining).toEqual({ first: 0, second: 0, either: 0, leftOut: false });
    for (const [h, name] of ["right", "wrong"].entries()) {
      const pipeline = await loadPipeline(place(name), { kind: "classifier", ...HOW });
      const { macroF1, accuracy } = await pipeline.evaluate(OTHERS);
      await pipeline.close();
      expect([found.macroF1[h].value, found.accuracy[h].value]).toEqual([macroF1, accuracy]);
    }
    const { bothRight, onlyFirst, onlySecond, neitherRight } = found.agreement;
    expect(bothRight + onlyFirst + onlySecond + neitherRight).toBe(80);
    expect(found.differences).toHaveLength(found.differing);
    const most = found.differences.map((row) => Math.max(row.firstProbability, row.secondProbability));
    expect(most).toEqual(most.toSorted((a, b) => b - a));
    for (const { first, second } of found.differences) expect(first).not.toBe(second);
  });

  it("embeds the texts once for heads with the same encoder, and once for each of two", async () => {
    const runs = async (first: string, second: string): Promise<number> => {
      let calls = 0;
      await compareHeads(place(first), place(second), OTHERS, { ...HOW, onEncoded: () => calls++ });
      return calls;
    };
    expect(await runs("right", "third")).toBe(1);
    expect(await runs("right", "wrong")).toBe(2);
  });

  it("leaves out rows that a head was trained on where others suffice, and calls neither better where they do not", async () => {
    const both = await compareHeads(place("right"), place("wrong"), oneByOne([...toyRows(), ...OTHERS]), HOW);
    const { seenInTraining, n, because } = both;
    expect(seenInTraining.leftOut).toBe(true);
    expect(seenInTraining.either).toBeGreaterThanOrEqual(36);
    expect(n + seenInTraining.either).toBe(120);
    expect(because).toContain(`${n} rows`);
    const seen = await compareHeads(place("right"), place("wrong"), toyRows(), HOW);
    expect(seen).toMatchObject({ call: "unknown", seenInTraining: { leftOut: false } });
  });

  it("counts a label that a head does not know as a mistake of it, and says which", async () => {
    const rows = [...OTHERS, ...Array.from({ length: 8 }, (_, i) => ({ text: `so so ${i}`, label: "fair" }))];
    const found = await compareHeads(place("right"), place("third"), rows, HOW);
    expect(found.unknownLabels).toEqual([["fair"], []]);
    expect(found.labels.toSorted()).toEqual(["bad", "fair", "good"]);
    expect(found.perLabel["fair"]).toMatchObject({ bothRight: 0, onlyFirst: 0 });
  });

  it("takes the map of a training for both heads, or the one that is given", async () => {
    const stars = OTHERS.map(({ text, label }) => ({ text, label: label === "good" ? "5" : "1" }));
    const remembered = await compareHeads(place("mapped"), place("stars"), stars, HOW);
    expect(remembered).toMatchObject({
      unknownLabels: [[], []],
      labels: expect.arrayContaining(["good", "bad"]) as string[],
    });
    const map = new Map([
      ["5", "good"],
      ["1", "bad"],
    ]);
    const given = await compareHeads(place("right"), place("stars"), stars, { ...HOW, map });
    expect(given).toMatchObject({ unknownLabels: [[], []], differing: 0 });
    await expect(compareHeads(place("right"), place("stars"), stars, HOW)).rejects.toMatchObject({
      code: "E_LABEL_MAP",
    });
  });

  it("compares taggers over sentences, and counts the entities that both, one and neither find", async () => {
    const sentences = toySentences(60).slice(20);
    const found = await compareHeads(place("tagger"), place("tagger2"), sentences, HOW);
    if (found.kind !== "tagger") throw new Error(found.kind);
    expect(found).toMatchObject({ n: 40, metric: "entityF1", labels: ["person"], unknownLabels: [[], []] });
    const { bothRight, onlyFirst, onlySecond, neitherRight } = found.agreement;
    expect(bothRight + onlyFirst + onlySecond + neitherRight).toBe(40);
    for (const [h, name] of ["tagger", "tagger2"].entries()) {
      const pipeline = await loadPipeline(place(name), { kind: "tagger", ...HOW });
      expect(found.entityF1[h].value).toBe((await pipeline.evaluate(sentences)).entityF1);
      await pipeline.close();
    }
  });

  it.each([
    ["right", "right", "E_USAGE", /with itself/],
    ["right", "rows.csv", "E_USAGE", /rows.csv" is not a head\. Name two heads first/],
    ["right", "nowhere", "E_HEAD_MISSING", /nowhere/],
    ["right", "tagger", "E_HEAD_MISMATCH", /right is a classifier, \S+tagger a tagger/],
    ["right", "multi", "E_HEAD_MISMATCH", /different kinds/],
    ["multi", "multi2", "E_HEAD_MISMATCH", /several labels a text/],
  ])("refuses %s and %s", async (first, second, code, says) => {
    const message = expect.stringMatching(says) as string;
    await expect(compareHeads(place(first), place(second), OTHERS, HOW)).rejects.toMatchObject({ code, message });
  });
});
