import { logSumExp } from "../../math/softmax.js";
import type { Emissions } from "./crf.js";

/**
 * Log loss of every word's tag by itself, summed over a sentence; its gradients go to `gradients` from the sentence's place on.
 *
 * @returns the loss
 */
export function wordLossInto(
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
