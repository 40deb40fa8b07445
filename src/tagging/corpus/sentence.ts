import type { Reading } from "../../dataset/reading.js";
import type { Word, WordRule } from "./splitWords.js";

/** An entity: characters `[start, end)` of a text, UTF-16 units, so that `text.slice(start, end)` is the entity. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** A text cut into words. */
export interface Sentence {
  readonly text: string;
  readonly words: readonly Word[];
}

/** A sentence with its true entities. */
export interface TaggedSentence extends Sentence {
  readonly file: string;
  /** 1-based line on which it starts. */
  readonly line: number;
  /** IOB2, one a word, legal: illegal sequences are repaired. */
  readonly tags: readonly string[];
  /** IOB2 as the file has it, illegal sequences left; the same as `tags` where there are none. */
  readonly written: readonly string[];
  /** Entities that are not made of whole words, or overlap one as long or longer: a tagger of words cannot predict them. */
  readonly unaligned: readonly Span[];
}

/** A sentence as a file has it: words with tags of any scheme, or a text with spans. */
export type RawSentence = RawTags | RawSpans;

export interface RawTags {
  readonly line: number;
  readonly words: readonly string[];
  readonly tags: readonly string[];
  /** 1-based line of each word, where each has its own. */
  readonly lines?: readonly number[] | undefined;
  /** The words, if `words` are what counts them in every sentence of the file. */
  readonly countedWords?: readonly string[] | undefined;
}

export interface RawSpans {
  readonly line: number;
  readonly text: string;
  readonly spans: readonly WrittenSpan[];
  /** The tool that wrote it counts UTF-16 units. */
  readonly isUtf16?: boolean | undefined;
  /** What is special about it. */
  readonly remarks?: readonly SentenceRemark[] | undefined;
}

/** A span as a file has it, in whatever it counts. */
export interface WrittenSpan extends Span {
  /** What it holds, where the file says so. */
  readonly surface?: string | undefined;
}

/** What a reader should know of rows of exports. */
export type SentenceRemark = "annotations" | "labels" | "binary";

export interface TaggedCorpus {
  /** Files as the user named them. */
  readonly files: readonly string[];
  readonly sentences: readonly TaggedSentence[];
  /** Labels before the map. */
  readonly seen: ReadonlySet<string>;
  /** How it was read, as far as others are to be read in the same way. */
  readonly reading?: Pick<Reading, "map"> | undefined;
  /** Tags that broke the rules of their scheme, repaired as conlleval does. */
  readonly repaired: number;
  readonly rejected: number;
  /** How its texts are cut into words, or how texts are cut most like it. */
  readonly wordRule: WordRule;
  /** What the reader should know, a line each. */
  readonly notices: readonly string[];
}

/** Labels of the entities in a corpus, sorted. */
export function entityLabels(sentences: readonly TaggedSentence[]): string[] {
  const labels = new Set<string>();
  for (const { tags, unaligned } of sentences) {
    for (const tag of tags) if (tag !== "O") labels.add(tag.slice(2));
    for (const { label } of unaligned) labels.add(label);
  }
  return [...labels].sort();
}
