import type { Encoder } from "../../encoder/encoder.js";

/** Which of a word's sub-words stand for it: the first, their mean, or the first and the last side by side. */
export type SubWords = "first" | "mean" | "first-last";

/** What tells word vectors of one kind from all others, and how many numbers each has: a cache is opened with it. */
export function wordVectorKind(
  { fingerprint, ports, width }: Pick<Encoder, "fingerprint" | "ports" | "width">,
  subWords: SubWords,
): { readonly fingerprint: string; readonly width: number } {
  const parts = subWords === "first-last" ? 2 : 1;
  return { fingerprint: `${fingerprint}-words-${subWords}`, width: parts * ports.states.length * width };
}
