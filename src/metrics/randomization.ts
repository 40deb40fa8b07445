import { withDefaults } from "../defaults.js";
import { seeded, type Random } from "../math/random.js";
import { drawBinomial } from "./binomial.js";
import { BOOTSTRAP_DEFAULTS, type BootstrapOptions } from "./bootstrap.js";
import { macroScores } from "./confusion.js";
import { entityScore, type EntityCounts } from "./entities.js";

/*
 * Approximate randomization: were the two predictors alike, their predictions for a row could change places. It holds at
 * any number of rows, where a bootstrap interval needs many.
 */

/** Differences count as equal below this, so that rounding makes no difference larger. */
const ROUNDING = 1e-12;

/** The two-sided p-value of a difference among those that come out as predictions change places. */
function pValue(observed: number, shuffledDifference: (random: Random) => number, options: BootstrapOptions): number {
  const { seed, resamples } = withDefaults(BOOTSTRAP_DEFAULTS, options);
  const random = seeded(seed);
  let asLarge = 0;
  for (let r = 0; r < resamples; r++) {
    if (Math.abs(shuffledDifference(random)) >= Math.abs(observed) - ROUNDING) asLarge++;
  }
  return (asLarge + 1) / (resamples + 1);
}

/**
 * Approximate randomization test of equal macro-F1 on the same rows.
 *
 * @param truth        class of each row, in `[0, classes)`
 * @param predictions  of the two predictors, each as long as `truth`
 * @returns            the two-sided p-value; 1 where the predictions are the same
 * @see Yeh 2000: https://aclanthology.org/C00-2137; Dror et al. 2018, section 3.2
 */
export function randomizationP(
  truth: Int32Array,
  [first, second]: readonly [first: Int32Array, second: Int32Array],
  { classes, ...options }: BootstrapOptions & { readonly classes: number },
): number {
  const cells = new Map<number, number>();
  for (let r = 0; r < truth.length; r++) {
    const key = (truth[r] * classes + first[r]) * classes + second[r];
    cells.set(key, (cells.get(key) ?? 0) + 1);
  }
  // In the order of the keys, so that the same rows in another order give the same value.
  const kinds = [...cells].sort(([a], [b]) => a - b);
  const counts = [new Int32Array(classes * classes), new Int32Array(classes * classes)];
  const difference = (swapped: (rows: number) => number): number => {
    for (const own of counts) own.fill(0);
    for (const [key, rows] of kinds) {
      const [a, b] = [Math.floor(key / classes), Math.floor(key / (classes * classes)) * classes + (key % classes)];
      const moved = a === b ? 0 : swapped(rows);
      counts[0][a] += rows - moved;
      counts[0][b] += moved;
      counts[1][b] += rows - moved;
      counts[1][a] += moved;
    }
    return macroScores(counts[0], classes).macroF1 - macroScores(counts[1], classes).macroF1;
  };
  return pValue(
    difference(() => 0),
    (random) => difference((rows) => drawBinomial(rows, 0.5, random)),
    options,
  );
}

/** The same of equal entity F1, of counts of the same sentences. */
export function entityRandomizationP(
  [first, second]: readonly [first: readonly EntityCounts[], second: readonly EntityCounts[]],
  options: BootstrapOptions = {},
): number {
  const difference = (isSwapped: () => boolean): number => {
    const sums = [0, 1].map(() => ({ gold: 0, predicted: 0, correct: 0 }));
    first.forEach((own, s) => {
      const pair = [own, second[s]];
      const moved = isSame(own, second[s]) ? false : isSwapped();
      sums.forEach((sum, t) => {
        const counts = pair[moved ? 1 - t : t];
        sum.gold += counts.gold;
        sum.predicted += counts.predicted;
        sum.correct += counts.correct;
      });
    });
    return entityScore(sums[0]).f1 - entityScore(sums[1]).f1;
  };
  return pValue(
    difference(() => false),
    (random) => difference(() => random() < 0.5),
    options,
  );
}

const isSame = (a: EntityCounts, b: EntityCounts): boolean =>
  a.gold === b.gold && a.predicted === b.predicted && a.correct === b.correct;
