import { readConll } from "../../corpus/conll.js";
import { decodeText, type DecodeOptions } from "../../corpus/decode/decode.js";
import { applyLabelMap, type LabelMap } from "../../dataset/labelMap.js";
import type { Rejection } from "../../corpus/row.js";
import { findSource, type Source, type SourceOptions } from "../../corpus/source.js";
import { HeadstartError } from "../../errors.js";
import { counted } from "../../text/numbers.js";
import { readTaggedJsonl } from "./jsonl.js";
import type { RawSentence, Span, TaggedCorpus, TaggedSentence } from "./sentence.js";
import {
  conllevalSpans,
  countIllegal,
  detectScheme,
  firstAlternative,
  strictSpans,
  tagsOf,
  type WordSpan,
} from "./tagScheme.js";
import { joinWords, type Word } from "./splitWords.js";

export interface TaggedOptions extends SourceOptions, DecodeOptions {
  /** Renames labels of entities, or drops them: their words are outside then. */
  readonly map?: LabelMap | undefined;
  /** Ends after so many sentences. @default no end */
  readonly limit?: number | undefined;
  /** A JSONL row that cannot be read is an error, or is left out and counted as rejected. @default "fail" */
  readonly badRows?: "fail" | "skip" | undefined;
  /** Called for each rejected row. */
  readonly onReject?: ((rejection: Rejection) => void) | undefined;
  /** Longest line in characters. @default 16 MiB */
  readonly maxFieldBytes?: number | undefined;
}

/**
 * Reads tagged sentences whole: CoNLL (`.conll`), or JSONL with `tokens` and `ner_tags`, or with `text` and `entities`
 * (`spans` is read too) of `start`, `end` and `label`.
 *
 * Tags of a file in BIO, IOB1, IOBES or BILOU become IOB2; sequences that the scheme forbids are counted and repaired as
 * conlleval reads them. Of spans that overlap the longest counts.
 *
 * @throws HeadstartError E_CONLL, E_TAGS, E_JSONL, E_NO_ROWS, E_INPUT_*, E_ENCODING
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
  let left = options.limit ?? Infinity;
  for (const file of files) {
    const raw = await rawSentences(await findSource(file, options), { ...options, onReject, limit: left });
    left -= raw.length;
    read.push({ file, raw });
  }
  return taggedCorpus(read, { rejected, map: options.map });
}

/** The sentences of a file as it has them. */
export interface FileSentences {
  readonly file: string;
  readonly raw: readonly RawSentence[];
}

/** Brings the tags of every file to IOB2. @throws HeadstartError E_TAGS; E_NO_ROWS where there is no sentence */
export function taggedCorpus(
  read: readonly FileSentences[],
  { rejected, map }: { readonly rejected: number; readonly map: LabelMap | undefined },
): TaggedCorpus {
  const files = read.map(({ file }) => file);
  const sentences: TaggedSentence[] = [];
  const [seen, notices] = [new Set<string>(), [] as string[]];
  let repaired = 0;
  for (const { file, raw: written } of read) {
    const raw = written.map((sentence) => ({ ...sentence, tags: sentence.tags?.map(firstAlternative) }));
    const several = written.flatMap(({ tags }) => tags ?? []).filter((tag) => firstAlternative(tag) !== tag).length;
    if (several > 0)
      notices.push(
        `${file}: ${counted(several, "word")} ${several === 1 ? "has" : "have"} several tags; the first of them counts`,
      );
    const scheme = detectScheme(raw.flatMap(({ tags }) => (tags === undefined ? [] : [tags])));
    let own = 0;
    for (const sentence of raw) {
      if (sentence.tags !== undefined) own += countIllegal(sentence.tags, scheme);
      sentences.push(tagged(sentence, { file, seen, map, isBio: scheme === "BIO" }));
    }
    repaired += own;
    if (own > 0)
      notices.push(
        `${file}: ${counted(own, "tag")} ${own === 1 ? "breaks" : "break"} the rules of ${scheme}; repaired as conlleval reads them`,
      );
  }
  if (sentences.length === 0) {
    const message = `${files.join(", ")} gives no sentences. Give a corpus of words with tags`;
    throw new HeadstartError("E_NO_ROWS", message, { file: files[0] });
  }
  const lost = sentences.reduce((sum, { unaligned }) => sum + unaligned.length, 0);
  if (lost > 0) notices.push(`${lost} entities begin or end inside a word: they are not learned, and count as missed`);
  return { files, sentences, seen, repaired, rejected, notices, reading: { map } };
}

