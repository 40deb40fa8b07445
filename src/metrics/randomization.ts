import { withDefaults } from "../defaults.js";
import { seeded, type Random } from "../math/random.js";
import { BOOTSTRAP_DEFAULTS, type BootstrapOptions } from "./intervals/bootstrap.js";
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
 * Approximate randomization test of equal entity F1, of counts of the same sentences.
 *
 * @returns  the two-sided p-value; 1 where the counts are the same
 * @see Yeh 2000: https://aclanthology.org/C00-2137; Dror et al. 2018, section 3.2
 */
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
