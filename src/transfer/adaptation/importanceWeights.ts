import { predictProbabilities } from "../../head/head.js";
import { fitLogistic } from "../../head/linear/logistic.js";
import { stackRows, type Matrix } from "../../math/matrix.js";

export interface ImportanceWeights {
  /** Of every row of the source; their mean is 1. */
  readonly weights: Float64Array;
  /** Rows of equal weight that vary as little: `(sum w)^2 / sum w^2`. */
  readonly effectiveRows: number;
}

/** A weak model: a strong one tells the domains apart by each row, and leaves a few rows with all the weight. */
const INVERSE_PENALTY = 0.01;
/** One row counts at most as so many; a few rows would otherwise decide alone. */
const MOST_WEIGHT = 10;

/**
 * How much likelier each row of the source is in the target than in the source, by a logistic model that distinguishes the
 * two, clipped.
 *
 * @see Shimodaira 2000 (covariate shift); Bickel, Brückner & Scheffer 2009 (weights by a classifier)
 */
export async function importanceWeights(
  source: Matrix,
  target: Matrix,
  { threads, signal }: { readonly threads?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<ImportanceWeights> {
  const domain = Int32Array.from({ length: source.rows + target.rows }, (_, r) => (r < source.rows ? 0 : 1));
  const { head } = await fitLogistic(stackRows(source.cols, [source, target]), domain, {
    labels: ["source", "target"],
    C: INVERSE_PENALTY,
    classWeights: "balanced",
    tolerance: 1e-3,
    threads,
    signal,
  });
  const probabilities = predictProbabilities(head, source);
  const odds = Float64Array.from({ length: source.rows }, (_, r) =>
    Math.min(MOST_WEIGHT, probabilities[2 * r + 1] / probabilities[2 * r]),
  );
  const mean = odds.reduce((sum, w) => sum + w, 0) / odds.length;
  const weights = odds.map((w) => w / mean);
  const squares = weights.reduce((sum, w) => sum + w ** 2, 0);
  return { weights, effectiveRows: weights.length ** 2 / squares };
}
