import { duplicateGroups } from "../../dataset/duplicates.js";
import { foldCorpus } from "../../dataset/split.js";
import { wordsOf } from "../../head/linear/textFeatures.js";
import { argmax, predictProbabilities } from "../../head/head.js";
import { fitLogistic } from "../../head/linear/logistic.js";
import { stackRows, takeRows, type Matrix } from "../../math/matrix.js";
import { seeded, shuffled } from "../../math/random.js";

/** Texts of one domain with their vectors. */
export interface Domain {
  readonly texts: readonly string[];
  readonly vectors: Matrix;
}

/** How different the source's texts are from the target's; labels play no part. */
export interface Divergence {
  /**
   * Proxy A-distance `2 (1 - 2 e)`, where `e` is the error of a model that distinguishes source from target vectors: 0 when it
   * can only guess, 2 when it is never wrong; slightly below 0 by chance.
   */
  readonly proxyA: number;
  /** Jensen-Shannon divergence of the word frequencies, base 2: 0 for equal ones, 1 when no word is shared. */
  readonly jensenShannon: number;
  /** Share of the target's distinct words that the source has, `[0, 1]`. */
  readonly vocabularySeen: number;
}

interface DivergenceOptions {
  /** @default 1 */
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
}

const MAX_ROWS = 1000; // a side; telling domains apart needs no more
const FOLDS = 2;
const INVERSE_PENALTY = 0.01;

/**
 * How different two domains' texts are.
 *
 * @see Ben-David et al. 2010 (proxy A-distance); Lin 1991 (Jensen-Shannon divergence)
 */
export async function divergenceOf(
  source: Domain,
  target: Domain,
  options: DivergenceOptions = {},
): Promise<Divergence> {
  return {
    proxyA: await proxyADistance(source, target, options),
    ...wordDivergence(source.texts, target.texts),
  };
}

/**
 * `2 (1 - 2 e)` with the cross-validated error of a logistic model that distinguishes the domains, both equally large.
 *
 * Equal texts are in one fold: a text of both domains that is learned as one would be predicted wrongly as the other.
 */
async function proxyADistance(
  source: Domain,
  target: Domain,
  { seed = 1, threads }: DivergenceOptions,
): Promise<number> {
  const random = seeded(seed);
  const n = Math.min(MAX_ROWS, source.texts.length, target.texts.length);
  if (n < 2 * FOLDS) return 0;
  const sides = [source, target].map((side) => sample(side, shuffled(side.texts.length, random).subarray(0, n)));
  const x = stackRows(
    source.vectors.cols,
    sides.map(({ vectors }) => vectors),
  );
  const y = Int32Array.from({ length: 2 * n }, (_, r) => (r < n ? 0 : 1));
  const groups = duplicateGroups(sides.flatMap(({ texts }) => texts));
  const fold = foldCorpus(y, groups, { folds: FOLDS, seed });
  let wrong = 0;
  for (let f = 0; f < FOLDS; f++) {
    const rows = (inside: boolean): number[] => Array.from(fold.keys()).filter((r) => (fold[r] === f) === inside);
    const [train, test] = [rows(false), rows(true)];
    const { head } = await fitLogistic(
      takeRows(x, train),
      Int32Array.from(train, (r) => y[r]),
      {
        labels: ["source", "target"],
        C: INVERSE_PENALTY,
        tolerance: 1e-3,
        threads,
      },
    );
    const predictions = argmax(predictProbabilities(head, takeRows(x, test)), 2);
    test.forEach((r, i) => {
      if (predictions[i] !== y[r]) wrong++;
    });
  }
  return 2 * (1 - (2 * wrong) / (2 * n));
}

const sample = ({ texts, vectors }: Domain, rows: Int32Array): Domain => ({
  texts: Array.from(rows, (r) => texts[r]),
  vectors: takeRows(vectors, rows),
});

function wordDivergence(source: readonly string[], target: readonly string[]): Omit<Divergence, "proxyA"> {
  const [p, q] = [frequencies(source), frequencies(target)];
  let divergence = 0;
  for (const word of new Set([...p.keys(), ...q.keys()])) {
    const [a, b] = [p.get(word) ?? 0, q.get(word) ?? 0];
    const middle = (a + b) / 2;
    if (a > 0) divergence += (a * Math.log2(a / middle)) / 2;
    if (b > 0) divergence += (b * Math.log2(b / middle)) / 2;
  }
  let seen = 0;
  for (const word of q.keys()) if (p.has(word)) seen++;
  return { jensenShannon: divergence, vocabularySeen: q.size === 0 ? 0 : seen / q.size };
}

function frequencies(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  let total = 0;
  for (const text of texts) {
    for (const word of wordsOf(text)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
      total++;
    }
  }
  for (const [word, count] of counts) counts.set(word, count / total);
  return counts;
}
