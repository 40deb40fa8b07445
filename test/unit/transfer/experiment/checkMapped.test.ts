import { describe, expect, it } from "vitest";
import { parseLabelMap } from "../../../../src/dataset/labelMap.js";
import type { LabeledCorpus } from "../../../../src/dataset/labeledCorpus.js";
import { checkMapped } from "../../../../src/transfer/experiment/checkMapped.js";

/** Three rows of each label. */
const corpus = (file: string, ...labels: readonly string[]): LabeledCorpus => {
  const all = labels.flatMap((label) => [label, label, label]);
  return {
    files: [file],
    texts: all.map((label, r) => `${label} ${r}`),
    labels: all,
    places: all.map((_, r) => ({ file, line: r + 2 })),
    counts: {
      read: all.length,
      accepted: all.length,
      rejected: 0,
      withNul: 0,
      replacedBytes: 0,
      loneSurrogates: 0,
      withUnknownFields: 0,
      withNonFinite: 0,
    },
    dropped: 0,
    notices: [],
    seen: new Set(labels),
    reading: { map: undefined },
  };
};
const source = corpus("source.csv", "bad", "good", "so-so");
const target = corpus("target.csv", "bad", "good", "so-so");

const refusal = (targetTrain: LabeledCorpus, map?: string): string => {
  try {
    checkMapped({ source, target, targetTrain }, map === undefined ? undefined : parseLabelMap(map));
  } catch (error) {
    return String(error);
  }
  return "none";
};

describe("checkMapped()", () => {
  it("wants rows of a label that the target's training rows lack, and gives a map only where two labels would be left", () => {
    expect(refusal(corpus("own.csv", "bad", "good", "so-so"))).toBe("none");
    expect(refusal(corpus("own.csv", "bad", "good"))).toMatch(
      /Add rows of that label to own\.csv, or leave such rows out with --map "so-so=drop"$/,
    );
    expect(refusal(corpus("own.csv", "bad", "good"), "meh=drop")).toContain('--map "meh=drop,so-so=drop"');
    expect(refusal(corpus("own.csv", "good"))).toMatch(/Add rows of those labels to own\.csv$/);
  });

  it("bridges labels that the source lacks", () => {
    expect(refusal(corpus("own.csv", "Bad", "good"))).toContain("Bridge them with --map");
  });
});
