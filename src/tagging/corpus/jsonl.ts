import { z } from "zod";
import { MOST_WORDS } from "../../corpus/conll.js";
import { fieldsOf } from "../../formats/json.js";
import type { Rejection } from "../../corpus/row.js";
import { byteAt, type TextChunk, type TextPosition } from "../../corpus/decode/textChunk.js";
import { textLines, type TextLineOptions } from "../../corpus/decode/textLines.js";
import { excerpt, HeadstartError } from "../../errors.js";
import type { RawSentence } from "./sentence.js";
import { joinWords, splitWords } from "./splitWords.js";
import { count, counted } from "../../text/numbers.js";

const Place = z.object({ start: z.int().nonnegative(), end: z.int().nonnegative(), label: z.string().min(1) });
const Triple = z
  .tuple([z.int().nonnegative(), z.int().nonnegative(), z.string().min(1)])
  .transform(([start, end, label]) => ({ start, end, label }));
const Places = z.array(z.union([Place, Triple]));
const Tagged = z.object({ tokens: z.array(z.string().min(1)), ner_tags: z.array(z.string()) });
const Spanned = z.object({ text: z.string(), entities: Places.optional(), spans: Places.optional() });

/** Sentences of JSONL, one object a line: `tokens` and `ner_tags`, or `text` and `entities` (or `spans`). */
export async function* readTaggedJsonl(
  chunks: AsyncGenerator<TextChunk>,
  lines: TextLineOptions,
  options: { readonly badRows?: "fail" | "skip" | undefined; readonly onReject: (rejection: Rejection) => void },
): AsyncGenerator<RawSentence> {
  for await (const { position, raw } of textLines(chunks, lines)) {
    if (raw.trim() === "") continue;
    const read = sentenceOf(raw, position);
    if (typeof read !== "string") {
      if (read.words.length > 0) yield read;
      continue;
    }
    const { file } = lines;
    if (options.badRows === "skip") {
      options.onReject({ file, line: position.line, ...byteAt(position), reason: read, raw: excerpt(raw) });
      continue;
    }
    throw new HeadstartError(
      "E_JSONL",
      `Cannot read the row at ${file}:${position.line}: ${read}. Give it tokens and ner_tags, or text and entities of ` +
        `start, end and label, or leave such rows out with --bad-rows skip`,
      { file, line: position.line },
    );
  }
}

/** The sentence of a line, or what is wrong with it. */
function sentenceOf(raw: string, { line }: TextPosition): RawSentence | string {
  const value = fieldsOf(raw);
  if (typeof value === "string") return value;
  return sentenceFrom(value, line);
}

/** The sentence of an object with `tokens` and `ner_tags`, or `text` and `entities` (or `spans`), or what is wrong with it. */
export function sentenceFrom(value: unknown, line: number): RawSentence | string {
  const tagged = Tagged.safeParse(value);
  if (tagged.success) {
    const { tokens, ner_tags: tags } = tagged.data;
    if (tokens.length !== tags.length)
      return `it has ${counted(tokens.length, "token")} and ${counted(tags.length, "tag")}`;
    if (tokens.length > MOST_WORDS) return tooLong(tokens.length);
    return { line, ...joinWords(tokens), tags, spans: [] };
  }
  const spanned = Spanned.safeParse(value);
  if (!spanned.success) return "it has neither tokens with ner_tags (as strings) nor a text with entities";
  const { text, entities, spans } = spanned.data;
  const places = entities ?? spans;
  if (places === undefined) return "it has a text, but no entities";
  const outside = places.find(({ start, end }) => start >= end || end > text.length);
  if (outside !== undefined) return `an entity from ${outside.start} to ${outside.end} is not inside its text`;
  const words = splitWords(text);
  if (words.length > MOST_WORDS) return tooLong(words.length);
  return { line, text, words, tags: undefined, spans: places };
}

const tooLong = (words: number): string =>
  `it has ${count(words)} words, more than the ${count(MOST_WORDS)} of a sentence`;
