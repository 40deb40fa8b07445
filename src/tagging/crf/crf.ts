import { insideOf, isInside, type TagSpan } from "../corpus/tagSet.js";
import { sumOverPaths, type PathSums } from "./pathSums.js";
import { expectedTransitions, quickSums, transitionFactors } from "./quickSums.js";
import { scoreOf, type CrfWeights, type Emissions } from "./weights.js";

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
