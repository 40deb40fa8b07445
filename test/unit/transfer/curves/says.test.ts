import { describe, expect, it } from "vitest";
import type { VerdictBySize } from "../../../../src/transfer/curves/record.js";
import { sampledClause, sentenceOf } from "../../../../src/transfer/curves/says.js";

const at = (n: number, call: VerdictBySize["call"], difference: number): VerdictBySize => ({
  n,
  call,
  difference,
  interval95: [difference - 0.01, difference + 0.01],
  p: 0.01,
});

describe("sentenceOf()", () => {
  it("says a help, what it is worth, where it ends and what it costs later", () => {
    const worth = { at: 16, targetLabels: 120, interval95: [80, 210] } as const;
    const sizes = [
      at(16, "positive", 0.06),
      at(32, "positive", 0.04),
      at(64, "neutral", 0),
      at(1200, "negative", -0.02),
    ];
    expect(sentenceOf(sizes, worth)).toBe(
      "with 16 target labels the source adds 6.0 (5.0 to 7.0) points of macro-F1, worth about 120 more target labels " +
        "(80 to 210); with 64 no effect is shown; with 1,200 it costs 2.0 (1.0 to 3.0): leave it out",
    );
  });

  it("says of a harm at every size to leave the source out, and of help at every size that it lasts", () => {
    expect(sentenceOf([at(16, "negative", -0.06), at(32, "negative", -0.03)], null)).toBe(
      "with 16 target labels the source costs 6.0 (5.0 to 7.0) points of macro-F1, and with 32 still 3.0 (2.0 to 4.0): leave it out",
    );
    expect(sentenceOf([at(16, "positive", 0.06), at(32, "positive", 0.03)], null)).toContain("and with 32 still 3.0");
  });

  it("gives no advice from a harm that ends", () => {
    const sizes = [at(16, "neutral", 0), at(32, "negative", -0.03), at(64, "negative", -0.02), at(128, "neutral", 0)];
    expect(sentenceOf(sizes, null)).toMatch(
      /; from 32 on it costs 3\.0 \(2\.0 to 4\.0\); with 128 no effect is shown$/,
    );
  });

  it("claims nothing where nothing is shown", () => {
    expect(sentenceOf([at(16, "neutral", 0.005), at(32, "neutral", 0)], null)).toBe(
      "with 16 target labels the source neither helps nor harms as far as these rows tell, 0.5 points (−0.5 to 1.5) of macro-F1; no effect is shown with up to 32",
    );
    expect(sentenceOf([], null)).toBe("");
  });
});

describe("sentenceOf() of a neutral size whose own interval leaves 0 out", () => {
  it("says that it may be chance among several sizes, or that it is too little", () => {
    expect(sentenceOf([at(16, "neutral", 0.05), at(32, "neutral", 0)], null)).toBe(
      "with 16 target labels the source may add 5.0 (4.0 to 6.0) points of macro-F1, but among 2 sizes that may be chance; " +
        "no effect is shown with up to 32",
    );
    const small = { ...at(16, "neutral", -0.004), interval95: [-0.006, -0.002] as const };
    expect(sentenceOf([small], null)).toBe(
      "with 16 target labels the source costs 0.4 (0.2 to 0.6) points of macro-F1, too little to matter",
    );
  });
});

describe("sampledClause()", () => {
  it("says how many rows of a long source each head took, and that they stand for all", () => {
    expect(sampledClause({ rows: 10_000, of: 26_180 })).toBe(
      "below all target labels each head takes 10,000 of the source's 26,180 rows, weighted up to all",
    );
  });
});
