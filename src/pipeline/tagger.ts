import { checkOptions } from "./checkOptions.js";
import { evaluateFound, findEntities, type FoundEntity, type TaggingEvaluation } from "../tagging/evaluate.js";
import { goldSpans } from "../tagging/corpus/spans.js";
import type { Sentence, Span, TaggedSentence } from "../tagging/corpus/sentence.js";
import { EARLIER_RULE, splitWords } from "../tagging/corpus/splitWords.js";
import { rememberedReading, type Reading } from "../dataset/reading.js";
import type { Tagger } from "../tagging/model/tagger.js";
import { contextualVectors, type ContextualVectors } from "../tagging/vectors/contextualVectors.js";
import { wordVectorKind } from "../tagging/vectors/subwords.js";
import { readSentenceTexts } from "../tagging/vectors/readSentenceTexts.js";
import { rowsToScore } from "../dataset/seenRows.js";
import { pickWords } from "../tagging/vectors/embeddedSentences.js";
import { countsOf, type TextReading } from "../embedding/textReading.js";
import { encodingOf, type EncodingParts } from "./encoding.js";
import type { CallOptions, EntityMistake, TaggerEvaluation, TaggerPipeline } from "./pipeline.js";
import { checkTexts, readTaggedRows, summaryOfTagged } from "./rows.js";

export interface TaggerParts {
  readonly name: string;
  readonly tagger: Tagger;
  /** Whether an entity of the training sentences has this surface form, lower-cased. */
  readonly isSeen: (surface: string) => boolean;
  /** How its training sentences were read. */
  readonly reading?: Reading | undefined;
  /** Hashes of the training sentences; undefined where they are not kept. */
  readonly textHashes?: Int32Array | undefined;
}

export function taggerPipeline(
  { name, tagger, isSeen, reading, textHashes }: TaggerParts,
  parts: EncodingParts,
): TaggerPipeline {
  const { subwordPooling, labels, wordRule = EARLIER_RULE } = tagger;
  const { threads } = parts;
  const encoding = encodingOf(parts, (encoder) => ({ ...encoder, ...wordVectorKind(encoder, subwordPooling) }));

  async function embed(sentences: readonly Sentence[], options: CallOptions): Promise<ContextualVectors & ReadWords> {
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
    const reading = await readSentenceTexts(encoder, sentences, { ...made, signal });
    const counts = { texts: sentences.length, tokens, cached, windowed, cutWords: cut.size, reading };
    options.onEncoded?.({ ...counts, hasCache: cache !== undefined });
    return { ...made, reading };
  }

  return {
    kind: "tagger",
    name,
    labels,
    async predict(texts, options = {}) {
      checkOptions("predict() of a tagger", options);
      checkTexts(texts);
      const sentences = texts.map((text) => ({ text, words: splitWords(text, wordRule) }));
      const found = await findEntities(tagger, { sentences, ...(await embed(sentences, options)) }, { threads });
      return texts.map((text, i) => ({ text, entities: found[i] }));
    },
    async evaluate(rows, options = {}) {
      checkOptions("evaluate() of a tagger", options);
      const corpus = await readTaggedRows(rows, { ...options, map: options.map ?? reading?.map, wordRule });
      options.onRead?.(summaryOfTagged(corpus, rememberedReading(options, reading && { map: reading.map }, corpus)));
      const { sentences, rejected, repaired } = corpus;
      const data = { sentences, ...(await embed(sentences, options)) };
      const { map, seed } = options;
      const found = await findEntities(tagger, data, { map, threads });
      const { seen, rows: chosen } = rowsToScore(
        textHashes,
        sentences.map(({ text }) => text),
      );
      const scored = (at: readonly number[]): TaggingEvaluation =>
        evaluateFound(
          at.map((s) => found[s]),
          pickWords(data, at),
          { isSeen, seed, calibrated: tagger.scoreCalibration !== undefined },
        ).evaluation;
      const isPart = chosen.length < sentences.length;
      return {
        kind: "tagger",
        ...scored([...chosen]),
        ...countsOf(data.reading),
        seenInTraining: seen,
        allRows: isPart ? mainScores(scored([...sentences.keys()])) : null,
        rejected,
        repaired,
        mistakes: [...chosen].flatMap((s) => mistakeIn(sentences[s], found[s])),
      };
    },
    close: encoding.close,
  };
}

const mainScores = ({ n, entities, entityF1, interval95 }: TaggingEvaluation): TaggerEvaluation["allRows"] => ({
  n,
  entities,
  entityF1,
  interval95,
});

interface ReadWords {
  readonly reading: TextReading;
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
