import { beforeAll, describe, expect, it } from "vitest";
import { trainClassifier, type TrainedHead } from "../../../../src/classification/train.js";
import type { LabeledVectors } from "../../../../src/dataset/labeledVectors.js";
import { drawNormal } from "../../../../src/math/gamma.js";
import { matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";
import { accuracyOfAll } from "../../../../src/transfer/forecast/forecastHead.js";
import { estimateLabelShift } from "../../../../src/transfer/experiment/estimateLabelShift.js";

/** Rows of labels a and b around different places, the given share of them a. */
function draw(n: number, { shareOfA, seed }: { readonly shareOfA: number; readonly seed: number }): LabeledVectors {
  const random = seeded(seed);
  const labels = Array.from({ length: n }, (_, r) => (r < shareOfA * n ? "a" : "b"));
  const data = Float32Array.from({ length: 4 * n }, (_, at) => {
    const own = labels[Math.floor(at / 4)] === "a" ? 1 : -1;
    return drawNormal(random) + (at % 4 === 0 ? own : 0);
  });
  return { texts: labels.map((_, r) => `row ${seed} number ${r}`), labels, vectors: matrix(n, 4, data) };
}

const source = draw(200, { shareOfA: 0.7, seed: 1 });
const target = draw(400, { shareOfA: 0.7, seed: 2 });
let trained: TrainedHead;
beforeAll(async () => {
  trained = await trainClassifier(source, { seed: 1, threads: 1 });
});

describe("estimateLabelShift()", () => {
  const emOf = (shareOfA: number) => {
    const sourceDev = draw(60, { shareOfA, seed: 3 });
    return estimateLabelShift(trained.head, { trainedOn: source.labels, sourceDev, target })!.em;
  };

  it("by expectation maximization starts from the rows the head was trained on, whatever the dev rows' labels are", () => {
    expect(emOf(0.3)).toEqual(emOf(0.7));
    expect(Math.abs(emOf(0.3)["a"] - 0.7)).toBeLessThan(0.1);
  });
});

describe("accuracyOfAll()", () => {
  it("is over all rows and all labels of the head, and unknown without labels", () => {
    const truth = accuracyOfAll(trained.head, target)!;
    expect(truth).toBeGreaterThan(0.7);
    expect(
      accuracyOfAll(trained.head, { ...target, labels: target.labels.map((l) => (l === "a" ? "b" : "a")) }),
    ).toBeCloseTo(1 - truth, 12);
    expect(accuracyOfAll(trained.head, { ...target, labels: null })).toBeUndefined();
  });
});
