/** So many rows with a label tell as much of where its threshold should be as the probabilities of all rows do. */
const PRIOR = 30;
/** Most rows that are given a label, as a multiple of those that have it. */
const MOST = 2;

/**
 * For each label the threshold with the best F1 that is expected on rows like these, halfway between two probabilities; 0.5
 * where no row has the label.
 *
 * The F1 of the rows alone would be fitted to chance where few have the label. A row therefore counts as having it in part
 * by its mark and in part by its probability: the fewer rows have the label, the more by the latter, as if `PRIOR` rows
 * spoke for the probabilities. And no label is given to more than twice as many rows as have it: where the head cannot tell
 * the rows of a label, F1 is best with the label on all of them.
 *
 * @param probabilities  `[rows, classes]`, by heads that have not seen the rows
 * @param marks          `[rows, classes]`, 1 where a row has the label
 * @see Lipton, Elkan & Narayanaswamy 2014, "Thresholding classifiers to maximize F1 score"
 */
export function bestThresholds(probabilities: Float64Array, marks: Uint8Array, classes: number): Float64Array {
  return Float64Array.from({ length: classes }, (_, c) => {
    const rows = Array.from({ length: marks.length / classes }, (__, r) => ({
      p: probabilities[r * classes + c],
      mark: marks[r * classes + c],
    }));
    return bestThreshold(rows);
  });
}

interface MarkedProbability {
  readonly p: number;
  readonly mark: number;
}

function bestThreshold(rows: MarkedProbability[]): number {
  const positives = rows.filter(({ mark }) => mark === 1).length;
  if (positives === 0) return 0.5;
  const byMarks = positives / (positives + PRIOR);
  const weights = rows.sort((a, b) => b.p - a.p).map(({ p, mark }) => byMarks * mark + (1 - byMarks) * p);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [hits, best, threshold] = [0, 0, 0.5];
  rows.forEach(({ p }, i) => {
    hits += weights[i];
    const next = rows[i + 1]?.p ?? 0;
    if (next === p || i + 1 > MOST * positives) return;
    const f1 = (2 * hits) / (i + 1 + total);
    if (f1 > best) [best, threshold] = [f1, (p + next) / 2];
  });
  return threshold;
}
