import { HeadstartError } from "../../errors.js";
import type { TextChunk, TextPosition } from "../decode/textChunk.js";
import { jqRows } from "./jqRows.js";

/** One value as it stands in a JSON document. */
export interface JsonFrame {
  readonly position: TextPosition;
  readonly raw: string;
}

interface JsonFramerOptions {
  readonly file: string;
  /** Longest value, in UTF-16 units. */
  readonly maxLength: number;
  /** What holds the values: one array, or nothing, where objects stand one after the other. */
  readonly form: "array" | "objects";
}

const SPACE = /[ \t\r]*/y;
const IN_VALUE = /["[\]{},\n]/g;
const IN_STRING = /["\\\n]/g;
const CLOSING: Readonly<Record<string, string>> = { "[": "]", "{": "}" };

/**
 * Cuts the text of a JSON document into the values of its array, or into its objects, without parsing them: memory is
 * bounded by the longest value. A comma behind the last value is passed over.
 */
export class JsonFramer {
  readonly #options: JsonFramerOptions;
  /** What comes next where no value has begun. */
  #expected: "array" | "first" | "value" | "separator" | "end";
  /** Brackets that close what is open in the value. */
  readonly #closing: string[] = [];
  #inString = false;
  #start: TextPosition | undefined;
  #parts: string[] = [];
  #length = 0;
  /** From 1. */
  #line = 1;

  constructor(options: JsonFramerOptions) {
    this.#options = options;
    this.#expected = options.form === "array" ? "array" : "value";
  }

  /** The line that was reached. */
  get line(): number {
    return this.#line;
  }

  /** Whether the array has ended. */
  get ended(): boolean {
    return this.#expected === "end";
  }

  /** The values that end in the next stretch of text. @throws HeadstartError E_JSONL, E_FIELD_TOO_LARGE */
  push(chunk: TextChunk): readonly JsonFrame[] {
    const frames: JsonFrame[] = [];
    let at = 0;
    while (at < chunk.text.length) {
      if (this.#start === undefined) {
        at = this.#between(chunk, at);
        continue;
      }
      const end = this.#valueEnd(chunk.text, at);
      this.#keep(chunk.text.slice(at, end.at));
      if (end.found) frames.push(this.#frame());
      at = end.at;
    }
    return frames;
  }

  /** @throws HeadstartError E_JSONL where the text ended in the middle */
  end(): void {
    if (this.#start !== undefined) throw this.#wrong(`the value that starts at line ${this.#start.line} has no end`);
    const isWhole = this.#options.form === "objects" || this.#expected === "end" || this.#expected === "array";
    if (!isWhole) throw this.#wrong("its array has no end: it is cut off");
  }

  /** Passes over what stands between two values; gives where the next one starts, or the end of the text. */
  #between({ text, ...chunk }: TextChunk, at: number): number {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)![0].length;
    if (at === text.length) return at;
    const found = text[at];
    if (found === "\n") this.#line++;
    else if (this.#expected === "array" && found === "[") this.#expected = "first";
    else if (this.#expected === "separator" && found === ",") this.#expected = "value";
    else if (this.#options.form === "array" && this.#expected !== "array" && found === "]" && !this.ended)
      this.#expected = "end";
    else if (this.#expected === "first" || this.#expected === "value") return this.#begin({ text, ...chunk }, at);
    else throw this.#unexpected(found);
    return at + 1;
  }

  #begin(chunk: TextChunk, at: number): number {
    const found = chunk.text[at];
    if (/[,\]}]/.test(found) || (this.#options.form === "objects" && found !== "{")) throw this.#unexpected(found);
    this.#start = { chunk, index: at, line: this.#line };
    return at;
  }

  /** Where the value ends in the text, or that it goes on behind it. */
  #valueEnd(text: string, at: number): { readonly found: boolean; readonly at: number } {
    for (;;) {
      const pattern = this.#inString ? IN_STRING : IN_VALUE;
      pattern.lastIndex = this.#skip(at, text);
      const match = pattern.exec(text);
      if (match === null) return { found: false, at: text.length };
      const sign = match[0];
      at = match.index + 1;
      if (sign === "\n") this.#line++;
      else if (sign === "\\") this.#escaped = true;
      else if (sign === '"') this.#inString = !this.#inString;
      else if (CLOSING[sign] !== undefined) this.#closing.push(CLOSING[sign]);
      else if (this.#closing.length === 0) return { found: true, at: match.index };
      else if (sign !== ",") {
        const closing = this.#closing.pop();
        if (sign !== closing) throw this.#wrong(`it has ${sign} where ${closing} is expected`);
        if (this.#closing.length === 0) return { found: true, at };
      }
    }
  }

  /** Whether the last character was a backslash in a string: the next one means itself. */
  #escaped = false;

  #skip(at: number, text: string): number {
    if (!this.#escaped || at >= text.length) return at;
    this.#escaped = false;
    return at + 1;
  }

  #keep(part: string): void {
    this.#parts.push(part);
    this.#length += part.length;
    const { file, maxLength } = this.#options;
    if (this.#length <= maxLength) return;
    throw new HeadstartError(
      "E_FIELD_TOO_LARGE",
      `Cannot read ${nameOf(file)}: its value at line ${this.#start!.line} is longer than ${maxLength} characters. ` +
        `Write one object a line, such as with ${jqRows(file)}, or raise --max-field`,
      { file, line: this.#start!.line },
    );
  }

  #frame(): JsonFrame {
    const frame = { position: this.#start!, raw: this.#parts.join("").trimEnd() };
    this.#start = undefined;
    [this.#parts, this.#length] = [[], 0];
    this.#expected = this.#options.form === "array" ? "separator" : "value";
    return frame;
  }

  #unexpected(found: string): HeadstartError {
    const shown = JSON.stringify(found);
    if (this.ended) return this.#wrong(`it goes on with ${shown} after its array`);
    if (this.#expected === "separator") return this.#wrong(`it has ${shown} where a comma or ] is expected`);
    return this.#wrong(`it has ${shown} where an object is expected`);
  }

  #wrong(found: string): HeadstartError {
    const { file } = this.#options;
    const message = `Cannot read ${nameOf(file)} as JSON: at line ${this.#line} ${found}. Write one array of objects, or one object a line`;
    return new HeadstartError("E_JSONL", message, { file, line: this.#line });
  }
}

const nameOf = (file: string): string => (file === "-" ? "the pipe" : file);
