/** What two models say of the same rows: probabilities `[rows, classes]` of the head and of the bag of words. */
export interface TwoViews {
  readonly head: Float64Array;
  readonly bagOfWords: Float64Array;
}

/** Probabilities are taken as this at least, so that their logarithms are numbers. */
const LEAST = 1e-5;

/**
 * Share of the agreement between the head and the bag of words that is lost on the target, `[0, 1]`: one minus the quotient of
 * the correlations of their log odds. Both learned the same rows from different sides of them; where what they learned does
 * not hold, they part. 1 where they do not agree on the source's own rows either: then nothing is known.
 *
 * @see Jiang et al. 2022, Assessing generalization of SGD via disagreement: https://arxiv.org/abs/2106.13799
 */
export function lostAgreement(source: TwoViews, target: TwoViews, classes: number): number {
  const [home, away] = [source, target].map((views) => correlation(views, classes));
  return home <= 0 ? 1 : Math.min(1, Math.max(0, 1 - away / home));
}

/** Correlation of the two models' log odds, over rows and classes; 0 where one of them says the same of every row. */
export function correlation({ head, bagOfWords }: TwoViews, classes: number): number {
  const [a, b] = [head, bagOfWords].map((probabilities) => centered(probabilities, classes));
  const [ab, aa, bb] = [dot(a, b), dot(a, a), dot(b, b)];
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

/** Logarithms of probabilities with mean 0 for every row and every class. */
function centered(probabilities: Float64Array, classes: number): Float64Array {
  const logs = probabilities.map((p) => Math.log(Math.min(1 - LEAST, Math.max(LEAST, p))));
  const rows = logs.length / classes;
  for (let r = 0; r < rows; r++) {
    const own = logs.subarray(r * classes, (r + 1) * classes);
    const mean = own.reduce((sum, log) => sum + log, 0) / classes;
    own.forEach((log, c) => (own[c] = log - mean));
  }
  const means = new Float64Array(classes);
  logs.forEach((log, at) => (means[at % classes] += log / rows));
  return logs.map((log, at) => {
    const value = log - means[at % classes];
    // What rounding leaves of equal numbers is no difference.
    return Math.abs(value) < 1e-9 ? 0 : value;
  });
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
