import { HeadstartError } from "../errors.js";
import { CR, LF, QUOTE } from "../formats/csv.js";
import { byteAt, type TextChunk, type TextPosition } from "./decode/textChunk.js";
import type { Fault } from "./table.js";

/** A CSV record cut out of its file, quotes still in place. */
export interface CsvFrame {
  readonly text: string;
  /** Whether a quote stands in it. */
  readonly quoted: boolean;
  /** Where its first character stands. */
  readonly position: TextPosition;
  /** The first quote that is not where RFC 4180 allows one; none where a quote is a character like any other. */
  readonly fault: Fault | undefined;
}

interface CsvFramerOptions {
  readonly file: string;
  /** One character. */
  readonly delimiter: string;
  /** Whether quotes are those of RFC 4180; otherwise a record is a line. */
  readonly hasQuotes: boolean;
  /** Longest field, in bytes of UTF-8. */
  readonly maxFieldBytes: number;
}

const BACKSLASH = 0x5c;
/** Of one UTF-16 unit. */
const MOST_UTF8_BYTES = 3;
/** A record may be this many times the longest field: it bounds memory when a file has no line ends. */
const FIELDS_IN_LONGEST_RECORD = 4;

type State = "field start" | "bare" | "quoted" | "quote in quoted";

/**
 * Cuts text into CSV records, knowing for each the line and byte where it starts and where its quote opened.
 *
 * Lines end in LF, CRLF or CR, mixed as they come; blank lines are no records. In RFC 4180 a quote may only open a field
 * or, doubled, stand inside a quoted one: another one is a fault of its record, which then ends with its line. A quote that
 * is still open at the end of the file, or after `maxFieldBytes`, is an error at the quote: nothing behind it is reliable.
 */
export class CsvFramer {
  readonly #options: CsvFramerOptions;
  readonly #delimiter: number;
  /** What opens and closes a field; NaN, which no character is, where nothing does. */
  readonly #quote: number;
  #line = 1;
  #state: State = "field start";
  #afterCr = false;
  #previous = 0;
  #fieldBytes = 0;
  /** Parts of the current record that stood in earlier chunks, and their length. */
  #parts: string[] = [];
  #partsLength = 0;
  #start: TextPosition | undefined;
  #opening: TextPosition | undefined;
  #backslashBeforeQuote = false;
  /** Where the lines of the current record begin behind its first one. */
  #furtherLines: TextPosition[] = [];
  #fault: Fault | undefined;

  constructor(options: CsvFramerOptions) {
    this.#options = options;
    this.#delimiter = options.delimiter.charCodeAt(0);
    this.#quote = options.hasQuotes ? QUOTE : NaN;
  }

  /** 1-based line that has been reached. */
  get line(): number {
    return this.#line;
  }

  /**
   * The records that end in this chunk.
   *
   * @throws HeadstartError E_CSV_QUOTE or E_FIELD_TOO_LARGE when a field does not end in time
   */
  push(chunk: TextChunk): CsvFrame[] {
    const frames: CsvFrame[] = [];
    const { text } = chunk;
    const quote = this.#options.hasQuotes ? nextIn(text, '"') : nowhere;
    const next = { lf: nextIn(text, "\n"), cr: nextIn(text, "\r"), quote };
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      if (i === from && this.#start === undefined && !this.#afterCr) {
        from = this.#plainLines(chunk, i, next, frames);
        i = from;
        if (i >= text.length) break;
      }
      const c = text.charCodeAt(i);
      const lineEnd = c === LF || c === CR;
      const secondOfCrLf = c === LF && this.#afterCr;
      this.#afterCr = c === CR;
      if (lineEnd && this.#state !== "quoted") {
        if (!secondOfCrLf) this.#endRecord(text.slice(from, i), frames);
        from = i + 1;
      }
      if (lineEnd && !secondOfCrLf) this.#line++;
      if (lineEnd && this.#state !== "quoted") continue;
      if (lineEnd) this.#noteLine({ chunk, index: i + 1, line: this.#line }, secondOfCrLf);
      this.#start ??= { chunk, index: i, line: this.#line };
      this.#step(c, chunk, i);
      this.#previous = c;
    }
    this.#keep(text.slice(from));
    return frames;
  }

