import { logSumExp } from "../../math/softmax.js";
import { crfLossInto, type CrfGradients } from "../crf/crf.js";
import { unconstrainedCrf, type CrfWeights, type Emissions } from "../crf/weights.js";
import type { TaggerNetwork } from "./network.js";

/** Tagged words of several sentences. */
interface TaggedWords {
  /** Of each sentence's first word, and the number of words at the end. */
  readonly offsets: Int32Array;
  /** Tag of every word. */
  readonly tags: Int32Array;
}

interface Loss {
  /** Mean of a word. */
  readonly loss: number;
  /** Its gradients. */
  readonly gradients: CrfGradients;
}

/** Mean loss of some words and its gradients: that of a linear-chain CRF, or of each word by itself. */
export function lossOf(network: TaggerNetwork, { offsets, tags }: TaggedWords, emissions: Float64Array): Loss {
  const k = network.shape.tags;
  const crfWeights: CrfWeights = {
    tags: k,
    transitions: Float64Array.from(network.transitions.values),
    start: Float64Array.from(network.start.values),
    end: Float64Array.from(network.end.values),
  };
  const gradients: CrfGradients = { ...unconstrainedCrf(k), emissions: new Float64Array(emissions.length) };
  let loss = 0;
  for (let s = 0; s + 1 < offsets.length; s++) {
    const own = { data: emissions, at: offsets[s] * k, words: offsets[s + 1] - offsets[s] };
    const path = tags.subarray(offsets[s], offsets[s + 1]);
    loss += network.shape.crf
      ? crfLossInto(gradients, crfWeights, { emissions: own, path })
      : wordLossInto(gradients.emissions, own, { path, tags: k });
  }
  const share = 1 / tags.length;
  const { emissions: each, transitions, start, end } = gradients;
  for (const list of [each, transitions, start, end]) for (let i = 0; i < list.length; i++) list[i] *= share;
  return { loss: loss * share, gradients };
}

/**
 * Log loss of every word's tag by itself, summed over a sentence; its gradients go to `gradients` from the sentence's place on.
 *
 * @returns the loss
 */
function wordLossInto(
  gradients: Float64Array,
  { data, at, words }: Emissions,
  { path, tags }: { readonly path: Int32Array; readonly tags: number },
): number {
  let loss = 0;
  for (let i = 0; i < words; i++) {
    const start = at + i * tags;
    const total = logSumExp(data, start, tags);
    for (let tag = 0; tag < tags; tag++) gradients[start + tag] = Math.exp(data[start + tag] - total);
    gradients[start + path[i]]--;
    loss += total - data[start + path[i]];
  }
  return loss;
}
