import type { Encoder } from "../../encoder/encoder.js";

/** How the vectors of a word's subwords are pooled: the first, their mean, or the first and the last side by side. */
export type SubwordPooling = "first" | "mean" | "first-last";

/** Identifies word vectors of one kind, with the length of each: a cache is opened with it. */
export function wordVectorKind(
  { fingerprint, ports, width }: Pick<Encoder, "fingerprint" | "ports" | "width">,
  subwordPooling: SubwordPooling,
): { readonly fingerprint: string; readonly width: number } {
  const parts = subwordPooling === "first-last" ? 2 : 1;
  return { fingerprint: `${fingerprint}-words-${subwordPooling}`, width: parts * ports.states.length * width };
}
