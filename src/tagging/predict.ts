import type { Encoder } from "../encoder/encoder.js";
import { findEntities, type FoundEntity } from "./evaluate.js";
import type { Tagger } from "./model/tagger.js";
import { EARLIER_RULE, splitWords } from "./corpus/splitWords.js";
import { contextualVectors, type WordVectorOptions } from "./vectors/contextualVectors.js";

/** A text with the entities that were found in it. */
export interface TextEntities {
  readonly text: string;
  /** In the order of the text; characters `[start, end)`, UTF-16 units. */
  readonly entities: readonly FoundEntity[];
}

export interface PredictEntitiesOptions extends Omit<WordVectorOptions, "subwordPooling"> {
  readonly encoder: Encoder;
  readonly threads?: number | undefined;
}

/**
 * Entities of raw texts, whatever their length.
 *
 * @param options  with the encoder that the tagger was trained with, opened with its layers
 * @throws HeadstartError E_NOT_FINITE when the encoder gives NaN or infinity
 * @example
 * const [found] = await predictEntities(tagger, ["Mount Elgon lies in Uganda."], { encoder: wordEncoder });
 * for (const { text, label, score } of found?.entities ?? []) console.log(text, label, score);
 */
export async function predictEntities(
  tagger: Tagger,
  texts: readonly string[],
  { encoder, threads, ...making }: PredictEntitiesOptions,
): Promise<TextEntities[]> {
  const { wordRule = EARLIER_RULE } = tagger;
  const sentences = texts.map((text) => ({ text, words: splitWords(text, wordRule) }));
  const vectors = await contextualVectors(encoder, sentences, { ...making, subwordPooling: tagger.subwordPooling });
  const found = await findEntities(tagger, { ...vectors, sentences }, { threads });
  return texts.map((text, i) => ({ text, entities: found[i] }));
}
