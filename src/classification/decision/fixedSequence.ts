import { chanceOfAtMost, trialsNeeded } from "../../metrics/intervals/exactBound.js";

/** Scores of dev rows, and whether a prediction from that score on would be wrong for the row. */
export interface Scored {
  readonly score: Float64Array;
  readonly wrong: Uint8Array;
}

/** What can be claimed of the rows from a threshold on. */
export interface Certified {
  /** Least score; 0 where all rows pass, Infinity where no threshold does. */
  readonly threshold: number;
  /** Rows from the threshold on, and the wrong ones; where no threshold passes, those that came nearest to it. */
  readonly rows: number;
  readonly mistakes: number;
  /** Where no threshold passes: so many rows with so many mistakes would have. */
  readonly needed: Counted | null;
  /** Chance of a false claim that is not used up and may go to the next family of thresholds; 0 mostly. */
  readonly left: number;
}

/** Rows, and how many of them are mistakes. */
export interface Counted {
  readonly rows: number;
  readonly mistakes: number;
}

/** Families of tests that begin at more and more rows. */
const MOST_STARTS = 4;

/**
 * The lowest threshold from which on mistakes are rarer than `share`, claimed falsely with a chance of at most `alpha` over
 * draws of the rows.
 *
 * Thresholds are tested from the highest down, each by the exact binomial test. A test that passes hands its chance of a
 * false claim to the next; one that fails ends the series, and a later start, at twice as many rows, has a part of its own
 * (the fallback procedure). The first start is where rows without a mistake are enough to pass.
 *
 * @param likely  rows that the claim is expected to be about, which the starts are spread over; not to be chosen by `wrong`
 * @see Wiens & Dmitrienko 2005 (fallback procedure); Angelopoulos et al. 2021, Learn then Test:
 *   https://arxiv.org/abs/2110.01052
 */
export function certify(
  scored: Scored,
  {
    share,
    alpha,
    likely = scored.score.length,
  }: { readonly share: number; readonly alpha: number; readonly likely?: number },
): Certified {
  const { starts, each } = startsOf(likely, { share, alpha });
  let [level, next, nearest] = [0, 0, Infinity];
  let passed: Stage | undefined;
  let failed: Counted | undefined;
  let all: Counted = { rows: 0, mistakes: 0 };
  for (const stage of stagesOf(scored)) {
    if (stage.rows <= likely) all = stage;
    for (; next < starts.length && starts[next] <= stage.rows; next++) level += each;
    if (level === 0) continue;
    const odds = chanceOfAtMost(stage.mistakes, stage.rows, share) / level;
    if (odds <= 1) passed = stage;
    else {
      if (odds < nearest) [nearest, failed] = [odds, stage];
      level = 0;
    }
  }
  if (passed !== undefined) return { ...passed, needed: null, left: passed.rows === scored.score.length ? level : 0 };
  const { rows, mistakes } = failed ?? all;
  const least = failed === undefined ? 0 : mistakes;
  const needed = { rows: trialsNeeded(least, { share, alpha: each }), mistakes: least };
  return { threshold: Infinity, rows, mistakes, needed, left: 0 };
}

/** Rows from a score on. */
interface Stage {
  readonly rows: number;
  readonly mistakes: number;
  /** Above every lower score: given the highest of those, the rows above are draws like any others. */
  readonly threshold: number;
}

function* stagesOf({ score, wrong }: Scored): Generator<Stage> {
  const order = [...score.keys()].sort((a, b) => score[b] - score[a]);
  let mistakes = 0;
  for (const [i, r] of order.entries()) {
    mistakes += wrong[r];
    const below = i + 1 < order.length ? score[order[i + 1]] : undefined;
    if (below === score[r]) continue;
    yield { rows: i + 1, mistakes, threshold: below === undefined ? 0 : justAbove(below) };
  }
}

/** A number above `value`, with nothing but rounding between them. */
export const justAbove = (value: number): number => Math.max(value * (1 + Number.EPSILON), Number.MIN_VALUE);

/** As many starts as fit: each at twice the rows of the one before, the first where no mistake is enough; none for too few rows. */
function startsOf(
  rows: number,
  { share, alpha }: { readonly share: number; readonly alpha: number },
): { readonly starts: readonly number[]; readonly each: number } {
  for (let n = MOST_STARTS; n >= 1; n--) {
    const first = trialsNeeded(0, { share, alpha: alpha / n });
    const starts = Array.from({ length: n }, (_, i) => first * 2 ** i);
    if (starts[n - 1] <= rows) return { starts, each: alpha / n };
  }
  return { starts: [], each: alpha };
}
