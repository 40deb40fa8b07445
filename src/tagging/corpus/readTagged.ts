import { readConll } from "../../corpus/conll.js";
import type { DecodeOptions } from "../../corpus/decode/decode.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import type { Rejection } from "../../corpus/row.js";
import { findSources, type Source, type SourceOptions } from "../../corpus/source.js";
import { openTagged, type TaggedText } from "../../corpus/taggedSource.js";
import { counted } from "../../text/numbers.js";
import type { FileSentences } from "./fileSentences.js";
import type { OffsetUnit } from "./offsets.js";
import { readTaggedJson, WHOLE_JSON } from "./jsonl.js";
import type { RawSentence, TaggedCorpus } from "./sentence.js";
import type { WordRule } from "./splitWords.js";
import { taggedCorpus } from "./taggedCorpus.js";

export interface TaggedOptions extends SourceOptions, DecodeOptions {
  /** Renames labels of entities, or drops them: their words are outside then. */
  readonly map?: LabelMap | undefined;
  /** What start and end of entities count. @default "auto": what fits the words of a file better */
  readonly offsets?: OffsetUnit | "auto" | undefined;
  /** Names of tags that are numbers, the first being that of 0. */
  readonly tagNames?: readonly string[] | undefined;
  /** How texts are cut into words. @default "words", or "parts" where that aligns more entities */
  readonly wordRule?: WordRule | undefined;
  /** Ends after so many sentences. @default no end */
  readonly limit?: number | undefined;
  /** A sentence that cannot be read is an error, or is left out and counted as rejected. @default "fail" */
  readonly badRows?: "fail" | "skip" | undefined;
  /** Called for each rejected row. */
  readonly onReject?: ((rejection: Rejection) => void) | undefined;
  /** Longest line in characters. @default 16 MiB, of .json 256 MiB */
  readonly maxFieldBytes?: number | undefined;
}

/**
 * Reads tagged sentences whole: CoNLL (`.conll`), or JSON (`.jsonl`, `.json`) with `tokens` and `ner_tags`, or with `text`
 * and `entities` of `start`, `end` and `label`; also what doccano, Label Studio, Prodigy, Rasa and spaCy export. Rows that
 * annotators rejected or skipped are left out and counted as rejected.
 *
 * Tags of a file in BIO, IOB1, IOBES, BMES or BILOU, and labels alone, become IOB2; sequences that the scheme forbids are
 * counted and repaired as conlleval reads them. Of spans that overlap the longest counts. Spans are taken to count code
 * points or UTF-16 units, whichever fits the words of the file better, and to hold no white space at their edges.
 *
 * @throws HeadstartError E_CONLL, E_TAGS, E_JSONL, E_NO_ROWS, E_FIELD_TOO_LARGE, E_INPUT_*, E_ENCODING
 * @example
 * const { sentences, repaired } = await readTagged(["news.conll"]);
 * console.log(sentences[0]?.text, sentences[0]?.tags, repaired);
 */
export async function readTagged(files: readonly string[], options: TaggedOptions = {}): Promise<TaggedCorpus> {
  let rejected = 0;
  const onReject = (rejection: Rejection): void => {
    rejected++;
    options.onReject?.(rejection);
  };
  const read: FileSentences[] = [];
  const leftOut: string[] = [];
  let left = options.limit ?? Infinity;
  for (const source of await findSources(files, options)) {
    const { file } = source;
    const own = await rawSentences(source, { ...options, onReject, limit: left });
    left -= own.raw.length;
    read.push({ file, raw: own.raw });
    if (own.leftOut.length > 0) leftOut.push(leftOutNotice(file, own.leftOut));
  }
  const onBadRow = options.badRows === "skip" ? onReject : undefined;
  const corpus = taggedCorpus(read, { ...options, onBadRow });
  return { ...corpus, rejected, notices: [...leftOut, ...corpus.notices] };
}

interface LeftOut {
  readonly line: number;
  readonly reason: string;
}

/** Rows without a mistake that hold nothing to learn, or that annotators did not accept. */
const leftOutNotice = (file: string, [first, ...more]: readonly LeftOut[]): string =>
  `${file}: ${counted(1 + more.length, "row")} left out, such as line ${first.line}: ` + first.reason;

type RawOptions = TaggedOptions & { readonly onReject: (rejection: Rejection) => void; readonly limit: number };

interface RawFile {
  readonly raw: readonly RawSentence[];
  readonly leftOut: readonly LeftOut[];
}

async function rawSentences(source: Source, options: RawOptions): Promise<RawFile> {
  const raw: RawSentence[] = [];
  const leftOut: LeftOut[] = [];
  if (options.limit <= 0) return { raw, leftOut };
  const onLeftOut = (reason: string, line: number): number => leftOut.push({ line, reason });
  const tagged = await openTagged(source, options);
  for await (const sentence of sentencesOf(tagged, { ...options, onLeftOut, file: source.file })) {
    raw.push(sentence);
    if (raw.length >= options.limit) break;
  }
  return { raw, leftOut };
}

function sentencesOf(
  { format, chunks }: TaggedText,
  options: RawOptions & { readonly file: string; readonly onLeftOut: (reason: string, line: number) => void },
): AsyncGenerator<RawSentence> {
  const { file, maxFieldBytes, badRows, onReject } = options;
  const maxLineLength = maxFieldBytes ?? 16 * 1024 * 1024;
  if (format === "conll")
    return readConll(chunks, { file, maxLineLength, onReject: badRows === "skip" ? onReject : undefined });
  const isWhole = maxFieldBytes === undefined && format === "json";
  return readTaggedJson(chunks, { file, maxLineLength, ...(isWhole && WHOLE_JSON) }, options);
}
