import type { Encoder } from "../../encoder/encoder.js";

/** Which of a word's sub-words stand for it: the first, their mean, or the first and the last side by side. */
export type SubwordPooling = "first" | "mean" | "first-last";

/** What tells word vectors of one kind from all others, and how many numbers each has: a cache is opened with it. */
export function wordVectorKind(
  { fingerprint, ports, width }: Pick<Encoder, "fingerprint" | "ports" | "width">,
  subwordPooling: SubwordPooling,
): { readonly fingerprint: string; readonly width: number } {
  const parts = subwordPooling === "first-last" ? 2 : 1;
  return { fingerprint: `${fingerprint}-words-${subwordPooling}`, width: parts * ports.states.length * width };
}
