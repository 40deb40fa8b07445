import { checkOptions } from "./checkOptions.js";
import { evaluateTagger, findEntities, type FoundEntity } from "../tagging/evaluate.js";
import { goldSpans } from "../tagging/corpus/readTagged.js";
import type { Sentence, Span, TaggedSentence } from "../tagging/corpus/sentence.js";
import { splitWords } from "../tagging/corpus/splitWords.js";
import { rememberedReading, type Reading } from "../dataset/reading.js";
import type { Tagger } from "../tagging/model/tagger.js";
import { contextualVectors, type ContextualVectors } from "../tagging/vectors/contextualVectors.js";
import { wordVectorKind } from "../tagging/vectors/subwords.js";
import { encodingOf, type EncodingParts } from "./encoding.js";
import type { CallOptions, EntityMistake, TaggerPipeline } from "./pipeline.js";
import { checkTexts, readTaggedRows, summaryOfTagged } from "./rows.js";

export interface TaggerParts {
  readonly name: string;
  readonly tagger: Tagger;
  /** Whether an entity of the training sentences has this surface form, lower-cased. */
  readonly isSeen: (surface: string) => boolean;
  /** How its training sentences were read. */
  readonly reading?: Reading | undefined;
}

export function taggerPipeline({ name, tagger, isSeen, reading }: TaggerParts, parts: EncodingParts): TaggerPipeline {
  const { subwordPooling, labels } = tagger;
  const { threads } = parts;
  const encoding = encodingOf(parts, (encoder) => ({ ...encoder, ...wordVectorKind(encoder, subwordPooling) }));

  async function embed(sentences: readonly Sentence[], options: CallOptions): Promise<ContextualVectors> {
    const { encoder, cache } = await encoding.open();
    const { onProgress, signal } = options;
    const made = await contextualVectors(encoder, sentences, {
      ...parts.embedding,
      subwordPooling,
      cache,
      onProgress,
      signal,
    });
    const { tokens, cached, windowed, cut } = made;
    const texts = sentences.length;
    options.onEncoded?.({ texts, tokens, cached, windowed, cutWords: cut.size, hasCache: cache !== undefined });
    return made;
  }

  return {
    kind: "tagger",
    name,
    labels,
    async predict(texts, options = {}) {
      checkOptions("predict() of a tagger", options);
      checkTexts(texts);
      const sentences = texts.map((text) => ({ text, words: splitWords(text) }));
      const found = await findEntities(tagger, { sentences, ...(await embed(sentences, options)) }, { threads });
      return texts.map((text, i) => ({ text, entities: found[i] }));
    },
    async evaluate(rows, options = {}) {
      checkOptions("evaluate() of a tagger", options);
      const corpus = await readTaggedRows(rows, { ...options, map: options.map ?? reading?.map });
      options.onRead?.(summaryOfTagged(corpus, rememberedReading(options, reading && { map: reading.map }, corpus)));
      const { sentences, rejected, repaired } = corpus;
      const data = { sentences, ...(await embed(sentences, options)) };
      const { map, seed } = options;
      const { evaluation, found } = await evaluateTagger(tagger, data, { isSeen, map, seed, threads });
      const mistakes = sentences.flatMap((sentence, s) => mistakeIn(sentence, found[s]));
      return { kind: "tagger", ...evaluation, rejected, repaired, mistakes };
    },
    close: encoding.close,
  };
}

function mistakeIn(sentence: TaggedSentence, predicted: readonly FoundEntity[]): EntityMistake[] {
  const { text, file, line } = sentence;
  const key = ({ start, end, label }: Span): string => `${start} ${end} ${label}`;
  const gold = goldSpans(sentence).strict;
  const [truth, found] = [new Set(gold.map(key)), new Set(predicted.map(key))];
  if (truth.size === found.size && [...truth].every((own) => found.has(own))) return [];
  const entities = gold.map((span) => ({ ...span, text: text.slice(span.start, span.end) }));
  return [{ text, entities, predicted, file, line }];
}
