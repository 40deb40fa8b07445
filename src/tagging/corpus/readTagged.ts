import { readConll } from "../../corpus/conll.js";
import { decodeText, type DecodeOptions } from "../../corpus/decode/decode.js";
import type { Rejection } from "../../corpus/row.js";
import { findSource, type Source, type SourceOptions } from "../../corpus/source.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { HeadstartError } from "../../errors.js";
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
  for (const file of files) {
    const source = await findSource(file, /\.json(?:\.gz)?$/i.test(file) ? { ...options, from: "jsonl" } : options);
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

const leftOutNotice = (file: string, [first, ...more]: readonly LeftOut[]): string =>
  `${file}: ${counted(1 + more.length, "row")} left out that annotators did not accept, such as line ${first.line}: ` +
  first.reason;

type RawOptions = TaggedOptions & { readonly onReject: (rejection: Rejection) => void; readonly limit: number };

interface RawFile {
  readonly raw: readonly RawSentence[];
  readonly leftOut: readonly LeftOut[];
}

async function rawSentences(source: Source, options: RawOptions): Promise<RawFile> {
  const { file, format } = source;
  if (format !== "conll" && format !== "jsonl") {
    const message = `Cannot read ${file} as words with tags: it is ${format}. Name a .conll, .jsonl or .json file`;
    throw new HeadstartError("E_INPUT_ENDING", message, { file });
  }
  const raw: RawSentence[] = [];
  const leftOut: LeftOut[] = [];
  if (options.limit <= 0) return { raw, leftOut };
  const onLeftOut = (reason: string, line: number): number => leftOut.push({ line, reason });
  for await (const sentence of sentencesOf(source, { ...options, onLeftOut })) {
    raw.push(sentence);
    if (raw.length >= options.limit) break;
  }
  return { raw, leftOut };
}

function sentencesOf(
  { file, format, bytes }: Source,
  options: RawOptions & { readonly onLeftOut: (reason: string, line: number) => void },
): AsyncGenerator<RawSentence> {
  const chunks = decodeText(bytes(), file, options);
  const { maxFieldBytes, badRows, onReject } = options;
  const maxLineLength = maxFieldBytes ?? 16 * 1024 * 1024;
  if (format === "conll")
    return readConll(chunks, { file, maxLineLength, onReject: badRows === "skip" ? onReject : undefined });
  const isWhole = maxFieldBytes === undefined && /\.json(?:\.gz)?$/i.test(file);
  return readTaggedJson(chunks, { file, maxLineLength, ...(isWhole && WHOLE_JSON) }, options);
}
