import { describe, expect, it } from "vitest";
import type { Evaluated } from "../../../../src/classification/evaluate.js";
import { evaluateClassification } from "../../../../src/metrics/classification.js";
import type { Verdict } from "../../../../src/transfer/experiment/record.js";
import { ALL_SEEN_VERDICT, callOf, judge, UNKNOWN_VERDICT } from "../../../../src/transfer/experiment/verdict.js";

const LABELS = ["bad", "good"];
const ROWS = 200;
const truth = Int32Array.from({ length: ROWS }, (_, r) => r % 2);
const texts = Array.from(truth.keys(), (r) => `text ${r}`);
/** Differences of pairs of heads that hardly vary. */
const steady = Float64Array.from({ length: 16 }, (_, h) => (h % 2 === 0 ? 0.001 : -0.001));

/** Predictions of a head that is wrong on the rows `wrong`. */
function answered(wrong: (row: number) => boolean, labels: readonly string[] = LABELS): Evaluated {
  const index = LABELS.map((label) => labels.indexOf(label));
  const mapped = truth.map((label) => index[label]);
  const predicted = truth.map((label, r) => index[wrong(r) ? 1 - label : label]);
  const evaluation = evaluateClassification(mapped, predicted, labels);
  return { evaluation, labels, truth: mapped, predicted, probabilities: new Float64Array(ROWS * labels.length) };
}

const judged = (
  ceiling: Evaluated,
  joint: Evaluated,
  more: { texts?: string[]; halves?: Float64Array } = {},
): Verdict => judge({ ceiling, joint, texts, halves: steady, ...more });
const width = ({ interval95 }: Verdict): number => (interval95?.[1] ?? NaN) - (interval95?.[0] ?? NaN);

const often = answered((r) => r % 3 === 0);
const seldom = answered((r) => r % 20 === 0);

describe("judge()", () => {
  it("calls clear help positive and clear harm negative, with the interval on that side of zero", () => {
    const help = judged(often, seldom);
    expect(help).toMatchObject({ call: "positive", n: ROWS, because: expect.stringContaining("raises") });
    expect(help.difference).toBeCloseTo(seldom.evaluation.macroF1 - often.evaluation.macroF1, 12);
    expect(help.interval95?.[0]).toBeGreaterThan(0);
    const harm = judged(seldom, often);
    expect(harm).toMatchObject({ call: "negative", because: expect.stringContaining("lowers") });
    expect(harm.difference).toBeCloseTo(-(help.difference ?? 0), 12);
    expect(harm.interval95?.[1]).toBeLessThan(0);
    expect(harm.because).toContain("−0.");
  });

  it("calls a difference of two rows neutral, and does not take it for certain that equal predictions stay equal", () => {
    const same = judged(often, often);
    expect(same).toMatchObject({ call: "neutral", difference: 0 });
    expect(width(same)).toBeGreaterThan(2 / ROWS);
    const nearly = judged(
      often,
      answered((r) => r % 3 === 0 && r > 5),
    );
    expect(nearly).toMatchObject({ call: "neutral", because: expect.stringContaining("cannot tell") });
    expect(nearly.difference).toBeGreaterThan(0);
  });

  it("widens with the draw of the training rows, until it calls nothing", () => {
    const halves = Float64Array.from({ length: 16 }, (_, h) => (h % 2 === 0 ? 0.3 : -0.3));
    const unsteady = judged(often, seldom, { halves });
    expect(unsteady.call).toBe("neutral");
    expect(unsteady.difference).toBe(judged(often, seldom).difference);
    expect(unsteady.standardErrors?.training).toBeCloseTo(0.3 * Math.sqrt(16 / 15), 12);
    expect(width(unsteady)).toBeGreaterThan(width(judged(often, seldom)) * 3);
  });

  it("does not take copies of the same texts for more rows", () => {
    const copied = Array.from(truth.keys(), (r) => `text ${r % 50}`);
    const heads = [answered((r) => (r % 50) % 3 === 0), answered((r) => (r % 50) % 20 === 0)] as const;
    const [single, copies] = [judged(...heads), judged(...heads, { texts: copied })];
    expect(copies.difference).toBe(single.difference);
    // Four copies of each: half as certain as so many rows of their own.
    expect((copies.standardErrors?.test ?? NaN) / (single.standardErrors?.test ?? NaN)).toBeCloseTo(2, 1);
  });

  it("does not depend on the order in which the heads have their labels", () => {
    const turned = ["good", "bad"];
    const wanted = judged(often, seldom);
    expect(
      judged(
        answered((r) => r % 3 === 0, turned),
        answered((r) => r % 20 === 0, turned),
      ).interval95,
    ).toEqual(wanted.interval95?.map((end) => expect.closeTo(end, 12) as number));
    expect(
      judged(
        often,
        answered((r) => r % 20 === 0, turned),
      ),
    ).toEqual(wanted);
  });

  it("counts predictions that only the joint head can make as mistakes", () => {
    const joint = answered(() => false, ["bad", "good", "neutral"]);
    const astray = { ...joint, predicted: joint.predicted.map((p, r) => (r < 100 ? 2 : p)) };
    expect(judged(seldom, astray)).toMatchObject({ call: "negative" });
    expect(judged(often, joint)).toMatchObject({ call: "positive" });
    expect(judged(seldom, astray).difference).toBeCloseTo(
      evaluateClassification(joint.truth, astray.predicted, joint.labels).macroF1 - seldom.evaluation.macroF1,
      12,
    );
  });

  it("knows nothing without training rows of the target, or rows that no head has seen", () => {
    for (const verdict of [UNKNOWN_VERDICT, ALL_SEEN_VERDICT])
      expect(verdict).toMatchObject({ call: "unknown", difference: null, interval95: null });
  });
});

describe("callOf()", () => {
  it.each([
    [0.05, [0.02, 0.08], "positive", "raises macro-F1 on the target: +0.050 (95 % interval +0.020 to +0.080)"],
    [-0.05, [-0.08, -0.02], "negative", "lowers macro-F1 on the target: −0.050"],
    [0.004, [0.001, 0.007], "neutral", "by less than matters (0.01): +0.004"],
    [0, [-0.004, 0.004], "neutral", "by less than matters (0.01): 0.000"],
    [0.009, [0.001, 0.017], "neutral", "by less than 0.01 as far as is measured: +0.009"],
    [-0.009, [-0.017, -0.001], "neutral", "by less than 0.01 as far as is measured: −0.009"],
    [-0.02, [-0.06, 0.02], "neutral", "cannot tell whether"],
  ] as const)("of %f within %j is %s, in words that the numbers bear", (difference, interval, call, words) => {
    const found = callOf(difference, interval);
    expect(found).toMatchObject({ call, because: expect.stringContaining(words) });
    expect(found.because).not.toMatch(/(raise|lower)[a-z]* .*by [+−]/);
  });

  it("names the metric that it is told", () => {
    expect(callOf(0.1, [0.05, 0.15], "entity F1").because).toContain("entity F1 on the target");
  });
});
