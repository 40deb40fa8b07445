import { argmax } from "../../math/argmax.js";
import { ABSTAIN } from "../../metrics/confusion.js";

/** When a head predicts, and what: the label of least expected cost, if it is probable enough. */
export interface DecisionRule {
  /** Probability from which each label is predicted; Infinity where it never is, 0 where none is asked for. */
  readonly thresholds: Float64Array;
  /**
   * What becomes of a text that does not reach a threshold. "abstain": the label of least cost is predicted from its
   * threshold on, otherwise none. "others": a label with a threshold is predicted from it on, whatever the other
   * probabilities are (the most probable of several such labels), and otherwise the label of least cost among those
   * without a threshold; none where all have one.
   */
  readonly below: "abstain" | "others";
  /** `[labels, labels]`: what it costs to predict the second label where the first is true. @default 1 for every mistake */
  readonly costs?: Float64Array | undefined;
}

/** The rule where no goal is set: the label of the highest score of so many, always. */
export const defaultRule = (classes: number): DecisionRule => ({
  thresholds: new Float64Array(classes),
  below: "abstain",
});

/**
 * Index of the predicted label for every row of probabilities `[rows, classes]`, or ABSTAIN. Of labels that cost the same
 * the first is predicted.
 *
 * @param scores  what a label is chosen by where the rule has no costs. @default the probabilities
 * @see Chow 1970 (thresholds); Elkan 2001 (costs)
 * @example
 * const rule = fitDecisionRule({ kind: "precision", least: 0.8 }, calibrationSetOf(trained)!);
 * const predicted = applyDecisionRule(predictProbabilities(trained.head, dev.vectors), rule);
 * console.log(predicted.length === dev.vectors.rows); // true
 */
export function applyDecisionRule(
  probabilities: Float64Array,
  rule: DecisionRule,
  scores: Float64Array = probabilities,
): Int32Array {
  const { thresholds, below } = rule;
  const classes = thresholds.length;
  const preferred = rule.costs === undefined ? scores : savedCosts(probabilities, rule.costs, classes);
  if (below === "abstain") {
    const reaches = (k: number, r: number): boolean => probabilities[r * classes + k] >= thresholds[k];
    return argmax(preferred, classes).map((k, r) => (reaches(k, r) ? k : ABSTAIN));
  }
  const threshold = (at: number): number => thresholds[at % classes];
  const own = probabilities.map((p, at) => (threshold(at) > 0 && p >= threshold(at) ? p : -Infinity));
  const others = preferred.map((value, at) => (threshold(at) > 0 ? -Infinity : value));
  const next = argmax(others, classes);
  return argmax(own, classes).map((k, r) => {
    if (own[r * classes + k] >= 0) return k;
    return thresholds[next[r]] > 0 ? ABSTAIN : next[r];
  });
}

/** Expected cost of predicting each label, with the sign turned: the higher, the better. */
function savedCosts(probabilities: Float64Array, costs: Float64Array, classes: number): Float64Array {
  return probabilities.map((_, at) => {
    const [row, predicted] = [at - (at % classes), at % classes];
    let expected = 0;
    for (let t = 0; t < classes; t++) expected += probabilities[row + t] * costs[t * classes + predicted];
    return -expected;
  });
}
