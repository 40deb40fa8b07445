import type { Rejection } from "../../corpus/row.js";
import { byteAt, type TextChunk, type TextPosition } from "../../corpus/decode/textChunk.js";
import { textLines, type TextLineOptions } from "../../corpus/decode/textLines.js";
import { excerpt, HeadstartError } from "../../errors.js";
import { jsonOrUndefined, nestsTooDeep, NO_OBJECT, nonFiniteAsNull, TOO_DEEP } from "../../formats/json.js";
import { arrayElements } from "../../formats/jsonElements.js";
import { count } from "../../text/numbers.js";
import { isPair, readRow } from "./rowForms.js";
import type { RawSentence } from "./sentence.js";
import { isObject } from "./spanForms.js";

export interface JsonRowOptions {
  readonly badRows?: "fail" | "skip" | undefined;
  readonly onReject: (rejection: Rejection) => void;
  /** Is given a row that is no mistake, and is rejected all the same, such as one that an annotator skipped. */
  readonly onLeftOut: (reason: string, line: number) => void;
  /** Names of tags that are numbers. */
  readonly tagNames?: readonly string[] | undefined;
}

/** A file that is one value of JSON is read whole, up to so many characters. */
const MOST_CHARACTERS = 256 * 1024 * 1024;

/** Limits of a file that may be one value of JSON, on one line or on many. */
export const WHOLE_JSON = {
  maxLineLength: MOST_CHARACTERS,
  advice: "Write one object a line, as JSONL has them: jq -c '.[]'",
} as const;

/**
 * Sentences of rows in the forms that `readRow` knows: one a line; or elements of one array, which is all there is or
 * lies where Rasa has its examples, or the annotator for spaCy its annotations.
 *
 * @throws HeadstartError E_JSONL naming the line, E_FIELD_TOO_LARGE for an array of more than 256 Mi characters
 */
export async function* readTaggedJson(
  chunks: AsyncGenerator<TextChunk>,
  lines: TextLineOptions,
  options: JsonRowOptions,
): AsyncGenerator<RawSentence> {
  const { file } = lines;
  for await (const { value, raw, position } of jsonRows(chunks, lines)) {
    const { line } = position;
    const read = value instanceof SyntaxError ? { fault: value.message } : readRow(value, line, options.tagNames);
    if ("sentence" in read) {
      yield read.sentence;
      continue;
    }
    if ("fault" in read && options.badRows !== "skip") throw faulty(read, { file, line });
    if ("leftOut" in read) options.onLeftOut(read.leftOut, line);
    const reason = "fault" in read ? read.fault : read.leftOut;
    options.onReject({ file, line, ...byteAt(position), reason, raw: excerpt(raw) });
  }
}

const FORM = "Give it tokens and ner_tags, or text and entities of start, end and label";

const faulty = (
  { fault, advice = FORM }: { readonly fault: string; readonly advice?: string | undefined },
  { file, line }: { readonly file: string; readonly line: number },
): HeadstartError =>
  new HeadstartError(
    "E_JSONL",
    `Cannot read the row at ${file}:${line}: ${fault}. ${advice}, or leave such rows out with --bad-rows skip`,
    { file, line },
  );

interface JsonRow {
  /** Or what is wrong with it. */
  readonly value: unknown;
  readonly raw: string;
  readonly position: TextPosition;
}

/** The rows of a file, whose first line tells whether each line is one. */
async function* jsonRows(chunks: AsyncGenerator<TextChunk>, lines: TextLineOptions): AsyncGenerator<JsonRow> {
  const whole: string[] = [];
  let [length, isFirst, isWhole] = [0, true, false];
  for await (const { position, raw } of textLines(chunks, lines)) {
    if (isFirst && raw.trim() === "") {
      whole.push("\n");
      continue;
    }
    const value = isWhole ? undefined : valueOf(raw);
    if (isFirst) isWhole = isWholeFile(value, raw, lines.file);
    isFirst = false;
    if (!isWhole) {
      if (raw.trim() !== "") yield { value, raw, position };
      continue;
    }
    whole.push(raw, "\n");
    length += raw.length + 1;
    if (length > MOST_CHARACTERS) throw tooLarge(lines.file);
  }
  if (isWhole) yield* rowsOf(whole.join(""), lines.file);
}

/** The value of a line, or what is wrong with it; `NaN`, which Python writes, is null. */
function valueOf(raw: string): unknown {
  if (nestsTooDeep(raw)) return new SyntaxError(TOO_DEEP);
  return jsonOrUndefined(raw) ?? jsonOrUndefined(nonFiniteAsNull(raw) ?? raw) ?? new SyntaxError(NO_OBJECT);
}

/** Whether a file with this first line is one value. */
function isWholeFile(value: unknown, raw: string, file: string): boolean {
  if (value instanceof SyntaxError) {
    const start = raw.trim();
    return start.startsWith("[") || start === "{" || (start.startsWith("{") && /\.json(?:\.gz)?$/i.test(file));
  }
  return !isPair(value) && pathOf(value) !== undefined;
}

/** Where the rows of a value are; undefined where it is a row itself. */
function pathOf(value: unknown): readonly string[] | undefined {
  if (Array.isArray(value)) return [];
  if (!isObject(value)) return undefined;
  const { rasa_nlu_data: rasa, annotations } = value;
  if (isObject(rasa) && Array.isArray(rasa["common_examples"])) return ["rasa_nlu_data", "common_examples"];
  return Array.isArray(annotations) && annotations.some(isPair) ? ["annotations"] : undefined;
}

function* rowsOf(written: string, file: string): Generator<JsonRow> {
  const text = jsonOrUndefined(written) === undefined ? (nonFiniteAsNull(written) ?? written) : written;
  const value = valueOf(text);
  if (value instanceof SyntaxError) {
    const message =
      `Cannot read ${file}: it begins like an array or object of JSON, but is none. ` +
      `Check that it is whole, or write one object a line, as JSONL has them`;
    throw new HeadstartError("E_JSONL", message, { file, line: 1 });
  }
  const path = pathOf(value);
  if (path === undefined) {
    const line = text.slice(0, text.search(/\S/)).split("\n").length;
    return yield { value, raw: text.trim().slice(0, 200), position: at(line) };
  }
  for (const { json, line } of arrayElements(text, path)) {
    const own = valueOf(json);
    // Rasa leaves the field out where there are none.
    const row = path.length === 2 && isObject(own) ? { entities: [], ...own } : own;
    yield { value: row, raw: json.slice(0, 200), position: at(line) };
  }
}

const at = (line: number): TextPosition => ({ chunk: undefined, index: 0, line });

function tooLarge(file: string): HeadstartError {
  const message = `Cannot read ${file}: it is one array of more than ${count(MOST_CHARACTERS)} characters. ${WHOLE_JSON.advice}`;
  return new HeadstartError("E_FIELD_TOO_LARGE", message, { file });
}
