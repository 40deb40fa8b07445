import { describe, expect, it } from "vitest";
import { labelMismatch, notComparable } from "../../../../src/transfer/experiment/labelMismatch.js";
import { parseLabelMap } from "../../../../src/dataset/labelMap.js";

const SOURCE = ["bad", "good", "so-so", "good"];

describe("labelMismatch()", () => {
  it("finds the labels of the source that the target lacks, open until a map says what they are", () => {
    const target = ["good", "bad"];
    const found = labelMismatch({ source: SOURCE, target, map: undefined });
    expect(found).toMatchObject({ labels: ["so-so"], isOpen: true });
    expect(labelMismatch({ source: SOURCE, target, map: parseLabelMap("so-so=so-so") })?.isOpen).toBe(false);
  });

  it("finds none where the labels are the same, or fewer than two in common", () => {
    expect(labelMismatch({ source: SOURCE, target: ["so-so", "good", "bad"], map: undefined })).toBeUndefined();
    expect(labelMismatch({ source: SOURCE, target: ["good"], map: undefined })).toBeUndefined();
  });
});

describe("notComparable()", () => {
  it("gives no verdict, and a map that keeps the one in use", () => {
    const map = parseLabelMap("fine=good");
    const verdict = notComparable(labelMismatch({ source: SOURCE, target: ["good", "bad"], map })!, map);
    expect(verdict).toMatchObject({ call: "unknown", difference: null, interval95: null });
    expect(verdict.because).toMatch(/^not comparable: .*so-so.*--map "fine=good,so-so=drop"$/);
  });
});