type RawOptions = TaggedOptions & { readonly onReject: (rejection: Rejection) => void; readonly limit: number };

async function rawSentences(source: Source, options: RawOptions): Promise<RawSentence[]> {
  const { file, format } = source;
  if (format !== "conll" && format !== "jsonl") {
    const message = `Cannot read ${file} as words with tags: it is ${format}. Name a .conll or .jsonl file`;
    throw new HeadstartError("E_INPUT_ENDING", message, { file });
  }
  const chunks = decodeText(source.bytes(), file, options);
  const lines = { file, maxLineLength: options.maxFieldBytes ?? 16 * 1024 * 1024 };
  const raw: RawSentence[] = [];
  if (options.limit <= 0) return raw;
  const sentences = format === "conll" ? fromConll(readConll(chunks, lines)) : readTaggedJsonl(chunks, lines, options);
  for await (const sentence of sentences) {
    raw.push(sentence);
    if (raw.length >= options.limit) break;
  }
  return raw;
}

async function* fromConll(sentences: ReturnType<typeof readConll>): AsyncGenerator<RawSentence> {
  for await (const { line, words, tags } of sentences) yield { line, ...joinWords(words), tags, spans: [] };
}

interface Tagging {
  readonly file: string;
  readonly seen: Set<string>;
  readonly map: LabelMap | undefined;
  readonly isBio: boolean;
}

function tagged(raw: RawSentence, { file, seen, map, isBio }: Tagging): TaggedSentence {
  const { line, text, words } = raw;
  const mapped = <S extends { readonly label: string }>(spans: readonly S[]): S[] =>
    spans.flatMap((span) => {
      seen.add(span.label);
      const label = map === undefined ? span.label : applyLabelMap(map, span.label);
      return label === undefined ? [] : [{ ...span, label }];
    });
  if (raw.tags !== undefined) {
    const tags = tagsOf(mapped(conllevalSpans(raw.tags)), words.length);
    const written = isBio ? mapTags(raw.tags, map) : tags;
    return { file, line, text, words, tags, written, unaligned: [] };
  }
  const { aligned, unaligned } = alignSpans(mapped(raw.spans), words);
  const tags = tagsOf(aligned, words.length);
  return { file, line, text, words, tags, written: tags, unaligned };
}

/** The tags under the map, their illegal sequences left, so that a strict reading finds what it finds in the file. */
function mapTags(tags: readonly string[], map: LabelMap | undefined): string[] {
  return tags.map((tag) => {
    const label = tag === "O" || map === undefined ? tag.slice(2) : applyLabelMap(map, tag.slice(2));
    return tag === "O" || label === undefined ? "O" : `${tag.slice(0, 2)}${label}`;
  });
}

/** Spans of characters as spans of words; those that begin or end inside a word, or overlap a longer one, are left. */
function alignSpans(
  spans: readonly Span[],
  words: readonly Word[],
): { readonly aligned: WordSpan[]; readonly unaligned: Span[] } {
  const starts = new Map(words.map(({ start }, i) => [start, i]));
  const ends = new Map(words.map(({ end }, i) => [end, i + 1]));
  const taken = new Set<number>();
  const [aligned, unaligned]: [WordSpan[], Span[]] = [[], []];
  for (const span of [...spans].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)) {
    const [start, end] = [starts.get(span.start), ends.get(span.end)];
    const own =
      start === undefined || end === undefined ? [] : Array.from({ length: end - start }, (_, i) => start + i);
    if (own.length === 0 || own.some((i) => taken.has(i))) {
      unaligned.push(span);
      continue;
    }
    for (const i of own) taken.add(i);
    aligned.push({ start: own[0], end: own[0] + own.length, label: span.label });
  }
  return { aligned, unaligned };
}

/** The true entities of a sentence in characters: repaired as conlleval reads them, and read strictly. */
export function goldSpans(sentence: TaggedSentence): { readonly conlleval: Span[]; readonly strict: Span[] } {
  const { words, tags, written, unaligned } = sentence;
  return {
    conlleval: [...characterSpans(conllevalSpans(tags), words), ...unaligned],
    strict: [...characterSpans(strictSpans(written), words), ...unaligned],
  };
}

export const characterSpans = (spans: readonly WordSpan[], words: readonly Word[]): Span[] =>
  spans.map(({ start, end, label }) => ({ start: words[start].start, end: words[end - 1].end, label }));
