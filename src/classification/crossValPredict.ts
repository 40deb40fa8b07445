import { duplicateGroups } from "../dataset/duplicates.js";
import { foldCorpus } from "../dataset/split.js";
import { predictProbabilities } from "../head/head.js";
import { fitLogisticPath } from "../head/linear/logistic.js";
import { logLosses } from "../metrics/logLoss.js";
import { takeRows } from "../math/matrix.js";
import type { LabeledVectors } from "../dataset/labeledVectors.js";
import { C_VALUES } from "./choice/selectC.js";

export interface CrossValPredictOptions {
  /** Number of folds, and of heads. @default 5 */
  readonly folds?: number | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every fold. */
  readonly onFold?: ((done: number, folds: number) => void) | undefined;
}

/** Probabilities of rows by heads that have not seen them. */
export interface CrossValPredictions {
  /** Labels that took part: those with texts enough for every fold. */
  readonly names: readonly string[];
  /** Indices of the rows that took part. */
  readonly rows: Int32Array;
  /** `[rows, names]` */
  readonly probabilities: Float64Array;
  readonly folds: number;
  /** The value of C, of those tried, with the lowest log loss on the held-out rows. */
  readonly C: number;
  readonly logLoss: number;
}

/** Enough for probabilities to be compared. */
const TOLERANCE = 1e-4;

/**
 * Cross-validated probabilities: rows are dealt into folds, equal texts together, and each fold is predicted by a head
 * trained on the others. Rows of a label with fewer different texts than folds take no part.
 *
 * @returns undefined where fewer than two labels are left
 */
export async function crossValPredict(
  data: LabeledVectors,
  options: CrossValPredictOptions = {},
): Promise<CrossValPredictions | undefined> {
  const { folds = 5, seed = 1, threads, signal, onFold } = options;
  const groups = duplicateGroups(data.texts);
  const different = differentTexts(data.labels, groups);
  const names = [...different].flatMap(([name, texts]) => (texts.size >= folds ? [name] : [])).sort();
  if (names.length < 2) return undefined;
  const places = new Map(names.map((name, i) => [name, i]));
  const rows = Int32Array.from([...data.labels.keys()].filter((r) => places.has(data.labels[r])));
  const y = Int32Array.from(rows, (r) => places.get(data.labels[r])!);
  const x = takeRows(data.vectors, rows);
  const fold = foldCorpus(
    y,
    rows.map((r) => groups[r]),
    { folds, seed },
  );
  const k = names.length;
  const found = C_VALUES.map(() => new Float64Array(rows.length * k));
  for (let f = 0; f < folds; f++) {
    const [inside, outside] = [true, false].map((own) => [...fold.keys()].filter((i) => (fold[i] === f) === own));
    const held = takeRows(x, inside);
    const path = fitLogisticPath(
      takeRows(x, outside),
      Int32Array.from(outside, (i) => y[i]),
      {
        labels: names,
        Cs: C_VALUES,
        tolerance: TOLERANCE,
        threads,
        signal,
      },
    );
    let s = 0;
    for await (const { head } of path) {
      const predictions = predictProbabilities(head, held);
      inside.forEach((i, at) => found[s].set(predictions.subarray(at * k, (at + 1) * k), i * k));
      s++;
    }
    onFold?.(f + 1, folds);
  }
  const losses = found.map((p) => logLosses(p, y, k).reduce((sum, loss) => sum + loss, 0) / y.length);
  const best = losses.indexOf(Math.min(...losses));
  return { names, rows, probabilities: found[best], folds, C: C_VALUES[best], logLoss: losses[best] };
}

/** The groups of equal texts that each label has. */
function differentTexts(labels: readonly string[], groups: Int32Array): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  labels.forEach((label, r) => {
    const own = found.get(label) ?? new Set();
    found.set(label, own.add(groups[r]));
  });
  return found;
}
