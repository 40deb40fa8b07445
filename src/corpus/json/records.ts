import { excerpt, HeadstartError } from "../../errors.js";
import { fieldsOf, kindOf, nonFiniteAsNull } from "../../formats/json.js";
import { arrayElements } from "../../formats/jsonElements.js";
import { encodingError, type TextChunk } from "../decode/textChunk.js";
import { lineGroups } from "../decode/textLines.js";
import { hasText } from "./fieldNames.js";
import { JsonFramer, type JsonFrame } from "./frame.js";
import { jqRows, rowsProgram } from "./jqRows.js";

export interface JsonRecordsOptions {
  readonly file: string;
  readonly format: "jsonl" | "json";
  /** Longest record, in UTF-16 units. */
  readonly maxLength: number;
  /** Name of a field that only rows have, or of several, so that an object with it is one. */
  readonly textColumn: string | readonly string[];
}

/**
 * The rows of JSON as they stand in it: of `jsonl` the lines, blank ones left out; of `json` the values of its array, of
 * the one array of objects in its object, or, like the lines of JSONL, its objects one after the other.
 *
 * @throws HeadstartError E_JSONL for a document that has no rows of these forms or is cut off, E_FIELD_TOO_LARGE, E_ENCODING
 */
export async function* jsonRecords(
  chunks: AsyncGenerator<TextChunk>,
  options: JsonRecordsOptions,
): AsyncGenerator<JsonFrame> {
  for await (const group of jsonGroups(chunks, options)) yield* group;
}

/** As `jsonRecords`, all records together that came together. */
export async function* jsonGroups(
  chunks: AsyncGenerator<TextChunk>,
  options: JsonRecordsOptions,
): AsyncGenerator<readonly JsonFrame[]> {
  try {
    yield* options.format === "jsonl" ? lineRecords(chunks, options) : documentRecords(chunks, options);
  } finally {
    await chunks.return(undefined);
  }
}

async function* documentRecords(
  chunks: AsyncGenerator<TextChunk>,
  options: JsonRecordsOptions,
): AsyncGenerator<readonly JsonFrame[]> {
  const { file, maxLength } = options;
  const { head, first, line, more } = await headOf(chunks, maxLength);
  const all = replay(head, chunks);
  if (first === "[") return yield* framed(all, new JsonFramer({ file, maxLength, form: "array" }), options);
  if (first !== "" && first !== "{") throw noRows(file, `it starts with "${excerpt(line.slice(0, 40))}"`);
  const fields = fieldsOf(line);
  const isRow = typeof fields !== "string" && (more || hasText(fields, options.textColumn));
  if (isRow || first === "") return yield* lineRecords(all, options);
  yield* objectRecords(all, options);
}

async function* lineRecords(
  chunks: AsyncGenerator<TextChunk>,
  { file, maxLength }: JsonRecordsOptions,
): AsyncGenerator<readonly JsonFrame[]> {
  for await (const lines of lineGroups(chunks, { file, maxLineLength: maxLength }))
    yield lines.filter(({ raw }) => raw.trim() !== "");
}

interface Head {
  readonly head: readonly TextChunk[];
  /** The first character that is no white space; empty where there is none. */
  readonly first: string;
  /** The line from there on, as far as it was read. */
  readonly line: string;
  /** Whether more than white space comes behind that line. */
  readonly more: boolean;
}

/** Reads until it is known what follows the first line, or so many characters. */
async function headOf(chunks: AsyncGenerator<TextChunk>, most: number): Promise<Head> {
  const [head, line]: [TextChunk[], string[]] = [[], []];
  let [first, length, ended] = ["", 0, false];
  const found = (more: boolean): Head => ({ head, first, line: line.join(""), more });
  while (length <= most) {
    const next = await chunks.next();
    if (next.done === true) return found(false);
    head.push(next.value);
    const text = first === "" ? next.value.text.trimStart() : next.value.text;
    first ||= text.slice(0, 1);
    const feed = ended ? -1 : text.indexOf("\n");
    if (!ended) line.push(feed < 0 ? text : text.slice(0, feed));
    const after = ended ? text : feed < 0 ? "" : text.slice(feed + 1);
    ended ||= feed >= 0;
    if (after.trim() !== "") return found(true);
    if (first === "[" || next.value.invalid !== undefined) break;
    length += text.length;
  }
  return found(false);
}

async function* replay(head: readonly TextChunk[], rest: AsyncGenerator<TextChunk>): AsyncGenerator<TextChunk> {
  yield* head;
  yield* rest;
}

async function* framed(
  chunks: AsyncGenerator<TextChunk>,
  framer: JsonFramer,
  { file }: JsonRecordsOptions,
): AsyncGenerator<readonly JsonFrame[]> {
  for await (const chunk of chunks) {
    yield framer.push(chunk);
    if (chunk.invalid !== undefined) throw encodingError(file, framer.line, chunk.invalid);
  }
  framer.end();
}

/** Objects over several lines each; a single one holds the rows. */
async function* objectRecords(
  chunks: AsyncGenerator<TextChunk>,
  options: JsonRecordsOptions,
): AsyncGenerator<readonly JsonFrame[]> {
  const { file, maxLength } = options;
  let [held, many]: [JsonFrame | undefined, boolean] = [undefined, false];
  for await (const group of framed(chunks, new JsonFramer({ file, maxLength, form: "objects" }), options)) {
    const all: readonly JsonFrame[] = held === undefined ? group : [held, ...group];
    many ||= all.length > 1;
    held = many ? undefined : all[0];
    if (many) yield all;
  }
  if (held !== undefined) yield rowsWithin(held, options);
}

/** The rows that a single object holds: those of its one array of objects. */
function rowsWithin(frame: JsonFrame, { file, textColumn }: JsonRecordsOptions): readonly JsonFrame[] {
  const { raw, position } = frame;
  const fields = fieldsOf(nonFiniteAsNull(raw) ?? raw);
  // What is wrong with it, a record says; what has a text is a row.
  if (typeof fields === "string" || hasText(fields, textColumn)) return [frame];
  const names = Object.keys(fields).filter((name) => isArrayOfObjects(fields[name]));
  if (names.length !== 1) throw noRows(file, `it is ${described(fields)}`, rowsProgram(fields, textColumn));
  return [...arrayElements(raw, names)].map(({ json, line }) => ({
    raw: json,
    position: { chunk: undefined, index: 0, line: position.line + line - 1 },
  }));
}

const isArrayOfObjects = (value: unknown): boolean =>
  Array.isArray(value) && typeof value[0] === "object" && value[0] !== null && !Array.isArray(value[0]);

type Fields = Readonly<Record<string, unknown>>;

const MOST_FIELDS_SHOWN = 5;

/** An object in words: the names of its fields and what is in them. */
function described(fields: Fields): string {
  const entries = Object.entries(fields);
  const shown = entries.slice(0, MOST_FIELDS_SHOWN).map(([name, value]) => `"${excerpt(name)}" (${kindOf(value)})`);
  const more = entries.length > MOST_FIELDS_SHOWN ? ` and ${entries.length - MOST_FIELDS_SHOWN} more` : "";
  return entries.length === 0 ? "an object without fields" : `one object of ${shown.join(", ")}${more}`;
}

function noRows(file: string, found: string, program?: string): HeadstartError {
  const name = file === "-" ? "the pipe" : file;
  const message =
    `Cannot read the rows of ${name}: ${found}, not an array of objects. ` +
    `Write one object a line${program === undefined ? "" : `, such as with ${jqRows(file, program)}`}`;
  return new HeadstartError("E_JSONL", message, { file, line: 1 });
}
