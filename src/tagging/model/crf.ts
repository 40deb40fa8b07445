import { insideOf, isInside, mayFollow, type TagSpan } from "../corpus/tagSet.js";

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

/** Sums over all legal sequences, as logarithms: of what comes before and at each tag, and of what comes behind it. */
export interface PathSums {
  /** `[words, tags]` */
  readonly forward: Float64Array;
  /** `[words, tags]` */
  readonly backward: Float64Array;
  /** Logarithm of the sum over all legal sequences. */
  readonly logPartition: number;
}

/** Tags that may stand before each tag. */
function predecessors(tags: number): readonly Int32Array[] {
  return Array.from({ length: tags }, (_, to) =>
    Int32Array.from({ length: tags }, (_, from) => from).filter((from) => mayFollow(from, to)),
  );
}

const known = new Map<number, readonly Int32Array[]>();
const before = (tags: number): readonly Int32Array[] => {
  let found = known.get(tags);
  if (found === undefined) known.set(tags, (found = predecessors(tags)));
  return found;
};

/**
 * Forward and backward sums in log space.
 *
 * @see Sutton & McCallum 2012, An Introduction to Conditional Random Fields, section 4.1
 */
export function sumOverPaths(crfWeights: CrfWeights, emissions: Emissions): PathSums {
  const { tags: k, transitions, start, end } = crfWeights;
  const { data, at, words } = emissions;
  const froms = before(k);
  const forward = new Float64Array(words * k);
  const backward = new Float64Array(words * k);
  for (let tag = 0; tag < k; tag++) forward[tag] = mayFollow(-1, tag) ? start[tag] + data[at + tag] : -Infinity;
  for (let i = 1; i < words; i++) {
    for (let to = 0; to < k; to++) {
      const from = froms[to];
      let top = -Infinity;
      for (const f of from) top = Math.max(top, forward[(i - 1) * k + f] + transitions[f * k + to]);
      let sum = 0;
      for (const f of from) sum += Math.exp(forward[(i - 1) * k + f] + transitions[f * k + to] - top);
      forward[i * k + to] = top === -Infinity ? top : top + Math.log(sum) + data[at + i * k + to];
    }
  }
  for (let tag = 0; tag < k; tag++) backward[(words - 1) * k + tag] = end[tag];
  const [tops, totals] = [new Float64Array(k), new Float64Array(k)];
  for (let i = words - 2; i >= 0; i--) {
    const score = (f: number, to: number): number =>
      transitions[f * k + to] + data[at + (i + 1) * k + to] + backward[(i + 1) * k + to];
    tops.fill(-Infinity);
    totals.fill(0);
    for (let to = 0; to < k; to++) for (const f of froms[to]) tops[f] = Math.max(tops[f], score(f, to));
    for (let to = 0; to < k; to++) for (const f of froms[to]) totals[f] += Math.exp(score(f, to) - tops[f]);
    for (let f = 0; f < k; f++) backward[i * k + f] = tops[f] + Math.log(totals[f]);
  }
  const last = Float64Array.from({ length: k }, (_, tag) => forward[(words - 1) * k + tag] + end[tag]);
  const top = last.reduce((a, b) => Math.max(a, b), -Infinity);
  return { forward, backward, logPartition: top + Math.log(last.reduce((sum, x) => sum + Math.exp(x - top), 0)) };
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
  const { tags: k, transitions } = crfWeights;
  const { data, at, words } = emissions;
  const { forward, backward, logPartition } = sumOverPaths(crfWeights, emissions);
  const froms = before(k);
  for (let i = 0; i < words; i++) {
    for (let tag = 0; tag < k; tag++) {
      gradients.emissions[at + i * k + tag] = Math.exp(forward[i * k + tag] + backward[i * k + tag] - logPartition);
    }
    for (let to = 0; i > 0 && to < k; to++) {
      const rest = data[at + i * k + to] + backward[i * k + to] - logPartition;
      for (const f of froms[to]) {
        gradients.transitions[f * k + to] += Math.exp(forward[(i - 1) * k + f] + transitions[f * k + to] + rest);
      }
    }
  }
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
  return logPartition - scoreOf(crfWeights, emissions, path);
}

/** Probability of every tag at every word, `[words, tags]`. */
export function tagMarginals(crfWeights: CrfWeights, emissions: Emissions): Float64Array {
  const { forward, backward, logPartition } = sumOverPaths(crfWeights, emissions);
  return forward.map((sum, i) => Math.exp(sum + backward[i] - logPartition));
}

/** The legal sequence with the highest score (Viterbi); on a tie the lower tags. */
export function bestPath(crfWeights: CrfWeights, { data, at, words }: Emissions): Int32Array {
  const { tags: k, transitions, start, end } = crfWeights;
  const froms = before(k);
  const from = new Int32Array(words * k);
  let best = Float64Array.from({ length: k }, (_, tag) =>
    mayFollow(-1, tag) ? start[tag] + data[at + tag] : -Infinity,
  );
  for (let i = 1; i < words; i++) {
    const next = new Float64Array(k);
    for (let to = 0; to < k; to++) {
      let [top, chosen] = [-Infinity, froms[to][0]];
      for (const f of froms[to]) {
        const score = best[f] + transitions[f * k + to];
        if (score > top) [top, chosen] = [score, f];
      }
      next[to] = top + data[at + i * k + to];
      from[i * k + to] = chosen;
    }
    best = next;
  }
  const path = new Int32Array(words);
  for (let tag = 1; tag < k; tag++)
    if (best[tag] + end[tag] > best[path[words - 1]] + end[path[words - 1]]) path[words - 1] = tag;
  for (let i = words - 1; i > 0; i--) path[i - 1] = from[i * k + path[i]];
  return path;
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
