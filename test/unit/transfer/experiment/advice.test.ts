import { describe, expect, it } from "vitest";
import { evaluateClassification, type Evaluation } from "../../../../src/metrics/classification.js";
import { adviceFrom, rowsToTrainOn, type AdviceEvidence } from "../../../../src/transfer/experiment/advice.js";
import type { Verdict } from "../../../../src/transfer/experiment/record.js";

/** An evaluation of 400 rows of two labels, of which a head has every so many wrong. */
function wrongEvery(rows: number): Evaluation {
  const truth = Int32Array.from({ length: 400 }, (_, r) => r % 2);
  const predicted = truth.map((t, r) => (Math.floor(r / 2) % rows === 0 ? 1 - t : t));
  return evaluateClassification(truth, predicted, ["negative", "positive"], { seed: 1 });
}

const GOOD = wrongEvery(10);
/** Right as often as a coin. */
const GUESSED = wrongEvery(2);

const verdict = (call: Verdict["call"], difference: number, interval95: [number, number]): Verdict => ({
  call,
  difference,
  interval95,
  because: "as measured",
});
const UNKNOWN: Verdict = { call: "unknown", difference: null, interval95: null, because: "nothing to compare with" };

/** A target of which a share is in the source. */
const sharing = (share: number): AdviceEvidence["leakage"] => ({
  exact: 0,
  normalised: 0,
  near: 0,
  share,
  targetWithout: null,
  targetWith: null,
  examples: [],
  trainAndTarget: 0,
  pairs: [],
});

const curveTo = (n: number): AdviceEvidence["curves"] => [
  { strategy: "target", points: [{ n, macroF1: 0.85, interval95: [0.8, 0.9], draws: 5 }], fit: null },
];
const evidence = (changes: Partial<AdviceEvidence> = {}): AdviceEvidence => ({
  source: GOOD,
  target: GOOD,
  ceiling: GOOD,
  joint: GOOD,
  verdict: verdict("positive", 0.05, [0.03, 0.07]),
  curves: curveTo(800),
  next: null,
  corpora: { targetTrain: null },
  leakage: sharing(0),
  forecast: {
    accuracy: 0.7,
    interval95: [0.6, 0.8],
    doubt: null,
    method: "one",
    measuredOn: { pairs: 2, meanAbsoluteError: 0.1, coverage: 1 },
    truth: null,
    methods: [],
  },
  ...changes,
});
const strategies = (changes: Partial<AdviceEvidence>): readonly string[] =>
  adviceFrom(evidence(changes)).map(({ strategy }) => strategy);

describe("rowsToTrainOn()", () => {
  it("follows a call, and where there is none the better guess, or the target's rows alone if it makes no difference", () => {
    const of = (...given: Parameters<typeof verdict>) => rowsToTrainOn({ verdict: verdict(...given) });
    expect(of("positive", 0.05, [0.03, 0.07])).toBe("both");
    expect(of("negative", -0.05, [-0.07, -0.03])).toBe("target");
    expect(of("neutral", 0.064, [-0.066, 0.194])).toBe("both");
    expect(of("neutral", 0.004, [-0.005, 0.013])).toBe("target");
    expect(of("neutral", -0.03, [-0.08, 0.02])).toBe("target");
    expect(of("neutral", -0.001, [-0.005, 0.003])).toBe("target");
    expect(rowsToTrainOn({ verdict: UNKNOWN })).toBeUndefined();
  });
});

describe("adviceFrom()", () => {
  it("puts the strategy of the verdict first, with its reason", () => {
    const [first] = adviceFrom(evidence());
    expect(first).toEqual({ strategy: "add the source", because: "as measured" });
    expect(strategies({ verdict: verdict("negative", -0.05, [-0.07, -0.03]) })).toEqual(["target alone"]);
    expect(adviceFrom(evidence({ verdict: verdict("neutral", -0.001, [-0.02, 0.02]) }))[0].because).toContain(
      "not shown to help",
    );
  });

  it("gives the verdict of all sizes as the reason only where it comes to the same as that of all rows", () => {
    const sized = (call: "positive" | "neutral"): Verdict => ({
      ...verdict("positive", 0.14, [0.01, 0.27]),
      byLabels: [{ n: 60, call, difference: 0.14, interval95: [-0.01, 0.29], p: call === "positive" ? 0.01 : 0.2 }],
      says: `${call} at every size`,
    });
    expect(adviceFrom(evidence({ verdict: sized("positive") }))[0].because).toBe("positive at every size");
    expect(adviceFrom(evidence({ verdict: sized("neutral") }))[0].because).toBe("as measured");
  });

  it("does not build on a source that teaches nothing in-domain, whatever the verdict", () => {
    expect(strategies({ source: GUESSED })[0]).toBe("another source or encoder");
  });

  it("wants labels where there are none, or where the head is not shown to be of use", () => {
    expect(strategies({ target: null, verdict: UNKNOWN })).toEqual(["label rows"]);
    expect(strategies({ target: GUESSED, verdict: UNKNOWN })).toEqual(["label rows"]);
    expect(strategies({ verdict: UNKNOWN })).toEqual(["source as it is"]);
    expect(strategies({ verdict: { ...UNKNOWN, comparable: false } })).toEqual(["map the labels"]);
  });

  it("does not ask for training rows again where there are some, but for rows to measure on", () => {
    const own = { files: ["own.csv"], rows: 50, rejected: 0, dropped: 0, labels: {} };
    const because = (targetTrain: AdviceEvidence["corpora"]["targetTrain"]): string =>
      adviceFrom(evidence({ target: null, verdict: UNKNOWN, corpora: { targetTrain } }))[0].because;
    expect(because(null)).toContain("--suggest 50");
    expect(because(own)).not.toContain("--suggest");
    for (const some of [null, own])
      expect(because(some)).toMatch(/drawn at random, and pass them as --target to measure on$/);
  });

  it("does not recommend a head by target rows that the source has, or that are all of one label", () => {
    const shared = adviceFrom(evidence({ verdict: UNKNOWN, leakage: sharing(0.8) }))[0];
    expect(shared.strategy).toBe("label rows");
    expect(shared.because.replaceAll("\u00a0", " ")).toMatch(
      /^80 % of the target rows .* give target rows that the source lacks$/,
    );
    expect(strategies({ verdict: UNKNOWN, leakage: sharing(0.3) })).toEqual(["source as it is"]);
    const ones = new Int32Array(40).fill(1);
    const oneLabel = evaluateClassification(ones, ones, ["negative", "positive"], { seed: 1 });
    expect(adviceFrom(evidence({ target: oneLabel, verdict: UNKNOWN }))[0]).toEqual({
      strategy: "label rows",
      because: expect.stringMatching(/^all rows of the target have the label "positive"/) as string,
    });
  });

  it("wants more labels only where the curve shows that they help, and blames the encoder only where it is flat", () => {
    const next = (gain: number, interval95: [number, number]) => ({ next: { added: 200, gain, interval95 } });
    expect(strategies(next(0.03, [0.01, 0.05]))).toEqual(["add the source", "label rows"]);
    expect(strategies(next(0.03, [-0.01, 0.07]))).toEqual(["add the source"]);
    expect(strategies(next(0.001, [-0.002, 0.004]))).toEqual(["add the source", "unfreeze"]);
    expect(strategies({ ...next(0.001, [-0.002, 0.004]), curves: curveTo(80) })).toEqual(["add the source"]);
  });
});
