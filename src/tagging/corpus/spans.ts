import type { Span, TaggedSentence } from "./sentence.js";
import type { Word } from "./splitWords.js";
import { conllevalSpans, strictSpans, type WordSpan } from "./tagScheme.js";

/** Spans of characters as spans of words, and those that are none. */
export interface AlignedSpans {
  readonly aligned: readonly WordSpan[];
  /** They begin or end inside a word. */
  readonly insideWords: readonly Span[];
  /** They share words with one that is as long or longer. */
  readonly overlapping: readonly Span[];
}

/** Spans of characters as spans of words; of spans that overlap the longest counts. */
export function alignSpans(spans: readonly Span[], words: readonly Word[]): AlignedSpans {
  const starts = new Map(words.map(({ start }, i) => [start, i]));
  const ends = new Map(words.map(({ end }, i) => [end, i + 1]));
  const taken = new Set<number>();
  const [aligned, insideWords, overlapping]: [WordSpan[], Span[], Span[]] = [[], [], []];
  for (const span of [...spans].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)) {
    const [start, end] = [starts.get(span.start), ends.get(span.end)];
    if (start === undefined || end === undefined) {
      insideWords.push(span);
      continue;
    }
    const own = Array.from({ length: end - start }, (_, i) => start + i);
    if (own.some((i) => taken.has(i))) {
      overlapping.push(span);
      continue;
    }
    for (const i of own) taken.add(i);
    aligned.push({ start, end, label: span.label });
  }
  return { aligned, insideWords, overlapping };
}

/** Whether a span begins and ends at one of the words. */
export function placesIn(words: readonly Word[]): (span: Pick<Span, "start" | "end">) => boolean {
  const starts = new Set(words.map(({ start }) => start));
  const ends = new Set(words.map(({ end }) => end));
  return ({ start, end }) => starts.has(start) && ends.has(end);
}

/** A span without the white space at its edges; empty where it holds nothing else. */
export function trimmed<S extends Span>(span: S, text: string): S {
  let { start, end } = span;
  while (start < end && isSpace(text[start])) start++;
  while (end > start && isSpace(text[end - 1])) end--;
  return start === span.start && end === span.end ? span : { ...span, start, end };
}

const isSpace = (character: string): boolean => /\s/.test(character);

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

/** Which of the spans that were found in a sentence are true, words and label. */
export function rightSpans(found: readonly Span[], sentence: TaggedSentence): boolean[] {
  const key = ({ start, end, label }: Span): string => `${start} ${end} ${label}`;
  const truth = new Set(goldSpans(sentence).strict.map(key));
  return found.map((span) => truth.has(key(span)));
}
