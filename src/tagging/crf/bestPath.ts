import { isInside, mayFollow } from "../corpus/tagSet.js";
import type { CrfWeights, Emissions } from "./weights.js";

/** The legal sequence with the highest score (Viterbi); on a tie the lower tags. */
export function bestPath(crfWeights: CrfWeights, emissions: Emissions): Int32Array {
  const { tags: k, end } = crfWeights;
  const { words } = emissions;
  const from = new Int32Array(words * k);
  const best = bestInto(from, crfWeights, emissions);
  const path = new Int32Array(words);
  for (let tag = 1; tag < k; tag++)
    if (best[tag] + end[tag] > best[path[words - 1]] + end[path[words - 1]]) path[words - 1] = tag;
  for (let i = words - 1; i > 0; i--) path[i - 1] = from[i * k + path[i]];
  return path;
}

/**
 * Fills in the best tag before each tag of every word.
 *
 * @param from  `[words, tags]`, written
 * @returns     the best scores that end in each tag of the last word
 */
function bestInto(from: Int32Array, crfWeights: CrfWeights, { data, at, words }: Emissions): Float64Array {
  const { tags: k, transitions, start } = crfWeights;
  let [best, next] = [new Float64Array(k), new Float64Array(k)];
  for (let tag = 0; tag < k; tag++) best[tag] = mayFollow(-1, tag) ? start[tag] + data[at + tag] : -Infinity;
  for (let i = 1; i < words; i++) {
    for (let to = 0; to < k; to++) {
      // Only B and I of its label stand before I; before all others any tag.
      const [first, last] = isInside(to) ? [to - 1, to] : [0, k - 1];
      let top = -Infinity;
      let chosen = first;
      for (let f = first, t = first * k + to; f <= last; f++, t += k) {
        const score = best[f] + transitions[t];
        if (score > top) {
          top = score;
          chosen = f;
        }
      }
      next[to] = top + data[at + i * k + to];
      from[i * k + to] = chosen;
    }
    [best, next] = [next, best];
  }
  return best;
}
