import { applyLabelMap, type LabelMap } from "../../dataset/labelMap.js";
import { HeadstartError } from "../../errors.js";
import { count } from "../../text/numbers.js";
import {
  isSpans,
  isTags,
  sentencesIn,
  type FileSentenceOptions,
  type FileSentences,
  type ReadSentences,
} from "./fileSentences.js";
import { joinWords } from "./joinWords.js";
import type { RawSentence, RawSpans, RawTags, Span, TaggedCorpus, TaggedSentence } from "./sentence.js";
import { alignSpans } from "./spans.js";
import { splitWords, type WordRule } from "./splitWords.js";
import { conllevalSpans, tagsOf } from "./tagScheme.js";
import { aligningRule, fittingRule } from "./wordRule.js";

export interface TaggedCorpusOptions extends FileSentenceOptions {
  /** Renames labels of entities, or drops them. */
  readonly map?: LabelMap | undefined;
  /** How texts are cut into words. @default the rule that aligns most entities */
  readonly wordRule?: WordRule | undefined;
}

/**
 * Brings the sentences of files to words with tags in IOB2.
 *
 * @throws HeadstartError E_TAGS, E_JSONL naming file and line; E_NO_ROWS where there is no sentence
 */
export function taggedCorpus(
  files: readonly FileSentences[],
  options: TaggedCorpusOptions,
): Omit<TaggedCorpus, "rejected"> {
  const read = files.map((own) => ({ file: own.file, ...sentencesIn(own, options) }));
  const names = files.map(({ file }) => file);
  const raw = read.flatMap(({ sentences }) => sentences);
  if (raw.length === 0) {
    const message = `${names.join(", ")} gives no sentences. Give a corpus of words with tags`;
    throw new HeadstartError("E_NO_ROWS", message, { file: names[0] });
  }
  const { map, wordRule = ruleOf(raw) } = options;
  const seen = new Set<string>();
  const made = read.flatMap((own) => ownSentences(own, { seen, map, wordRule }));
  const notices = read.flatMap(({ file, notices: own }) => own.map((notice) => `${file}: ${notice}`));
  return {
    files: names,
    sentences: made.map(({ tagged }) => tagged),
    seen,
    repaired: read.reduce((sum, { illegal }) => sum + illegal, 0),
    reading: { map },
    wordRule,
    notices: [...notices, ...lostNotices(made)],
  };
}

/** The rule that aligns most spans; where words are given, the one by which texts are cut most like them. */
function ruleOf(sentences: readonly RawSentence[]): WordRule {
  const tagged = sentences.filter(isTags);
  return tagged.length === 0 ? aligningRule(sentences.filter(isSpans)) : fittingRule(tagged.map(({ words }) => words));
}

interface Making {
  readonly seen: Set<string>;
  readonly map: LabelMap | undefined;
  readonly wordRule: WordRule;
}

interface MadeSentence {
  readonly tagged: TaggedSentence;
  /** Entities that begin or end inside a word. */
  readonly insideWords: number;
  readonly overlapping: number;
}

function ownSentences(
  { file, sentences, scheme }: ReadSentences & { readonly file: string },
  making: Making,
): MadeSentence[] {
  return sentences.map((raw) => {
    const { line } = raw;
    if (isTags(raw)) {
      const own = sentenceOfTags(raw, { ...making, isBio: scheme === "BIO" });
      return { tagged: { file, line, ...own, unaligned: [] }, insideWords: 0, overlapping: 0 };
    }
    const { insideWords, overlapping, ...own } = sentenceOfSpans(raw, making);
    const tagged = { file, line, ...own, unaligned: [...insideWords, ...overlapping] };
    return { tagged, insideWords: insideWords.length, overlapping: overlapping.length };
  });
}

function sentenceOfTags(raw: RawTags, { isBio, ...making }: Making & { readonly isBio: boolean }) {
  const { text, words } = joinWords(raw.words);
  const tags = tagsOf(mapped(conllevalSpans(raw.tags), making), words.length);
  return { text, words, tags, written: isBio ? mapTags(raw.tags, making.map) : tags };
}

function sentenceOfSpans({ text, spans }: RawSpans, making: Making) {
  const words = splitWords(text, making.wordRule);
  const own = spans.map(({ start, end, label }): Span => ({ start, end, label }));
  const { aligned, insideWords, overlapping } = alignSpans(distinct(mapped(own, making)), words);
  const tags = tagsOf(aligned, words.length);
  return { text, words, tags, written: tags, insideWords, overlapping };
}

/** Each span once, however often a row lists it. */
const distinct = (spans: readonly Span[]): Span[] => [
  ...new Map(spans.map((span) => [`${span.start} ${span.end} ${span.label}`, span])).values(),
];

/** Spans with their labels as the map has them. */
const mapped = <S extends { readonly label: string }>(spans: readonly S[], { seen, map }: Making): S[] =>
  spans.flatMap((span) => {
    seen.add(span.label);
    const label = map === undefined ? span.label : applyLabelMap(map, span.label);
    return label === undefined ? [] : [{ ...span, label }];
  });

/** The tags under the map, their illegal sequences left, so that a strict reading finds what it finds in the file. */
function mapTags(tags: readonly string[], map: LabelMap | undefined): string[] {
  return tags.map((tag) => {
    const label = tag === "O" || map === undefined ? tag.slice(2) : applyLabelMap(map, tag.slice(2));
    return tag === "O" || label === undefined ? "O" : `${tag.slice(0, 2)}${label}`;
  });
}

function lostNotices(made: readonly MadeSentence[]): string[] {
  const lost = [
    [made.reduce((sum, { insideWords }) => sum + insideWords, 0), "begins or ends", "begin or end", "inside a word"],
    [made.reduce((sum, { overlapping }) => sum + overlapping, 0), "overlaps", "overlap", "one as long or longer"],
  ] as const;
  return lost.flatMap(([n, one, several, what]) => {
    if (n === 0) return [];
    if (n === 1) return [`1 entity ${one} ${what}: it is not learned, and counts as missed`];
    return [`${count(n)} entities ${several} ${what}: they are not learned, and count as missed`];
  });
}
