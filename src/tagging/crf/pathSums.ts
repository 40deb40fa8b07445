import { mayFollow } from "../corpus/tagSet.js";
import type { CrfWeights, Emissions } from "./weights.js";

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
 * Forward and backward sums in log space, for any finite scores. Predictions have these and not quickSums: those of a saved
 * head stay what they were, bit for bit.
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
