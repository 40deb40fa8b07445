import { mayFollow } from "../corpus/tagSet.js";

/**
 * A linear-chain CRF over the tags of a sentence: the score of a sequence is the sum of its emissions, of its transitions,
 * and of `start` and `end` at its ends. Transitions that IOB2 forbids have probability zero, whatever their number.
 *
 * Without a CRF all numbers are zero: each word is then tagged by itself, within the rules of IOB2.
 */
export interface CrfWeights {
  readonly tags: number;
  /** `[tags, tags]`, from row to column. */
  readonly transitions: Float64Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
}

export const unconstrainedCrf = (tags: number): CrfWeights => ({
  tags,
  transitions: new Float64Array(tags * tags),
  start: new Float64Array(tags),
  end: new Float64Array(tags),
});

/** Emissions of one sentence: `[words, tags]`, row-major, from `at` on. */
export interface Emissions {
  readonly data: Float64Array;
  readonly at: number;
  readonly words: number;
}

/** Score of one sequence of tags; minus infinity for one that IOB2 forbids. */
export function scoreOf(
  { tags: k, transitions, start, end }: CrfWeights,
  { data, at }: Emissions,
  path: Int32Array,
): number {
  let score = start[path[0]] + end[path[path.length - 1]];
  for (let i = 0; i < path.length; i++) {
    if (!mayFollow(i === 0 ? -1 : path[i - 1], path[i])) return -Infinity;
    score += data[at + i * k + path[i]] + (i === 0 ? 0 : transitions[path[i - 1] * k + path[i]]);
  }
  return score;
}
