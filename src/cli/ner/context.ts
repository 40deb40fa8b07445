import type { LabelMap } from "../../dataset/labelMap.js";
import type { Encoder } from "../../encoder/encoder.js";
import type { EmbeddedSentences } from "../../tagging/vectors/embeddedSentences.js";
import { readTagged } from "../../tagging/corpus/readTagged.js";
import type { VectorCache } from "../../store/cache/vectorCache.js";
import type { TaggedCorpus } from "../../tagging/corpus/sentence.js";
import { wordVectorKind, type SubwordPooling } from "../../tagging/vectors/subwords.js";
import { contextualVectors } from "../../tagging/vectors/contextualVectors.js";
import { readSentenceTexts } from "../../tagging/vectors/readSentenceTexts.js";
import type { TextReading } from "../../embedding/textReading.js";
import { counted } from "../../text/numbers.js";
import { withCache, type Context } from "../context.js";
import type { RejectedRows } from "../rejectedRows.js";
import type { WordRule } from "../../tagging/corpus/splitWords.js";
import type { EntityFlags } from "../flags/tagger.js";
import {
  corpusOptions,
  embedOptions,
  type CorpusFlags,
  type EncoderFlags,
  type GlobalFlags,
} from "../flags/options.js";

export type TaggerFlags = GlobalFlags & CorpusFlags & EncoderFlags & EntityFlags;

/** Reads tagged sentences and says what was read. */
export async function readSentences(
  { reporter, stdin }: Context,
  files: readonly string[],
  {
    flags,
    map,
    rejectedRows,
    wordRule,
  }: {
    readonly flags: CorpusFlags & EntityFlags;
    readonly map: LabelMap | undefined;
    readonly rejectedRows: RejectedRows;
    /** How texts are cut into words. @default the rule that aligns most entities */
    readonly wordRule?: WordRule | undefined;
  },
): Promise<TaggedCorpus> {
  const corpus = await readTagged(files, {
    ...corpusOptions(flags),
    stdin,
    onReject: rejectedRows.add,
    map,
    offsets: flags.offsets,
    tagNames: flags.tagNames,
    wordRule,
  });
  const { sentences, rejected, repaired, notices } = corpus;
  reporter.info(
    `${files.join(", ")}: ${counted(sentences.length, "sentence")}, ${rejected} rejected, ${counted(repaired, "tag")} repaired`,
  );
  for (const notice of notices) reporter.warn(notice);
  return corpus;
}

/** How word vectors are made and kept. */
export interface WordJob {
  readonly encoder: Encoder;
  readonly flags: EncoderFlags;
  readonly subwordPooling: SubwordPooling;
}

/** Lends the cache of word vectors that is asked for, if any, to `work`. */
export function withWordCache<T>(
  context: Context,
  { encoder, flags, subwordPooling }: WordJob,
  work: (cache: VectorCache | undefined) => Promise<T>,
): Promise<T> {
  const { name, dependsOnBatch } = encoder;
  return withCache(
    context,
    { flags, encoder: { name, dependsOnBatch, ...wordVectorKind(encoder, subwordPooling) } },
    work,
  );
}

/** Vectors of the words of a corpus, with a progress meter. */
export async function embedSentences(
  { reporter, signal }: Context,
  { files, sentences }: TaggedCorpus,
  { encoder, flags, subwordPooling, cache }: WordJob & { readonly cache: VectorCache | undefined },
): Promise<EmbeddedSentences & { readonly reading: TextReading }> {
  const meter = reporter.meter("embedding sentences", sentences.length);
  const made = await contextualVectors(encoder, sentences, {
    ...embedOptions(flags),
    cache,
    subwordPooling,
    signal,
    onProgress: ({ done }) => meter.update(done),
  });
  meter.end();
  const { cached, tokens, windowed, cut } = made;
  if (cache !== undefined)
    reporter.info(
      `${files.join(", ")}: ${cached} of ${counted(sentences.length, "sentence")} from the cache, ${counted(tokens, "token")} embedded`,
    );
  if (windowed > 0)
    reporter.info(`${counted(windowed, "sentence")} longer than the encoder reads, taken in windows that overlap`);
  if (cut.size > 0)
    reporter.warn(`${counted(cut.size, "word")} without subwords, or with too many: their entities may be lost`);
  return { sentences, ...made, reading: await readSentenceTexts(encoder, sentences, { ...made, signal }) };
}
