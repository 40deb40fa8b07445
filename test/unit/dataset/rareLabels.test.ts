import { describe, expect, it } from "vitest";
import type { LabeledCorpus } from "../../../src/dataset/labeledCorpus.js";
import { applyLabelMap, parseLabelMap } from "../../../src/dataset/labelMap.js";
import { withLabelLists } from "../../../src/dataset/multiLabelCorpus.js";
import { rareLabels, withoutRare } from "../../../src/dataset/rareLabels.js";
import { NO_ROWS } from "../../../src/corpus/rowCounts.js";

const corpusOf = (labels: readonly string[]): LabeledCorpus => ({
  files: ["rows.csv"],
  texts: labels.map((_, i) => `text ${i}`),
  labels,
  places: labels.map((_, i) => ({ file: "rows.csv", line: i + 2 })),
  counts: { ...NO_ROWS, read: labels.length, accepted: labels.length },
  dropped: 0,
  seen: new Set(labels),
  notices: [],
});

const LABELS = ["a", "b", "a", "c", "b", "a", "d", "c"];

describe("rareLabels()", () => {
  it("names the labels with fewer rows, and their rows", () => {
    const rare = rareLabels(LABELS, { minPerClass: 3 });
    expect(rare?.remark).toBe('3 labels with fewer than 3 rows are left out: "b" (2), "c" (2), "d" (1)');
    expect(rare?.counts).toEqual({ b: 2, c: 2, d: 1 });
    expect(rareLabels(LABELS, { minPerClass: 2, poolRare: "other" })?.remark).toContain(
      'is pooled as "other": "d" (1)',
    );
    expect(rareLabels(LABELS, { minPerClass: 1 })).toBeUndefined();
    expect(rareLabels(LABELS, {})).toBeUndefined();
  });

  it("leaves a label that differs by outer spaces", () => {
    const rare = rareLabels(["x ", "x ", "x"], { minPerClass: 2 });
    expect(["x ", "x"].map((label) => applyLabelMap(rare!.map, label))).toEqual(["x ", undefined]);
  });

  it("refuses where none is left", () => {
    expect(() => rareLabels(LABELS, { minPerClass: 9 })).toThrow(expect.objectContaining({ code: "E_LABELS" }));
  });
});

describe("withoutRare()", () => {
  it("leaves out the rows, of dev rows those of the labels that are rare in training", () => {
    const sides = { corpus: corpusOf(LABELS), devCorpus: corpusOf(["c", "a", "d", "d", "d"]) };
    const { corpus, devCorpus } = withoutRare(sides, { minPerClass: 2 });
    expect(corpus).toMatchObject({ labels: ["a", "b", "a", "c", "b", "a", "c"], dropped: 1 });
    expect(corpus.places.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7, 9]);
    expect(devCorpus).toMatchObject({ labels: ["c", "a"], texts: ["text 0", "text 1"], dropped: 3 });
    expect(() => withoutRare({ ...sides, devCorpus: corpusOf(["d"]) }, { minPerClass: 2 })).toThrow(
      expect.objectContaining({ code: "E_NO_ROWS" }),
    );
  });

  it("remembers a map that gives the same labels for the rows as they were", () => {
    const raw = ["5", "1", "5", "3", "5", "9", "1"];
    const map = parseLabelMap("5=good,1=bad");
    const corpus = { ...corpusOf(raw.map((label) => applyLabelMap(map, label)!)), reading: { map } };
    const found = withoutRare({ corpus, devCorpus: undefined }, { minPerClass: 2 }).corpus;
    const again = raw.flatMap((label) => applyLabelMap(found.reading!.map!, label) ?? []);
    expect(again).toEqual(found.labels);
  });

  it("takes labels from lists, and leaves the rows", () => {
    const cells = ['["a","b"]', '["a"]', "[]", '["b","c"]'];
    const corpus = withLabelLists(corpusOf(cells), { separator: undefined });
    const options = { minPerClass: 2, areLists: true };
    expect(withoutRare({ corpus, devCorpus: undefined }, options).corpus.labels).toEqual([
      '["a","b"]',
      '["a"]',
      "[]",
      '["b"]',
    ]);
    const pooled = withoutRare({ corpus, devCorpus: undefined }, { ...options, minPerClass: 9, poolRare: "x" });
    expect(pooled.corpus.labels).toEqual(['["x"]', '["x"]', "[]", '["x"]']);
  });
});

describe("withLabelLists()", () => {
  it("brings cells of any form to lists, maps each label, and keeps those before the map", () => {
    const cells = ["a|b", '["a"]', "['c']", '{"a": 1, "b": 0}', "|"];
    const found = withLabelLists(corpusOf(cells), { separator: "|", map: parseLabelMap("a=b,c=drop") });
    expect(found.labels).toEqual(['["b"]', '["b"]', "[]", '["b"]', "[]"]);
    expect([...found.seen]).toEqual(["a", "b", "c"]);
  });

  it("refuses rows without a list and without a separator, and a broken list at its place", () => {
    const labels = { separator: undefined };
    expect(() => withLabelLists(corpusOf(["a|b", "a"]), labels)).toThrow(expect.objectContaining({ code: "E_LABELS" }));
    expect(withLabelLists(corpusOf(["a|b", "[]"]), labels).labels).toEqual(['["a|b"]', "[]"]);
    expect(() => withLabelLists(corpusOf(["['a']", "['a' 'b']"]), labels)).toThrow(
      expect.objectContaining({ code: "E_LABELS", place: { file: "rows.csv", line: 3 } }),
    );
  });
});
