import { describe, expect, it } from "vitest";
import type { Evaluated } from "../../../../src/classification/evaluate.js";
import { evaluateClassification } from "../../../../src/metrics/classification.js";
import { judge, UNKNOWN_VERDICT } from "../../../../src/transfer/experiment/verdict.js";

const LABELS = ["bad", "good"];
const truth = Int32Array.from({ length: 200 }, (_, r) => r % 2);

/** Predictions of a head that is wrong on the rows `wrong`. */
function answered(wrong: (row: number) => boolean, labels: readonly string[] = LABELS): Evaluated {
  const index = LABELS.map((label) => labels.indexOf(label));
  const mapped = truth.map((label) => index[label]);
  const predicted = truth.map((label, r) => index[wrong(r) ? 1 - label : label]);
  const evaluation = evaluateClassification(mapped, predicted, labels);
  return { evaluation, labels, truth: mapped, predicted, probabilities: new Float64Array(200 * labels.length) };
}

const often = answered((r) => r % 3 === 0);
const seldom = answered((r) => r % 20 === 0);

describe("judge", () => {
  it("calls clear help positive and clear harm negative, with the interval on that side of zero", () => {
    const help = judge(often, seldom, 1);
    expect(help).toMatchObject({ call: "positive", because: expect.stringContaining("raised") });
    expect(help.difference).toBeCloseTo(seldom.evaluation.macroF1 - often.evaluation.macroF1, 12);
    expect(help.interval95?.[0]).toBeGreaterThan(0);
    const harm = judge(seldom, often, 1);
    expect(harm).toMatchObject({ call: "negative", because: expect.stringContaining("lowered") });
    expect(harm.difference).toBeCloseTo(-(help.difference ?? 0), 12);
    expect(harm.interval95?.[1]).toBeLessThan(0);
    expect(harm.because).toContain("−0.");
  });

  it("calls equal predictions neutral, and a difference of two rows as well", () => {
    const { call, difference, interval95 } = judge(often, often, 1);
    expect([call, difference]).toEqual(["neutral", 0]);
    expect(interval95?.[0]).toBeLessThan(0);
    expect(interval95?.[1]).toBeGreaterThan(0);
    const nearly = judge(
      often,
      answered((r) => r % 3 === 0 && r > 5),
      1,
    );
    expect(nearly).toMatchObject({ call: "neutral", because: expect.stringContaining("contains zero") });
    expect(nearly.difference).toBeGreaterThan(0);
  });

  it("does not depend on the order in which the heads have their labels", () => {
    expect(
      judge(
        answered((r) => r % 3 === 0, ["good", "bad"]),
        seldom,
        1,
      ).difference,
    ).toBeCloseTo(judge(often, seldom, 1).difference ?? 0, 12);
    expect(
      judge(
        often,
        answered((r) => r % 20 === 0, ["good", "bad"]),
        1,
      ),
    ).toEqual(judge(often, seldom, 1));
  });

  it("counts predictions that only the joint head can make as mistakes", () => {
    const joint = answered(() => false, ["bad", "good", "neutral"]);
    const astray = { ...joint, predicted: joint.predicted.map((p, r) => (r < 100 ? 2 : p)) };
    expect(judge(seldom, astray, 1)).toMatchObject({ call: "negative" });
    expect(judge(often, joint, 1)).toMatchObject({ call: "positive" });
    expect(judge(seldom, astray, 1).difference).toBeCloseTo(
      evaluateClassification(joint.truth, astray.predicted, joint.labels).macroF1 - seldom.evaluation.macroF1,
      12,
    );
  });

  it("is the same for the same seed", () => {
    expect(judge(often, seldom, 3)).toEqual(judge(often, seldom, 3));
  });

  it("knows nothing without training rows of the target", () => {
    expect(UNKNOWN_VERDICT).toMatchObject({ call: "unknown", difference: null, interval95: null });
  });
});
