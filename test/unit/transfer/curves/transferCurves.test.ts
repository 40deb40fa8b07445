import { beforeAll, describe, expect, it } from "vitest";
import { normal } from "../../../../src/classification/curve/powerLaw.js";
import type { LabeledVectors } from "../../../../src/dataset/labeledVectors.js";
import { fitLogistic } from "../../../../src/head/linear/logistic.js";
import { matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";
import { curveSizes } from "../../../../src/transfer/curves/measure.js";
import type { TransferCurves } from "../../../../src/transfer/curves/record.js";
import { transferCurves } from "../../../../src/transfer/curves/transferCurves.js";

const WIDTH = 20;
const LABELS = ["bad", "good"];

/** Two clouds that overlap; `flipped` gives each the other's label. */
function clouds(
  n: number,
  { seed, flipped = false }: { readonly seed: number; readonly flipped?: boolean },
): LabeledVectors {
  const random = seeded(seed);
  const isGood = Array.from({ length: n }, (_, i) => i % 2 === 0);
  const data = Float32Array.from(
    { length: n * WIDTH },
    (_, i) => normal(random) + (isGood[Math.floor(i / WIDTH)] ? 0.25 : -0.25),
  );
  return {
    texts: isGood.map((_, i) => `text ${seed} ${i}`),
    labels: isGood.map((good) => (good === flipped ? "bad" : "good")),
    vectors: matrix(n, WIDTH, data),
  };
}

async function curvesWith(source: LabeledVectors): Promise<TransferCurves> {
  const y = Int32Array.from(source.labels, (label) => LABELS.indexOf(label));
  const { head } = await fitLogistic(source.vectors, y, { labels: LABELS, C: 0.1, threads: 1 });
  const sides = { source, targetTrain: clouds(160, { seed: 2 }), target: clouds(400, { seed: 3 }), sourceHead: head };
  const parts = new Float64Array(400).map((_, r) => (r % 40 === 0 ? 0.001 : 0));
  const all = { macroF1: { target: 0.84, both: 0.85 }, parts, trainingError: 0.01 };
  const C = { source: 0.1, target: 0.1, both: 0.1 };
  return transferCurves(sides, all, { seed: 1, labels: LABELS, C, threads: 1 });
}

describe("transferCurves()", () => {
  let [same, flipped]: TransferCurves[] = [];
  beforeAll(async () => {
    same = await curvesWith(clouds(400, { seed: 4 }));
    flipped = await curvesWith(clouds(400, { seed: 4, flipped: true }));
  });

  it("calls more rows of the same domain positive at few target rows", () => {
    expect(same.byLabels[0]).toMatchObject({ n: 16, call: "positive" });
    expect(same.worth!.targetLabels === null || same.worth!.targetLabels > 0).toBe(true);
    expect(same.says).toMatch(/^with 16 target labels the source adds /);
  });

  it("calls a source of flipped labels negative, and chooses it less weight than both alike give it", () => {
    expect(flipped.byLabels[0].call).toBe("negative");
    const scoreOf = (name: string): number =>
      flipped.curves.find(({ strategy }) => strategy === name)!.points[1].macroF1;
    expect(scoreOf("weighted")).toBeGreaterThan(scoreOf("both"));
  });

  it("draws every size for every strategy, and ends at all rows where these are known", () => {
    const sizes = Object.fromEntries(same.curves.map(({ strategy, points }) => [strategy, points.map(({ n }) => n)]));
    expect(sizes).toEqual({
      source: [0],
      target: [16, 32, 64, 160],
      both: [16, 32, 64, 160],
      weighted: [16, 32, 64],
      started: [16, 32, 64],
    });
    expect(same.byLabels.map(({ n }) => n)).toEqual([16, 32, 64, 160]);
    expect(same.next!.added).toBe(160);
  });

  it("gives the same again", async () => {
    expect(await curvesWith(clouds(400, { seed: 4 }))).toEqual(same);
  });
});

describe("curveSizes()", () => {
  it("doubles from 8 rows a label, and leaves enough rows undrawn", () => {
    expect(curveSizes(300, 2)).toEqual([16, 32, 64, 128]);
    expect(curveSizes(20, 3)).toEqual([]);
  });
});
