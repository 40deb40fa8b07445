import type { Reading } from "../../dataset/reading.js";
import type { Word } from "./splitWords.js";

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
  /** Entities that are not made of whole words: a tagger of words cannot predict them. */
  readonly unaligned: readonly Span[];
}

/** A sentence as a file has it: its words with tags of any scheme, or with spans. */
export interface RawSentence {
  readonly line: number;
  readonly text: string;
  readonly words: readonly Word[];
  /** Undefined where spans are given. */
  readonly tags: readonly string[] | undefined;
  readonly spans: readonly Span[];
}

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
