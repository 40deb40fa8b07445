import { readTexts, type TextReading } from "../../embedding/textReading.js";
import type { Encoder } from "../../encoder/encoder.js";
import type { Sentence } from "../corpus/sentence.js";
import type { ContextualVectors } from "./contextualVectors.js";

/** How an encoder reads sentences. Long ones go through it in windows: truncated are those with words of which subwords were cut. */
export async function readSentenceTexts(
  encoder: Encoder,
  sentences: readonly Sentence[],
  { cut, offsets, signal }: Pick<ContextualVectors, "cut" | "offsets"> & { readonly signal?: AbortSignal | undefined },
): Promise<TextReading> {
  const reading = await readTexts(
    encoder,
    sentences.map(({ text }) => text),
    signal,
  );
  const withCut = sentences.filter(({ words }, s) => words.some((_, i) => cut.has(offsets[s] + i)));
  return { ...reading, truncated: withCut.length };
}
