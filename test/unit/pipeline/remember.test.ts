import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseLabelMap } from "../../../src/dataset/labelMap.js";
import { loadPipeline } from "../../../src/pipeline/load.js";
import type { ClassifierEvaluation } from "../../../src/pipeline/pipeline.js";
import type { ReadSummary } from "../../../src/pipeline/rows.js";
import { train } from "../../../src/pipeline/train/train.js";
import { QUICK, toyRows, toySentences } from "./toyRows.js";

let folder: string;
const place = (name: string): string => join(folder, name);

/** Rows with other columns and labels than by default, and the same with those of the head. */
const stars = { good: "5", bad: "1" } as const;
const rows = toyRows().map(({ text, label }) => ({ text, label: label as keyof typeof stars }));
const written = (header: string, of: (label: keyof typeof stars) => string): string =>
  `${header}\n${rows.map(({ text, label }) => `${text},${of(label)}\n`).join("")}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headstart-remember-"));
  await writeFile(place("stars.csv"), `${written("review,stars", (label) => stars[label])}so so,3\n`);
  await writeFile(
    place("mapped.csv"),
    written("text,label", (label) => label),
  );
  await writeFile(
    place("half.csv"),
    written("review,label", (label) => `${stars[label]}.0`),
  );
  await writeFile(
    place("other.csv"),
    written("body,class", (label) => label),
  );
  const columns = { textColumn: "review", labelColumn: "stars", map: parseLabelMap("5=good,1=bad,3=drop") };
  const model = await train(place("stars.csv"), { ...QUICK, ...columns });
  await model.save(place("head"));
  await model.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** All rows that were evaluated; the head has seen most of them in training. */
const allOf = ({ n, allRows }: Pick<ClassifierEvaluation, "n" | "allRows">): number => allRows?.n ?? n;

async function evaluated(file: string, options = {}) {
  const head = await loadPipeline(place("head"), { kind: "classifier", threads: 1 });
  let read: ReadSummary | undefined;
  try {
    return { scores: await head.evaluate(place(file), { ...options, onRead: (found) => (read = found) }), read };
  } finally {
    await head.close();
  }
}

describe("evaluate() of a head that remembers how its rows were read", () => {
  it("reads the columns and the map of the training, and says so", async () => {
    const { scores, read } = await evaluated("stars.csv");
    expect(allOf(scores)).toBe(40);
    expect(scores).toMatchObject({ dropped: 1, confusion: { labels: ["bad", "good"] } });
    expect(read?.remembered).toBe("columns review and stars; label map 5=good,1=bad,3=drop, as in training");
    expect(read?.notices).toEqual([]);
  });

  it("reads the default columns where those of the training are not there, and labels that are mapped already", async () => {
    const { scores, read } = await evaluated("mapped.csv");
    expect(allOf(scores)).toBe(40);
    expect(read?.remembered).toBeUndefined();
    expect(read?.notices).toEqual([
      'there is no column "review", from which the texts were read in training; "text" is read',
      'there is no column "stars", from which the labels were read in training; "label" is read',
    ]);
  });

  it("names the column of the training where neither is there", async () => {
    await expect(evaluated("other.csv")).rejects.toMatchObject({
      code: "E_COLUMN_MISSING",
      message: expect.stringContaining('column "review"') as string,
    });
  });

  it("advises a map that keeps the one of the training, and takes it", async () => {
    const advised = "5=good,1=bad,3=drop,5.0=good,1.0=bad";
    await expect(evaluated("half.csv")).rejects.toMatchObject({
      code: "E_LABEL_MAP",
      message: expect.stringContaining(`--map "${advised}"`) as string,
    });
    const { scores } = await evaluated("half.csv", { map: parseLabelMap(advised) });
    expect(allOf(scores)).toBe(40);
    expect(scores).toMatchObject({ confusion: { labels: ["bad", "good"] } });
  });

  it("does what it is told instead", async () => {
    const own = { textColumn: "body", labelColumn: "class" };
    expect(allOf((await evaluated("other.csv", own)).scores)).toBe(40);
    await expect(evaluated("stars.csv", { map: new Map() })).rejects.toMatchObject({ code: "E_LABEL_MAP" });
  });

  it("does not apply the map to the head's own labels once more", async () => {
    const chain = parseLabelMap("bad=good,good=best");
    const model = await train(rows, { ...QUICK, map: chain });
    try {
      expect(model.labels).toEqual(["best", "good"]);
      expect((await model.evaluate(rows)).confusion.labels).toEqual(["best", "good"]);
    } finally {
      await model.close();
    }
  });
});

describe("train() and evaluate() of other kinds of heads", () => {
  it("remember the map of a tagger", async () => {
    const model = await train(toySentences(), { ...QUICK, task: "ner", epochs: 2, map: parseLabelMap("person=PER") });
    await model.save(place("tagger"));
    await model.close();
    const tagger = await loadPipeline(place("tagger"), { kind: "tagger", threads: 1 });
    const read: (string | undefined)[] = [];
    const { perType } = await tagger.evaluate(toySentences(), { onRead: (found) => read.push(found.remembered) });
    await tagger.close();
    expect(Object.keys(perType)).toEqual(["PER"]);
    expect(read).toEqual(["label map person=PER, as in training"]);
  });

  it("remember the columns of several labels, and read lists of them alike", async () => {
    const marks = ({ label }: { label: string }, i: number) => [label === "good", label === "bad", i % 3 === 0];
    const lines = rows.map((row, i) => `${row.text},${marks(row, i).map(Number).join(",")}\n`);
    await writeFile(place("marks.csv"), `comment,fine,poor,third\n${lines.join("")}`);
    const labelColumn = ["fine", "poor", "third"];
    const model = await train(place("marks.csv"), { ...QUICK, multiLabel: true, textColumn: "comment", labelColumn });
    expect(model.labels).toEqual(labelColumn);
    await model.save(place("marks"));
    await model.close();
    const head = await loadPipeline(place("marks"), { kind: "multi-label", threads: 1 });
    const lists = rows.map((row, i) => ({ text: row.text, label: labelColumn.filter((_, c) => marks(row, i)[c]) }));
    const [byColumns, byLists] = [await head.evaluate(place("marks.csv")), await head.evaluate(lists)];
    await head.close();
    expect(byLists).toEqual({ ...byColumns, mistakes: byLists.mistakes });
  });

  it("leave out or pool the labels of few rows, and remember that", async () => {
    const some = [...rows, { text: "quite odd", label: "odd" }, { text: "most rare", label: "rare" }];
    for (const [poolRare, labels, n] of [
      [undefined, ["bad", "good"], 40],
      ["other", ["bad", "good", "other"], 42],
    ] as const) {
      const model = await train(some, { ...QUICK, minPerClass: 2, poolRare });
      expect(model.labels).toEqual(labels);
      expect(model.warnings.join()).toContain("2 labels with fewer than 2 rows are");
      const scores = await model.evaluate(some);
      expect([allOf(scores), scores.dropped]).toEqual([n, 42 - n]);
      await model.close();
    }
  });
});
