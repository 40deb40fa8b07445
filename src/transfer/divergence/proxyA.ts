import { duplicateGroups } from "../../dataset/duplicates.js";
import { foldCorpus } from "../../dataset/split.js";
import { argmax, predictProbabilities } from "../../head/head.js";
import { fitLogistic } from "../../head/linear/logistic.js";
import { takeRows, type Matrix } from "../../math/matrix.js";

/** Texts of a domain, or of several, with their vectors. */
export interface DomainRows {
  readonly texts: readonly string[];
  /** `[texts, width]` */
  readonly vectors: Matrix;
}

interface ProxyAOptions {
  readonly seed: number;
  readonly threads?: number | undefined;
}

const FOLDS = 2;
const INVERSE_PENALTY = 0.01;
/** Rows that are needed for each side of each fold. */
export const LEAST_ROWS = 2 * FOLDS;

/**
 * `2 (1 - 2 e)` with the cross-validated error of a logistic model that distinguishes two domains.
 *
 * Equal texts are in one fold: a text of both domains that is learned as one would be predicted wrongly as the other.
 *
 * @param rows    equally many of each domain
 * @param domain  0 or 1 for each row
 * @see Ben-David et al. 2010
 */
export async function proxyADistance(
  rows: DomainRows,
  domain: Int32Array,
  { seed, threads }: ProxyAOptions,
): Promise<number> {
  const { texts, vectors } = rows;
  const fold = foldCorpus(domain, duplicateGroups(texts), { folds: FOLDS, seed });
  let wrong = 0;
  for (let f = 0; f < FOLDS; f++) {
    const rowsOf = (inside: boolean): number[] => Array.from(fold.keys()).filter((r) => (fold[r] === f) === inside);
    const [train, test] = [rowsOf(false), rowsOf(true)];
    const predictions = await predicted(vectors, domain, { train, test, threads });
    test.forEach((r, i) => {
      if (predictions[i] !== domain[r]) wrong++;
    });
  }
  return 2 * (1 - (2 * wrong) / domain.length);
}

async function predicted(
  vectors: Matrix,
  domain: Int32Array,
  { train, test, threads }: { train: number[]; test: number[]; threads: number | undefined },
): Promise<Int32Array> {
  const y = Int32Array.from(train, (r) => domain[r]);
  // Equal texts of both may leave one domain alone in a fold.
  if (y.every((side) => side === y[0])) return new Int32Array(test.length).fill(y[0] ?? 0);
  const { head } = await fitLogistic(takeRows(vectors, train), y, {
    labels: ["source", "target"],
    C: INVERSE_PENALTY,
    tolerance: 1e-3,
    threads,
  });
  return argmax(predictProbabilities(head, takeRows(vectors, test)), 2);
}
