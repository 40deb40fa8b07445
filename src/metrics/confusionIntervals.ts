import { resampledIntervals, type GroupedOptions, type Interval } from "./intervals/bootstrap.js";
import { macroScores } from "./confusion.js";
import { drawCounted, drawLabelPrior, otherLabel } from "./intervals/labelPrior.js";
import { proportionInterval } from "./intervals/binomial.js";
import { groupRows, weighInto } from "./intervals/rowGroups.js";

/** 95 % intervals of the scores of a confusion matrix. */
export interface ConfusionIntervals {
  readonly accuracy: Interval;
  readonly macroF1: Interval;
  readonly macroRecall: Interval;
}

/**
 * 95 % intervals of accuracy, macro-F1 and macro-recall: each about the score on infinitely many rows of the same kind.
 *
 * Macro averages are over all labels, whether or not these rows have them, so with few rows an interval leaves room for
 * labels that none of them has. From some 400 rows on, a label that no row has is taken not to occur.
 *
 * @param truth      class of each row, `[0, classes)`
 * @param predicted  same length
 * @throws RangeError when there are more or fewer groups than rows
 * @see labelPrior.ts, rowGroups.ts, binomial.ts
 */
export function confusionIntervals(
  truth: Int32Array,
  predicted: Int32Array,
  {
    classes,
    isCounted: isLabel = Array.from({ length: classes }, () => true),
    groups,
    ...options
  }: GroupedOptions & {
    readonly classes: number;
    /** Which classes are labels; another one stands for rows without a prediction. @default all */
    readonly isCounted?: readonly boolean[] | undefined;
  },
): ConfusionIntervals {
  const rows = groupRows(
    truth.map((label, r) => label * classes + predicted[r]),
    groups,
  );
  const { rowsPerGroup: unit, size } = rows;
  const counts = new Float64Array(classes * classes);
  for (let r = 0; r < truth.length; r++) counts[truth[r] * classes + predicted[r]]++;
  const measured = macroScores(counts, classes, isLabel);
  const labels = isLabel.filter((own) => own).length;
  const isSeen = Array.from({ length: labels }, (_, c) => truth.includes(c) || predicted.includes(c));
  const [macroF1, macroRecall] = resampledIntervals(
    [measured.macroF1, measured.macroRecall],
    (random) => {
      weighInto(counts, rows, random);
      const isCounted = drawCounted(isSeen, size, random);
      const draw = drawLabelPrior(rightAndWrong(counts, classes), { classes: labels, unit, random });
      isCounted.forEach((counted, c) => {
        if (!counted) return;
        const [right, wrong] = draw();
        counts[c * classes + c] += right;
        if (labels > 1) counts[c * classes + otherLabel(c, labels, random)] += wrong;
      });
      const scores = macroScores(
        counts,
        classes,
        isLabel.map((own, c) => own && isCounted[c]),
      );
      return [scores.macroF1, scores.macroRecall];
    },
    options,
  );
  return { accuracy: proportionInterval(measured.accuracy, truth.length / unit), macroF1, macroRecall };
}

/** Rows that are right and rows that are wrong. */
function rightAndWrong(counts: Float64Array, classes: number): readonly [number, number] {
  let [right, all] = [0, 0];
  counts.forEach((rows) => (all += rows));
  for (let c = 0; c < classes; c++) right += counts[c * classes + c];
  return [right, all - right];
}