  /**
   * The last record, when the file does not end in a line end.
   *
   * @throws HeadstartError E_CSV_QUOTE when a quote is still open
   */
  end(): CsvFrame[] {
    if (this.#state === "quoted") throw this.#neverClosed("is never closed");
    const frames: CsvFrame[] = [];
    this.#endRecord("", frames);
    return frames;
  }

  /**
   * Takes whole lines that hold no quote and no lone CR, and are short enough, without a look at each character.
   *
   * @returns where the first other one begins
   */
  #plainLines(chunk: TextChunk, from: number, next: Record<"lf" | "cr" | "quote", NextIn>, frames: CsvFrame[]): number {
    const mostCharacters = this.#options.maxFieldBytes / MOST_UTF8_BYTES;
    for (let at = from; ;) {
      const end = next.lf(at);
      const cr = next.cr(at);
      if (end === Infinity || next.quote(at) < end || cr < end - 1 || end - at > mostCharacters) return at;
      const text = chunk.text.slice(at, Math.min(cr, end));
      if (text !== "")
        frames.push({ text, quoted: false, position: { chunk, index: at, line: this.#line }, fault: undefined });
      this.#line++;
      at = end + 1;
    }
  }

  #step(c: number, chunk: TextChunk, index: number): void {
    switch (this.#state) {
      case "quoted":
        if (c === this.#quote) {
          this.#state = "quote in quoted";
          this.#backslashBeforeQuote ||= this.#previous === BACKSLASH;
          return;
        }
        break;
      case "quote in quoted":
        if (c === this.#delimiter) return this.#endField();
        if (c === this.#quote) {
          this.#state = "quoted";
        } else {
          this.#misplaced(this.#opening, "the quoted field opened here goes on after its closing quote");
          this.#state = "bare";
        }
        break;
      default:
        if (c === this.#delimiter) return this.#endField();
        // Behind a fault no quote means anything, so that the record ends with its line.
        if (c === this.#quote && this.#state === "field start" && this.#fault === undefined) {
          this.#state = "quoted";
          this.#opening = { chunk, index, line: this.#line };
          return;
        }
        if (c === this.#quote)
          this.#misplaced({ chunk, index, line: this.#line }, "a quote stands inside an unquoted field");
        this.#state = "bare";
    }
    this.#fieldBytes += utf8Bytes(c);
    if (this.#fieldBytes > this.#options.maxFieldBytes) this.#tooLong("a field", this.#options.maxFieldBytes);
  }

  #endField(): void {
    this.#state = "field start";
    this.#fieldBytes = 0;
    this.#opening = undefined;
    this.#backslashBeforeQuote = false;
  }

  #endRecord(last: string, frames: CsvFrame[]): void {
    if (this.#start !== undefined) {
      const text = this.#parts.length === 0 ? last : this.#parts.join("") + last;
      if (this.#fault === undefined || this.#furtherLines.length === 0)
        frames.push({ text, quoted: text.includes('"'), position: this.#start, fault: this.#fault });
      else frames.push(...faultyLines(text, [this.#start, ...this.#furtherLines], this.#fault));
    }
    this.#endField();
    this.#parts = [];
    this.#partsLength = 0;
    this.#start = undefined;
    this.#furtherLines = [];
    this.#fault = undefined;
    this.#previous = 0;
  }

  #noteLine(begin: TextPosition, secondOfCrLf: boolean): void {
    if (secondOfCrLf) this.#furtherLines.pop();
    this.#furtherLines.push(begin);
  }

  #keep(part: string): void {
    if (part === "") return;
    this.#parts.push(part);
    this.#partsLength += part.length;
    const limit = FIELDS_IN_LONGEST_RECORD * this.#options.maxFieldBytes;
    if (this.#partsLength > limit) this.#tooLong("a row", limit);
  }

  #misplaced(position: TextPosition | undefined, found: string): void {
    const backslash = this.#backslashBeforeQuote ? " (a backslash does not escape a quote in CSV)" : "";
    this.#fault ??= {
      code: "E_CSV_QUOTE",
      position,
      found: found + backslash,
      advice:
        `Write a field that holds quotes as "a ""b"" c"; where a quote is a character like any other, read the file with ` +
        `--quote none; or leave such rows out with --bad-rows skip`,
    };
  }

  #tooLong(what: string, limit: number): never {
    if (this.#state === "quoted") throw this.#neverClosed(`is not closed within ${limit} bytes`);
    const { file } = this.#options;
    const place = { file, line: this.#start?.line ?? this.#line };
    throw new HeadstartError(
      "E_FIELD_TOO_LARGE",
      `Cannot read the row at ${file}:${place.line}: ${what} is longer than ${limit} bytes. ` +
        `Check that the file is text with line ends, or raise --max-field`,
      place,
    );
  }

  #neverClosed(found: string): HeadstartError {
    const { file } = this.#options;
    const line = this.#opening?.line ?? this.#line;
    const backslash = this.#backslashBeforeQuote ? "; a backslash before a quote does not escape it" : "";
    const message =
      `Cannot read ${file}: the quoted field opened at line ${line} ${found}${backslash}. ` +
      `Close it, and write a quote inside a field twice; where a quote is a character like any other, read the file with ` +
      `--quote none`;
    const byte = this.#opening === undefined ? 0 : (byteAt(this.#opening).byte ?? 0);
    return new HeadstartError("E_CSV_QUOTE", message, { file, line, byte });
  }
}

/**
 * The lines of a record with a fault, a frame each: nobody knows what belongs together there, and none is to go uncounted.
 *
 * @param positions  where each of them begins
 */
function faultyLines(text: string, positions: readonly TextPosition[], fault: Fault): CsvFrame[] {
  return text
    .split(/\r\n|\n|\r/)
    .flatMap((line, i): CsvFrame[] =>
      line === "" ? [] : [{ text: line, quoted: true, position: positions[i], fault }],
    );
}

/** Where a character stands next from an index on, Infinity where nowhere; the indices must not fall. */
type NextIn = (from: number) => number;

function nextIn(text: string, character: string): NextIn {
  let at = -1;
  return (from) => {
    if (at < from) at = text.indexOf(character, from);
    if (at < 0) at = Infinity;
    return at;
  };
}

const nowhere: NextIn = () => Infinity;

/** Bytes of UTF-8 for one UTF-16 unit; each half of a surrogate pair counts two. */
const utf8Bytes = (c: number): number => (c < 0x80 ? 1 : c < 0x800 || (c & 0xf800) === 0xd800 ? 2 : 3);
