import { describe, expect, it } from "vitest";
import { evaluateClassification, type Advantage, type Evaluation } from "../../../../src/metrics/classification.js";
import type { TaggingEvaluation } from "../../../../src/tagging/evaluate.js";
import { entityScoreLines, scoreLines, trainingText } from "../../../../src/report/text/trainingSummary.js";

const TRAINING = {
  head: "out/head",
  n: 1200,
  unit: "row",
  devFrom: "20 rows given for it",
  seconds: 1.25,
  evaluate: ["dev.csv", "--label-column", "my label"],
} as const;

describe("trainingText()", () => {
  it("tells what was learned from, where the head is, and commands that are right when copied", () => {
    expect(trainingText(["score"], TRAINING)).toEqual([
      "score",
      "Intervals are for new rows of this kind; that other training rows give another head is left out.",
      "Learned from 1,200 rows in 1.3 s; held-out rows: 20 rows given for it",
      "Head: out/head",
      "Next:",
      '  headstart predict out/head "a text of your own"',
      '  headstart evaluate out/head dev.csv --label-column "my label"',
    ]);
  });

  it("says what the head holds, and which corpus is to be replaced, where there is something to say", () => {
    const lines = trainingText([], { ...TRAINING, unit: "sentence", holds: "7 texts", remark: "test.csv: your own" });
    expect(lines[1]).toContain("1,200 sentences");
    expect(lines[3]).toBe("out/head holds 7 texts");
    expect(lines.at(-1)).toMatch(/ {2}# test\.csv: your own$/);
  });
});

describe("scoreLines()", () => {
  const scored = (bagOfWords: number | null, overBagOfWords?: Pick<Advantage, "macroF1" | "interval95">): string[] => {
    const truth = Int32Array.of(0, 1, 0, 1);
    const evaluation = evaluateClassification(truth, truth, ["a", "b"]);
    const bag = bagOfWords === null ? null : { macroF1: bagOfWords, accuracy: 0.5 };
    return scoreLines({ ...evaluation, bagOfWords: bag, overBagOfWords } as Evaluation);
  };

  it("has the main number with its interval and rows first, then what the majority class reaches", () => {
    const [score, majority, ...rest] = scored(null);
    expect(score).toBe("macro-F1 1.000 on 4 held-out rows (95 % interval 0.450 to 1.000)");
    expect(majority).toMatch(/^ {2}majority class {2}0\.333 {2}the head is 0\.667 better \(95 % interval .* to .*\): /);
    expect(rest).toEqual([]);
  });

  it.each([
    [0.6, [0.1, 0.7], "the head is 0.400 better (95 % interval +0.100 to +0.700): beyond chance"],
    [0.6, [-0.1, 0.7], "the head is 0.400 better (95 % interval \u22120.100 to +0.700): not beyond chance"],
    [0.6, [0, 0.7], "the head is 0.400 better (95 % interval 0.000 to +0.700): not beyond chance"],
    [1.2, [-0.3, -0.1], "the head is 0.200 worse (95 % interval \u22120.300 to \u22120.100): beyond chance"],
    [1, [0, 0], "no difference here (95 % interval 0.000 to 0.000)"],
  ] as const)("claims a difference from a bag of words of %f no more than %j does", (bag, interval95, says) => {
    const line = scored(bag, { macroF1: 1 - bag, interval95 })[2];
    expect(line).toBe(`  bag of words    ${bag.toFixed(3)}  ${says}`);
  });

  it("claims nothing of chance where no interval was measured", () => {
    expect(scored(0.6)[2]).toBe("  bag of words    0.600  the head is 0.400 better");
  });
});

describe("entityScoreLines()", () => {
  const lines = (entityF1: number, entityPrecision: number, entityRecall: number, isLastBest = false): string[] => {
    const dev = { n: 120, entities: 20, interval95: [0.1, 0.9], entityF1, entityPrecision, entityRecall };
    return entityScoreLines({ ...trained, dev: dev as unknown as TaggingEvaluation }, { isLastBest });
  };
  const notCalibrated = { calibration: undefined, entities: 5, logLoss: { before: 0.7, after: 0.7 } };
  const trained = { optimism: 0.012, scoreCalibration: notCalibrated };

  it("says of a tagger that is wrong more often than right that it is poor, and how", () => {
    expect(lines(0.5, 0.5, 0.5).join()).not.toContain("poor");
    expect(lines(0.4, 0.6, 0.3)[2]).toBe(
      "  poor: it misses 70 % of the entities, and 40 % of what it finds is wrong. More tagged sentences help most",
    );
    expect(lines(0, 0, 0)[2]).toMatch(/^ {2}poor: it finds none of the entities\. More tagged sentences/);
  });

  it("names --epochs where the last epoch was the best, and there alone", () => {
    expect(lines(0.4, 0.4, 0.4, true)[2]).toMatch(/; the last epoch was the best: try more with --epochs$/);
    expect(lines(0.4, 0.4, 0.4)[2]).not.toContain("--epochs");
  });

  it("says that F1 is too high where it was chosen on, and by how much, or somewhat where that is unknown", () => {
    expect(lines(0.9, 0.9, 0.9)[2]).toBe(
      "  epoch and outside bias were chosen on these sentences: F1 is about 0.012 too high (estimated by cross-fitting the choice)",
    );
    const dev = {
      n: 120,
      entities: 20,
      interval95: [0.1, 0.9],
      entityF1: 0.9,
      entityPrecision: 0.9,
      entityRecall: 0.9,
    };
    const lucky = entityScoreLines(
      { ...trained, optimism: -0.004, dev: dev as unknown as TaggingEvaluation },
      { isLastBest: false },
    );
    expect(lucky[2]).toMatch(/: F1 is somewhat too high$/);
    const few = entityScoreLines(
      { ...trained, dev: { ...dev, n: 99 } as unknown as TaggingEvaluation },
      { isLastBest: false },
    );
    expect(few[2]).toBe(lucky[2]);
  });

  it("calls scores of entities no probabilities where they are not calibrated", () => {
    expect(lines(0.9, 0.9, 0.9)[3]).toBe(
      "  entity scores are no probabilities: not calibrated (5 entities found on dev)",
    );
  });
});
