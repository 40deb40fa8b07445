import { describe, expect, it } from "vitest";
import { calibrateHead } from "../../../src/classification/calibrateHead.js";
import { trainClassifier } from "../../../src/classification/train.js";
import { decisionScores, predictProbabilities, type Head } from "../../../src/head/head.js";
import { applyTemperature } from "../../../src/head/temperature.js";
import { argmax } from "../../../src/math/argmax.js";
import { matrix } from "../../../src/math/matrix.js";
import { seeded } from "../../../src/math/random.js";
import { toyVectors } from "./toyVectors.js";

const head: Head = {
  kind: "logistic",
  labels: ["a", "b"],
  standardizer: { mean: new Float32Array(1), factor: new Float32Array(1).fill(1) },
  weights: matrix(1, 1, Float32Array.of(1)),
  bias: new Float32Array(1),
};

/** Rows whose labels are drawn from the probabilities that are divided by `temperature` afterwards. */
function drawn(rows: number, { temperature, seed }: { readonly temperature: number; readonly seed: number }) {
  const random = seeded(seed);
  const truth = new Float64Array(rows * 2);
  const y = new Int32Array(rows);
  for (let r = 0; r < rows; r++) {
    const p = 0.05 + 0.9 * random();
    truth.set([1 - p, p], 2 * r);
    y[r] = random() < p ? 1 : 0;
  }
  const texts = Array.from(y, (_, r) => `text ${r}`);
  return { texts, y, probabilities: applyTemperature(truth, 2, 1 / temperature) };
}

describe("calibrateHead()", () => {
  const options = { priorShift: undefined, seed: 1 } as const;

  it("finds the temperature of a head that is too certain, and says what it gains on rows without a part in it", () => {
    const held = drawn(2000, { temperature: 3, seed: 1 });
    const { head: calibrated, calibration } = calibrateHead(head, { ...options, held });
    expect(calibrated.temperature).toBeGreaterThan(2.6);
    expect(calibrated.temperature).toBeLessThan(3.4);
    expect(calibration.after.logLoss).toBeLessThan(calibration.before.logLoss);
  });

  it("never makes the log loss larger than it was, and leaves most calibrated heads as they are", () => {
    let kept = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const held = drawn(60, { temperature: 1, seed });
      const { head: calibrated, calibration } = calibrateHead(head, { ...options, held });
      expect(calibration.after.logLoss).toBeLessThanOrEqual(calibration.before.logLoss);
      if (calibrated.temperature === 1) kept++;
    }
    expect(kept).toBeGreaterThan(20);
  });

  it("keeps one prediction of equal texts with one label, so that copies make no goal easier to claim", () => {
    const held = drawn(40, { temperature: 1, seed: 1 });
    const fifth = Array.from({ length: 200 }, (_, r) => Math.floor(r / 5));
    const copied = {
      texts: fifth.map((r) => held.texts[r]),
      y: Int32Array.from(fifth, (r) => held.y[r]),
      probabilities: Float64Array.from(fifth.flatMap((r) => [...held.probabilities.subarray(2 * r, 2 * r + 2)])),
    };
    const { devPredictions } = calibrateHead(head, { ...options, held: copied });
    expect(devPredictions).toEqual(calibrateHead(head, { ...options, held }).devPredictions);
    expect(devPredictions.truth).toHaveLength(40);
  });
});

describe("a head with balanced class weights", () => {
  const all = toyVectors(3000, { distance: 0.8 });
  const keep = all.labels.flatMap((label, r) => (label === "bad" || r % 20 === 1 ? [r] : []));
  const rare = {
    texts: keep.map((r) => all.texts[r]),
    labels: keep.map((r) => all.labels[r]),
    vectors: matrix(
      keep.length,
      6,
      Float32Array.from(keep.flatMap((r) => [...all.vectors.data.subarray(r * 6, r * 6 + 6)])),
    ),
  };

  it("says how probable labels are among rows like these, and decides as if labels were equally frequent", async () => {
    const { head: balanced, dev } = await trainClassifier(rare, { classWeights: "balanced", threads: 1, Cs: [0.1] });
    const probabilities = predictProbabilities(balanced, rare.vectors);
    const rows = rare.labels.length;
    const mean = probabilities.reduce((sum, p, at) => sum + (at % 2 === 1 ? p : 0), 0) / rows;
    const share = rare.labels.filter((label) => label === "good").length / rows;
    expect(mean / share).toBeGreaterThan(0.8);
    expect(mean / share).toBeLessThan(1.25);
    // Uncorrected, about half of the probability would be there: 10 times the share.
    const decided = argmax(decisionScores(balanced, probabilities), 2);
    const likeliest = argmax(probabilities, 2);
    const found = (of: Int32Array): number => of.filter((label, r) => label === 1 && rare.labels[r] === "good").length;
    expect(found(decided)).toBeGreaterThan(found(likeliest));
    expect(dev.perLabel["good"].recall).toBeGreaterThan(0.5);
  });
});
