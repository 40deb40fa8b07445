import { logSumExp } from "../../math/softmax.js";
import { mayFollow } from "../corpus/tagSet.js";
import type { CrfWeights, Emissions } from "./weights.js";
import { sumOverPaths, type PathSums } from "./pathSums.js";

/** A sum of fewer may have lost terms to underflow that count: it is taken again, its largest term first. */
const TINY = 1e-200;

/** Exponentials of transitions, `[tags, tags]`: of their differences to the largest, `top`; 0 where IOB2 forbids them. */
export interface TransitionFactors {
  readonly data: Float64Array;
  readonly top: number;
}

export function transitionFactors({ tags: k, transitions }: CrfWeights): TransitionFactors {
  const data = new Float64Array(k * k);
  const top = transitions.reduce((a, b) => Math.max(a, b), -Infinity);
  for (let from = 0, at = 0; from < k; from++) {
    for (let to = 0; to < k; to++, at++) if (mayFollow(from, to)) data[at] = Math.exp(transitions[at] - top);
  }
  return { data, top };
}

/**
 * What sumOverPaths gives, within rounding, in a tenth of the time: exponentials are taken once a word and tag, relative to
 * the word's largest, and not once a transition. Where that leaves a sum too small, the sentence is left to sumOverPaths.
 */
export function quickSums(crfWeights: CrfWeights, emissions: Emissions, factors: TransitionFactors): PathSums {
  const { tags: k, end } = crfWeights;
  const { words } = emissions;
  const forward = forwardSums(crfWeights, emissions, factors);
  const backward = forward && backwardSums(crfWeights, emissions, factors);
  if (forward === undefined || backward === undefined) return sumOverPaths(crfWeights, emissions);
  const last = end.map((score, tag) => score + forward[(words - 1) * k + tag]);
  return { forward, backward, logPartition: logSumExp(last, 0, k) };
}

/** Undefined where a sum is too small. */
function forwardSums(
  crfWeights: CrfWeights,
  { data, at, words }: Emissions,
  factors: TransitionFactors,
): Float64Array | undefined {
  const { tags: k, start } = crfWeights;
  const forward = new Float64Array(words * k);
  const [shares, sums] = [new Float64Array(k), new Float64Array(k)];
  for (let tag = 0; tag < k; tag++) forward[tag] = mayFollow(-1, tag) ? start[tag] + data[at + tag] : -Infinity;
  for (let i = 1; i < words; i++) {
    const before = forward.subarray((i - 1) * k, i * k);
    const top = sharesInto(shares, before) + factors.top;
    sums.fill(0);
    for (let from = 0, f = 0; from < k; from++) {
      const share = shares[from];
      for (let to = 0; to < k; to++, f++) sums[to] += share * factors.data[f];
    }
    for (let to = 0; to < k; to++) {
      if (!(sums[to] > TINY)) return undefined;
      forward[i * k + to] = top + Math.log(sums[to]) + data[at + i * k + to];
    }
  }
  return forward;
}

function backwardSums(
  crfWeights: CrfWeights,
  emissions: Emissions,
  factors: TransitionFactors,
): Float64Array | undefined {
  const { tags: k, end } = crfWeights;
  const { words } = emissions;
  const backward = new Float64Array(words * k);
  const [next, shares] = [new Float64Array(k), new Float64Array(k)];
  backward.set(end, (words - 1) * k);
  for (let i = words - 2; i >= 0; i--) {
    nextInto(next, backward, { emissions, i });
    const top = sharesInto(shares, next) + factors.top;
    for (let from = 0, f = 0; from < k; from++) {
      let sum = 0;
      for (let to = 0; to < k; to++, f++) sum += shares[to] * factors.data[f];
      if (!(sum > TINY)) return undefined;
      backward[i * k + from] = top + Math.log(sum);
    }
  }
  return backward;
}

/** Of every tag of the word behind word `i`: its emission and all that comes behind it. */
function nextInto(
  next: Float64Array,
  backward: Float64Array,
  { emissions: { data, at }, i }: { readonly emissions: Emissions; readonly i: number },
): void {
  const k = next.length;
  for (let to = 0; to < k; to++) next[to] = data[at + (i + 1) * k + to] + backward[(i + 1) * k + to];
}

/** Exponentials of differences to the largest of `logs`. @returns the largest */
function sharesInto(shares: Float64Array, logs: Float64Array): number {
  let top = -Infinity;
  for (let tag = 0; tag < shares.length; tag++) if (logs[tag] > top) top = logs[tag];
  for (let tag = 0; tag < shares.length; tag++) shares[tag] = Math.exp(logs[tag] - top);
  return top;
}

/** With larger scales, shares that are too small for a number would count. */
const LARGEST_SCALE = 300;

/** How often each transition is expected in a sentence, `[tags, tags]`. */
export function expectedTransitions(
  crfWeights: CrfWeights,
  {
    emissions,
    sums,
    factors,
  }: { readonly emissions: Emissions; readonly sums: PathSums; readonly factors: TransitionFactors },
): Float64Array {
  const { tags: k, transitions } = crfWeights;
  const { forward, backward, logPartition } = sums;
  const [next, before, behind] = [new Float64Array(k), new Float64Array(k), new Float64Array(k)];
  const [pairs, exact] = [new Float64Array(k * k), new Float64Array(k * k)];
  for (let i = 0; i + 1 < emissions.words; i++) {
    nextInto(next, backward, { emissions, i });
    const own = forward.subarray(i * k, (i + 1) * k);
    const scale = sharesInto(before, own) + sharesInto(behind, next) + factors.top - logPartition;
    if (scale < LARGEST_SCALE) addPairs(pairs, { before, behind, scale: Math.exp(scale) });
    else exact.forEach((_, at) => (exact[at] += pairOf(at, { own, next, transitions, logPartition })));
  }
  return pairs.map((pair, at) => pair * factors.data[at] + exact[at]);
}

function addPairs(
  pairs: Float64Array,
  { before, behind, scale }: { readonly before: Float64Array; readonly behind: Float64Array; readonly scale: number },
): void {
  const k = before.length;
  for (let from = 0, at = 0; from < k; from++) {
    const share = before[from] * scale;
    for (let to = 0; to < k; to++, at++) pairs[at] += share * behind[to];
  }
}

/** How often a transition is expected between two words, by logarithms alone. */
function pairOf(
  at: number,
  {
    own,
    next,
    transitions,
    logPartition,
  }: {
    readonly own: Float64Array;
    readonly next: Float64Array;
    readonly transitions: Float64Array;
    readonly logPartition: number;
  },
): number {
  const [from, to] = [Math.floor(at / own.length), at % own.length];
  return mayFollow(from, to) ? Math.exp(own[from] + transitions[at] + next[to] - logPartition) : 0;
}
