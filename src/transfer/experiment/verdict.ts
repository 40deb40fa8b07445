import type { Evaluated } from "../../classification/evaluate.js";
import { duplicateGroups } from "../../dataset/duplicates.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";
import { macroF1Influence } from "../../metrics/macroF1Influence.js";
import { scorePredictions } from "../../metrics/classification.js";
import { decimals, signed, signedRange } from "../../text/numbers.js";
import { DIFFERENCE_THAT_MATTERS } from "../curves/bySize.js";
import { halfWidth, variance, varianceOfSum, type Variance } from "../curves/uncertainty.js";
import type { Verdict } from "./record.js";

const unknown = (because: string): Verdict => ({ call: "unknown", difference: null, interval95: null, because });

export const UNKNOWN_VERDICT: Verdict = unknown(
  "without labeled training rows of the target there is nothing to compare the source's help with",
);

/** Where heads have seen every row of the target, no row tells how they do on new ones. */
export const ALL_SEEN_VERDICT: Verdict = unknown(
  "every target row is also a training row, so none says how a head does on new texts; train on other rows of the target than you measure on (headstart split parts a file)",
);

/** Without labels of the target no head can be scored on it. */
export const UNLABELED_VERDICT: Verdict = unknown("the target has no labels, so no head can be scored on it");

/** What a head predicts. */
type Guessed = Pick<Evaluated, "labels" | "truth" | "predicted">;

/** Two heads on the same target rows, and how much their difference varies with the training rows. */
export interface Judged {
  /** Trained on the target's rows alone. */
  readonly ceiling: Guessed;
  /** Trained on those and the source. */
  readonly joint: Guessed;
  /** Texts of the target rows: rows of equal texts count as one draw. */
  readonly texts: readonly string[];
  /** The same difference of pairs of heads trained on halves; see halfDifferences. */
  readonly halves: Float64Array;
}

/**
 * Whether adding the source to the target's training rows helped: the difference in macro-F1 on the target, with a 95 %
 * interval that holds the draw of the target's rows (paired; the infinitesimal jackknife over texts) and that of the
 * training rows of both (from halves of them).
 *
 * @see Wang et al. 2019 (negative transfer gap): https://arxiv.org/abs/1811.09751
 * @see Satterthwaite 1946 for the degrees of freedom of a sum of variances
 */
export const judge = (judged: Judged): Verdict => verdictOf(differenceOf(judged));

/** The difference that is judged, with what each row adds to it. */
export const differenceOf = ({ texts, halves, ...heads }: Judged): VaryingDifference => ({
  ...pairedDifference(heads),
  texts,
  halves,
});

/** Joint minus ceiling in macro-F1, and what each target row adds to it. */
export function pairedDifference({
  ceiling,
  joint,
}: Pick<Judged, "ceiling" | "joint">): Pick<VaryingDifference, "difference" | "parts"> {
  // The source may bring labels that the target's own rows have not: predicting these counts as a mistake.
  const labels = [...new Set([...ceiling.labels, ...joint.labels])];
  const both = { truth: ceiling.truth, predicted: joint.predicted.map((p) => labels.indexOf(joint.labels[p])) };
  const f1 = ({ truth, predicted }: Pick<Evaluated, "truth" | "predicted">): number =>
    scorePredictions(truth, predicted, labels.length).macroF1;
  const difference = f1(both) - f1(ceiling);
  const influence = macroF1Influence(both.truth, both.predicted, labels.length);
  const alone = macroF1Influence(ceiling.truth, ceiling.predicted, labels.length);
  return { difference, parts: influence.map((own, r) => own - alone[r]) };
}

/** A difference in F1 between two heads on the same rows, and what it varies with. */
export interface VaryingDifference extends Pick<Judged, "texts" | "halves"> {
  readonly difference: number;
  /** What each row adds to it; see macroF1Influence. */
  readonly parts: Float64Array;
}

/** @param metric  what differs, such as "macro-F1" */
export function verdictOf(varying: VaryingDifference, metric?: string): Verdict {
  const { difference, texts } = varying;
  const [test, training] = errorsOf(varying);
  const reach = halfWidth([test, training]);
  const interval95: Interval = [Math.max(-1, difference - reach), Math.min(1, difference + reach)];
  const standardErrors = { test: Math.sqrt(test.variance), training: Math.sqrt(training.variance) };
  return { ...callOf(difference, interval95, metric), difference, interval95, n: texts.length, standardErrors };
}

/** Its variances over draws of the target's rows and over draws of the training rows. */
export const errorsOf = ({
  parts,
  texts,
  halves,
}: VaryingDifference): readonly [test: Variance, training: Variance] => [
  varianceOfSum(parts, duplicateGroups(texts)),
  { variance: variance(halves), freedom: halves.length - 1 },
];

/**
 * The call that an interval of a difference in F1 allows, and its words: positive or negative only where the interval excludes
 * zero and the difference is one that matters.
 *
 * @param metric  what differs, such as "macro-F1"
 */
export function callOf(
  difference: number,
  interval95: Interval,
  metric = "macro-F1",
): Pick<Verdict, "call" | "because"> {
  const [low, high] = interval95;
  const by = `${signed(difference)} (95 % interval ${signedRange(interval95)})`;
  const matters = Math.abs(difference) >= DIFFERENCE_THAT_MATTERS;
  const what = `${metric} on the target`;
  if (low > 0 && matters) return { call: "positive", because: `adding the source raises ${what}: ${by}` };
  if (high < 0 && matters) return { call: "negative", because: `adding the source lowers ${what}: ${by}` };
  const least = decimals(DIFFERENCE_THAT_MATTERS).replace(/0+$/, "");
  if (Math.max(-low, high) < DIFFERENCE_THAT_MATTERS)
    return { call: "neutral", because: `adding the source changes ${what} by less than matters (${least}): ${by}` };
  if (low > 0 || high < 0)
    return {
      call: "neutral",
      because: `adding the source changes ${what}, but by less than ${least} as far as is measured: ${by}`,
    };
  return { call: "neutral", because: `these rows cannot tell whether adding the source changes ${what}: ${by}` };
}
