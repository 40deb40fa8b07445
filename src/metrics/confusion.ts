/**
 * Stands for a predicted label where a rule abstains.
 *
 * @example
 * const rule = fitDecisionRule({ kind: "coverage", share: 0.5 }, calibrationSetOf(trained)!);
 * const predicted = applyDecisionRule(predictProbabilities(trained.head, dev.vectors), rule);
 * console.log(predicted.filter((label) => label === ABSTAIN).length);
 */
export const ABSTAIN = -1;

/** Accuracy and macro averages of one confusion matrix. */
interface MacroScores {
  readonly accuracy: number;
  /** Mean F1 of the classes that occur in the truth or in the predictions. */
  readonly macroF1: number;
  /** Mean recall of the classes that occur in the truth. */
  readonly macroRecall: number;
}

/** How well one class is found. A ratio without a denominator is 0, not NaN. */
export interface LabelScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows whose truth is this class. */
  readonly support: number;
}

/**
 * Counts of (truth, predicted) pairs.
 *
 * @param truth      class of each row, `[0, classes)`
 * @param predicted  same length
 * @returns          `[classes * classes]`, row-major: rows are the truth, columns the prediction
 * @throws RangeError when the lengths differ or a class is out of range
 */
export function confusionCounts(truth: Int32Array, predicted: Int32Array, classes: number): Int32Array {
  if (truth.length !== predicted.length) {
    throw new RangeError(`Cannot compare ${truth.length} true classes with ${predicted.length} predicted ones`);
  }
  const counts = new Int32Array(classes * classes);
  for (let i = 0; i < truth.length; i++) {
    const [t, p] = [truth[i], predicted[i]];
    if (!(t >= 0 && t < classes && p >= 0 && p < classes)) {
      throw new RangeError(`Row ${i} has truth ${t} and prediction ${p}; classes go from 0 to ${classes - 1}`);
    }
    counts[t * classes + p]++;
  }
  return counts;
}

/**
 * Accuracy, macro-F1 and macro-recall of a confusion matrix.
 *
 * Macro-F1 averages over the classes that occur in the truth or in the predictions, so a class that is only ever
 * predicted wrongly costs (its F1 is 0), and a class that neither side mentions does not count. Macro-recall averages
 * over the classes that occur in the truth, the only ones that have a recall. An empty matrix scores 0.
 *
 * @param counts     as from `confusionCounts`; weights of rows too, which need not be whole numbers
 * @param isCounted  which classes the averages count, if they occur; @default all
 * @see scikit-learn, `f1_score(average="macro")` and `balanced_accuracy_score`, whose choices these are;
 *   Barbieri et al. 2020 for macro-recall: https://arxiv.org/abs/2010.12421
 */
export function macroScores(
  counts: Int32Array | Float64Array,
  classes: number,
  isCounted?: readonly boolean[],
): MacroScores {
  let [n, hits, f1Sum, f1Classes, recallSum, recallClasses] = [0, 0, 0, 0, 0, 0];
  for (let c = 0; c < classes; c++) {
    const hit = counts[c * classes + c];
    let [support, named] = [0, 0];
    for (let other = 0; other < classes; other++) {
      support += counts[c * classes + other];
      named += counts[other * classes + c];
    }
    n += support;
    hits += hit;
    if (isCounted?.[c] === false) continue;
    if (support + named > 0) {
      f1Sum += (2 * hit) / (support + named);
      f1Classes++;
    }
    if (support > 0) {
      recallSum += hit / support;
      recallClasses++;
    }
  }
  return {
    accuracy: ratio(hits, n),
    macroF1: ratio(f1Sum, f1Classes),
    macroRecall: ratio(recallSum, recallClasses),
  };
}

/** Precision, recall, F1 and support of class `c`. */
export function labelScore(counts: Int32Array, classes: number, c: number): LabelScore {
  const hit = counts[c * classes + c];
  let [support, named] = [0, 0];
  for (let other = 0; other < classes; other++) {
    support += counts[c * classes + other];
    named += counts[other * classes + c];
  }
  return { precision: ratio(hit, named), recall: ratio(hit, support), f1: ratio(2 * hit, support + named), support };
}

/** 0 where there is no whole. */
export const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
