import { describe, expect, it } from "vitest";
import type { LabeledVectors } from "../../../../src/dataset/labeledVectors.js";
import { parseLabelMap } from "../../../../src/dataset/labelMap.js";
import { halfDifferences, type OwnSides } from "../../../../src/transfer/experiment/halves.js";
import { clouds } from "../../head/toyRows.js";

/** Rows of two classes around the same centers for every seed of the texts. */
function rowsOf(n: number, from: number): LabeledVectors {
  const { x, y } = clouds(600, 4, { distance: 0.6, seed: 5 });
  const at = Array.from({ length: n }, (_, r) => from + r);
  return {
    texts: at.map((r) => `text ${r}`),
    labels: at.map((r) => (y[r] === 0 ? "bad" : "good")),
    vectors: { rows: n, cols: 4, data: x.data.slice(from * 4, (from + n) * 4) },
  };
}

const sides: OwnSides = { source: rowsOf(150, 0), targetTrain: rowsOf(60, 150), target: rowsOf(200, 210) };
const HOW = { seed: 1, threads: 1, Cs: [0.1, 1], C: { ceiling: 1, joint: 1 }, labels: ["bad", "good"] } as const;
const meanOf = (values: Float64Array): number => values.reduce((sum, d) => sum + d, 0) / values.length;

describe("halfDifferences()", () => {
  it("varies about nothing where the source is of the target's distribution, and not at all with the same seed", async () => {
    const differences = await halfDifferences(sides, HOW);
    expect(differences).toHaveLength(16);
    expect(new Set(differences).size).toBeGreaterThan(3);
    expect(Math.abs(meanOf(differences))).toBeLessThan(0.1);
    expect(await halfDifferences(sides, HOW)).toEqual(differences);
  });

  it("is on the side of harm for a source whose labels are turned round", async () => {
    const turned = sides.source.labels.map((label) => (label === "bad" ? "good" : "bad"));
    const differences = await halfDifferences({ ...sides, source: { ...sides.source, labels: turned } }, HOW);
    expect(meanOf(differences)).toBeLessThan(-0.2);
  });

  it("takes labels of which a half has none, or the source alone knows", async () => {
    const labels = sides.source.labels.map((label, r) => (r === 0 ? "odd" : label));
    const more = { ...HOW, labels: ["bad", "good", "odd"] };
    const differences = await halfDifferences({ ...sides, source: { ...sides.source, labels } }, more);
    expect(differences.every(Number.isFinite)).toBe(true);
  });

  it("never predicts a label that the map drops", async () => {
    const third = sides.source.labels.map((label, r) => (r % 3 === 0 ? "so-so" : label));
    const more = { ...HOW, labels: ["bad", "good", "so-so"] };
    const source = { ...sides.source, labels: third };
    const [all, dropped] = [
      meanOf(await halfDifferences({ ...sides, source }, more)),
      meanOf(await halfDifferences({ ...sides, source }, { ...more, map: parseLabelMap("so-so=drop") })),
    ];
    expect(dropped).toBeGreaterThan(all + 0.1);
    expect(dropped).toBeGreaterThan(-0.1);
  });
});
