import { describe, expect, it } from "vitest";
import { rowsToScore, unseenRows, withoutSeenDev } from "../../../src/dataset/seenRows.js";
import { textHashes } from "../../../src/dataset/textHashes.js";
import type { LabeledCorpus } from "../../../src/dataset/labeledCorpus.js";
import { NO_ROWS } from "../../../src/corpus/rowCounts.js";

const corpus = (file: string, texts: readonly string[]): LabeledCorpus => ({
  files: [file],
  texts,
  labels: texts.map((text) => (text.length % 2 === 0 ? "even" : "odd")),
  places: texts.map((_, i) => ({ file, line: i + 2 })),
  counts: { ...NO_ROWS, read: texts.length, accepted: texts.length },
  dropped: 0,
  seen: new Set(["even", "odd"]),
  notices: [],
});

describe("rowsToScore()", () => {
  const known = textHashes(["So good!", "bad", "fine"]);

  it("leaves out the rows whose normalized text was hashed, and counts them", () => {
    const { seen, rows } = rowsToScore(known, ["new", "so GOOD", "bad", "newer"]);
    expect([seen, [...rows]]).toEqual([2, [0, 3]]);
  });

  it("takes all rows where there are no others, where none was hashed, and where nothing is known", () => {
    expect(rowsToScore(known, ["bad", "Bad."])).toEqual({ seen: 2, rows: Int32Array.of(0, 1) });
    expect(rowsToScore(known, ["x", "y"])).toEqual({ seen: 0, rows: Int32Array.of(0, 1) });
    expect(rowsToScore(undefined, ["bad", "y"])).toEqual({ seen: null, rows: Int32Array.of(0, 1) });
  });
});

describe("unseenRows()", () => {
  it("has no text of the known ones, however it is written, and every other row", () => {
    expect([...unseenRows(["So good!", "bad"], ["so good", "worse", "BAD", "bad &amp; worse"])]).toEqual([1, 3]);
    expect([...unseenRows([], ["a", "a"])]).toEqual([0, 1]);
  });
});

describe("withoutSeenDev()", () => {
  const training = corpus("train.csv", ["one", "two!", "three"]);

  it("leaves out dev rows that are training rows, with label and place, and says how many", () => {
    const given = corpus("dev.csv", ["four", "Two", "five", "one"]);
    const { devCorpus, seenDev, remark } = withoutSeenDev({ corpus: training, devCorpus: given });
    expect(devCorpus).toMatchObject({ texts: ["four", "five"], labels: ["even", "even"] });
    expect(devCorpus?.places.map(({ line }) => line)).toEqual([2, 4]);
    expect((devCorpus?.texts.length ?? 0) + seenDev).toBe(given.texts.length);
    expect(remark).toBe("dev.csv: 2 of 4 dev rows are among the training rows, and left out");
  });

  it("gives back the same dev rows where none is a training row, and none where none are given", () => {
    const given = corpus("dev.csv", ["four"]);
    expect(withoutSeenDev({ corpus: training, devCorpus: given })).toEqual({ devCorpus: given, seenDev: 0 });
    expect(withoutSeenDev({ corpus: training, devCorpus: undefined })).toEqual({ seenDev: 0 });
  });

  it.each([
    ["all", ["one", "two", "three"], "its 3 dev rows are all among"],
    ["the only one", ["ONE"], "its 1 dev row is among"],
  ])("refuses dev rows of which %s is a training row, and says what to do", (_, texts, words) => {
    const refused = (): unknown => withoutSeenDev({ corpus: training, devCorpus: corpus("dev.csv", texts) });
    expect(refused).toThrow(expect.objectContaining({ code: "E_NO_ROWS", exitCode: 3 }) as Error);
    expect(refused).toThrow(words);
    expect(refused).toThrow("leave out --dev");
  });
});
