import { MOST_WORDS } from "../../corpus/conll.js";
import { count, counted } from "../../text/numbers.js";
import { labelStudioResults, labelStudioText } from "./labelStudio.js";
import type { RawSentence } from "./sentence.js";
import { splitWords } from "./splitWords.js";
import { isObject, valueKind, writtenSpan, type Fields, type FormedSpan } from "./spanForms.js";

/** What a row gives: a sentence; nothing, since it was not annotated, with the reason; or what is wrong with it. */
export type ReadRow =
  | { readonly sentence: RawSentence }
  | { readonly leftOut: string }
  | { readonly fault: string; readonly advice?: string | undefined };

/** Fields that may hold the words, and their tags. */
const WORDS = ["tokens", "words"];
const TAGS = ["ner_tags", "ner", "tags", "labels"];
const TEXTS = ["text", "data"];
const SPANS = ["entities", "spans", "ents", "label", "labels", "annotations"];

/**
 * Reads a row as tools export it: words with tags; a text with entities, as headstart itself, Prodigy, doccano, spaCy
 * (also a pair of text and `{entities}`) and Rasa have them; or a task of Label Studio.
 *
 * @param names  of tags that are numbers
 */
export function readRow(value: unknown, line: number, names: readonly string[] | undefined): ReadRow {
  // The annotator for spaCy has one for each text that was left unmarked.
  if (value === null) return { leftOut: "it is null" };
  const row = isPair(value) ? { text: value[0], ...value[1] } : value;
  if (!isObject(row)) return { fault: `it is ${valueKind(row)}, not an object` };
  const verdict = row["answer"];
  if (verdict === "reject" || verdict === "ignore") return { leftOut: `an annotator chose ${verdict}` };
  return taggedWords(row, line, names) ?? labelStudioTask(row, line) ?? spannedText(row, line) ?? unknownForm(row);
}

/** A text and what belongs to it, as spaCy's training data has them. */
export const isPair = (value: unknown): value is [string, Fields] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && isObject(value[1]);

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");
const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => Number.isInteger(one));

function taggedWords(row: Fields, line: number, names: readonly string[] | undefined): ReadRow | undefined {
  const words = WORDS.map((name) => row[name]).find(isStrings);
  const name = TAGS.find((one) => isStrings(row[one]) || isNumbers(row[one]));
  if (words === undefined || name === undefined) return undefined;
  const tags = row[name] as readonly (string | number)[];
  if (words.length !== tags.length)
    return { fault: `it has ${counted(words.length, "token")} and ${counted(tags.length, "tag")}` };
  if (words.length > MOST_WORDS) return tooLong(words.length);
  if (words.length === 0) return NO_WORDS;
  if (words.some((word) => word.trim() === "")) return { fault: "one of its tokens is white space" };
  if (isNumbers(tags)) {
    if (names === undefined) return { fault: `its ${name} are numbers`, advice: NAME_TAGS };
    const nameless = tags.find((tag) => names[tag] === undefined);
    if (nameless !== undefined)
      return { fault: `its tag ${nameless} is none of the ${names.length} that are named`, advice: NAME_TAGS };
  }
  return { sentence: { line, words, tags: tags.map(String) } };
}

const NO_WORDS = { leftOut: "it has no words" };
const NAME_TAGS = "Name all tags in the order of their numbers, such as --tag-names O,B-PER,I-PER for 0, 1 and 2";

const NAME_TEXT = 'Name the text of its data "text"';

function labelStudioTask(row: Fields, line: number): ReadRow | undefined {
  const results = labelStudioResults(row);
  if (results === undefined) return undefined;
  if (typeof results === "string") return { leftOut: results };
  const text = labelStudioText(row["data"], results.spans);
  if (text === undefined) return { fault: "its data has no text that tells itself", advice: NAME_TEXT };
  return sentenceOf({ line, text, spans: results.spans, ...(results.hasSeveral && { remarks: ["annotations"] }) });
}

function spannedText(row: Fields, line: number): ReadRow | undefined {
  const text = TEXTS.map((name) => row[name]).find((value) => typeof value === "string");
  if (typeof text !== "string") return undefined;
  const isSpans = (value: unknown): boolean => Array.isArray(value) && value.every(isLikeSpan);
  // A tool may leave another field empty than the one that it fills.
  const filled = SPANS.find((one) => isSpans(row[one]) && (row[one] as unknown[]).length > 0);
  const name = filled ?? Object.keys(row).find((one) => hasLabels(row[one])) ?? SPANS.find((one) => isSpans(row[one]));
  // Prodigy and the short form of Label Studio leave the field out where nothing is marked.
  const isMarked = row["answer"] === "accept" || ("annotation_id" in row && "annotator" in row);
  if (name === undefined) return isMarked ? sentenceOf({ line, text, spans: [] }) : undefined;
  return sentenceOf({ line, text, spans: row[name] as unknown[], isBinary: row["_is_binary"] === true });
}

const isLikeSpan = (value: unknown): boolean => isObject(value) || (Array.isArray(value) && value.length >= 3);
const hasLabels = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((one) => isObject(one) && Array.isArray(one["labels"]));

interface Spanned {
  readonly line: number;
  readonly text: string;
  readonly spans: readonly unknown[];
  readonly isBinary?: boolean | undefined;
  readonly remarks?: readonly "annotations"[] | undefined;
}

function sentenceOf({ line, text, spans: written, isBinary, remarks = [] }: Spanned): ReadRow {
  if (text.trim() === "" && written.length === 0) return NO_WORDS;
  const spans = written.map(writtenSpan);
  const fault = spans.find((span) => typeof span === "string");
  if (typeof fault === "string") return { fault };
  const own = spans.filter((span) => typeof span !== "string");
  const outside = own.find(({ start, end }) => start >= end || end > Buffer.byteLength(text));
  if (outside !== undefined) return { fault: outsideText(outside), advice: adviceOn(outside) };
  const words = text.length > MOST_WORDS ? splitWords(text, "parts").length : 0;
  if (words > MOST_WORDS) return tooLong(words);
  const all = [
    ...remarks,
    ...(own.some(({ hasSeveral }) => hasSeveral) ? (["labels"] as const) : []),
    ...(isBinary === true ? (["binary"] as const) : []),
  ];
  const isUtf16 = written.some((span) => isObject(span) && Array.isArray(span["labels"]));
  return { sentence: { line, text, spans: own, isUtf16, remarks: all } };
}

export const COUNT_OFFSETS = "Count start and end in characters of the text, or say what they count with --offsets";

type Offsets = Pick<FormedSpan, "start" | "end">;

export function outsideText({ start, end }: Offsets): string {
  if (start === end) return `an entity from ${start} to ${end} is empty`;
  return `an entity from ${start} to ${end} ${start > end ? "ends before it begins" : "is not inside its text"}`;
}

const adviceOn = ({ start, end }: Offsets): string =>
  start < end ? COUNT_OFFSETS : "Take the entity out, or let end be the place behind its last character";

/** Names what was found, since nothing of it could be read. */
function unknownForm(row: Fields): ReadRow {
  const found = Object.entries(row)
    .slice(0, 12)
    .map(([name, value]) => `${name} (${valueKind(value)})`);
  const all = found.length === 0 ? "no field" : found.join(", ");
  return { fault: `it has ${all}: neither tokens with tags nor a text with entities` };
}

const tooLong = (words: number): { readonly fault: string } => ({
  fault: `it has ${count(words)} words, more than the ${count(MOST_WORDS)} of a sentence`,
});
