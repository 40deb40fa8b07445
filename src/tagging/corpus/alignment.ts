import { excerpt, HeadstartError } from "../../errors.js";
import { count } from "../../text/numbers.js";
import type { Span, TaggedCorpus, TaggedSentence } from "./sentence.js";
import { placesIn } from "./spans.js";
import { conllevalSpans } from "./tagScheme.js";

const FROM_ONE =
  "They seem to count from 1: count from 0, so that start is the number of characters in front of the entity, and end that " +
  "of those up to its end";

/** How far start and end are off for common ways of counting, and what to do about each. */
const SHIFTS = [
  { start: 0, end: 1, advice: "Add 1 to each end: it is the place behind the last character" },
  { start: -1, end: 0, advice: FROM_ONE },
  { start: -1, end: -1, advice: FROM_ONE },
] as const;

const LIKELY_OFFSETS =
  "Check that start and end count the characters of the text as it stands in the file, from 0, and that end is the place " +
  "behind the last character";

/**
 * Refuses to learn from a corpus most of whose entities begin or end inside a word: what is wrong is then the offsets, not
 * the words.
 *
 * @throws HeadstartError E_TAGS with examples
 */
export function requireAligned({ sentences, files }: Pick<TaggedCorpus, "sentences" | "files">): void {
  const inside = sentences.flatMap((sentence) => {
    const isPlace = placesIn(sentence.words);
    const own = sentence.unaligned.filter((span) => !isPlace(span)).sort((a, b) => a.start - b.start);
    return own.map((span) => ({ sentence, span }));
  });
  const all = sentences.reduce((sum, { unaligned, tags }) => sum + unaligned.length + conllevalSpans(tags).length, 0);
  if (2 * inside.length <= all) return;
  const shift = SHIFTS.find(({ start, end }) => {
    const moved = inside.filter(({ sentence, span }) =>
      placesIn(sentence.words)({ start: span.start + start, end: span.end + end }),
    );
    return 2 * moved.length > inside.length;
  });
  const [{ sentence }] = inside;
  throw new HeadstartError(
    "E_TAGS",
    `Cannot learn the entities of ${files.join(", ")}: ${count(inside.length)} of ${count(all)} begin or end inside a ` +
      `word, such as ${inside.slice(0, 3).map(exampleOf).join("; ")}. ${shift?.advice ?? LIKELY_OFFSETS}`,
    { file: sentence.file, line: sentence.line },
  );
}

/** A span with the words that it is in, and where. */
function exampleOf({ sentence, span }: { readonly sentence: TaggedSentence; readonly span: Span }): string {
  const { text, words, file, line } = sentence;
  const touched = words.filter(({ start, end }) => start < span.end && end > span.start);
  const around = text.slice(touched[0]?.start ?? span.start, touched.at(-1)?.end ?? span.end);
  return `"${excerpt(text.slice(span.start, span.end))}" (${span.start} to ${span.end}) in "${excerpt(around)}" at ${file}:${line}`;
}
