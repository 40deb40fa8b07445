import { insideOf, isInside, mayFollow, type TagSpan } from "../corpus/tagSet.js";
import { sumOverPaths, type PathSums } from "./pathSums.js";
import { expectedTransitions, quickSums, transitionFactors } from "./quickSums.js";

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

/** Where the gradients of the loss are added up. */
export interface CrfGradients {
  /** As the emissions', from the same place on; overwritten, not added to. */
  readonly emissions: Float64Array;
  readonly transitions: Float64Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
}

/**
 * Negative log-likelihood of a legal sequence among all legal ones; its gradients are the expected counts minus the observed ones.
 *
 * @returns the loss
 */
export function crfLossInto(
  gradients: CrfGradients,
  crfWeights: CrfWeights,
  { emissions, path }: { readonly emissions: Emissions; readonly path: Int32Array },
): number {
  const { tags: k } = crfWeights;
  const { at, words } = emissions;
  const factors = transitionFactors(crfWeights);
  const sums = quickSums(crfWeights, emissions, factors);
  marginalsInto(gradients.emissions.subarray(at), sums);
  const expected = expectedTransitions(crfWeights, { emissions, sums, factors });
  for (let i = 0; i < expected.length; i++) gradients.transitions[i] += expected[i];
  for (let tag = 0; tag < k; tag++) {
    gradients.start[tag] += gradients.emissions[at + tag];
    gradients.end[tag] += gradients.emissions[at + (words - 1) * k + tag];
  }
  path.forEach((tag, i) => {
    gradients.emissions[at + i * k + tag]--;
    if (i > 0) gradients.transitions[path[i - 1] * k + tag]--;
  });
  gradients.start[path[0]]--;
  gradients.end[path[words - 1]]--;
  return sums.logPartition - scoreOf(crfWeights, emissions, path);
}

/** Probability of every tag at every word, `[words, tags]`. */
export function tagMarginals(crfWeights: CrfWeights, emissions: Emissions): Float64Array {
  const marginals = new Float64Array(emissions.words * crfWeights.tags);
  marginalsInto(marginals, sumOverPaths(crfWeights, emissions));
  return marginals;
}

function marginalsInto(marginals: Float64Array, { forward, backward, logPartition }: PathSums): void {
  for (let at = 0; at < forward.length; at++) marginals[at] = Math.exp(forward[at] + backward[at] - logPartition);
}

/** Probability of exactly this entity: its words tagged so, and the next word not going on with it. */
export function spanProbability(
  crfWeights: CrfWeights,
  { data, at, words }: Emissions,
  { span, sums }: { readonly span: TagSpan; readonly sums: PathSums },
): number {
  const { tags: k, transitions } = crfWeights;
  const inside = insideOf(span.label);
  let tag = inside - 1;
  let score = sums.forward[span.start * k + tag];
  for (let i = span.start + 1; i < span.end; i++, tag = inside) {
    score += transitions[tag * k + inside] + data[at + i * k + inside];
  }
  if (span.end === words) return Math.exp(score + crfWeights.end[tag] - sums.logPartition);
  let probability = 0;
  for (let next = 0; next < k; next++) {
    if (isInside(next)) continue; // of this label it would go on, of others it is forbidden
    const behind = transitions[tag * k + next] + data[at + span.end * k + next] + sums.backward[span.end * k + next];
    probability += Math.exp(score + behind - sums.logPartition);
  }
  return Math.min(1, probability);
}
