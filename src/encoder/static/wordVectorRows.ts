import { HeadstartError, excerpt } from "../../errors.js";
import { parseDecimal } from "../../math/decimal.js";
import { openTable, type WordVectorTable } from "./vectorTable.js";
import type { WordVectorFormat } from "./wordVectorFormat.js";

/** Words with the rows of their vectors. */
export interface WordVectors {
  readonly words: ReadonlyMap<string, number>;
  readonly table: WordVectorTable;
  /** Rows left out because their word stood before. */
  readonly repeated: number;
}

/** Reads the rows of a file as its bytes come. */
interface RowReader {
  /** Takes the next bytes; with `last` all that is left has to be whole rows. */
  read(bytes: Buffer, last: boolean): void;
  /** What was read, once all is. */
  done(): WordVectors;
}

/** Longer rows do not occur; a file without line ends would be gathered whole. */
const LONGEST_ROW = 16 * 1024 * 1024;
/** A little fewer than a Map can hold. */
const MOST_WORDS = 16_000_000;

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;

/**
 * Reads rows after the first line of a format that has one.
 *
 * A word that comes twice keeps its first vector. In text the last `width` fields are the numbers and what stands before
 * them is the word, in which GloVe has spaces at times (`. . .`). Bytes that are not UTF-8 become U+FFFD.
 *
 * @throws HeadstartError E_ENCODER_INVALID, with the line, for a row of too few or too many numbers, without a word, with
 *   anything but finite numbers, and when there are not as many rows as the first line says
 */
export function rowReader(format: WordVectorFormat, file: string): RowReader {
  const { width, rows } = format;
  const table = openTable(width);
  const words = new Map<string, number>();
  const scratch = new Float32Array(width);
  let [read, repeated] = [0, 0];
  let rest: Buffer = Buffer.alloc(0);
  const header = format.headerBytes > 0 ? 1 : 0;
  const place = (): string => (format.kind === "text" ? `line ${read + 1 + header}` : `row ${read + 1}`);
  const refuse = (found: string): HeadstartError =>
    new HeadstartError("E_ENCODER_INVALID", `Cannot read the word vectors of ${file}: ${found}. Fetch the file again`, {
      file,
      line: format.kind === "text" ? read + 1 + header : undefined,
    });
  const keep = (word: string): void => {
    if (word === "") throw refuse(`${place()} has no word`);
    if (read === rows) throw refuse(`it has more rows than the ${rows} that its first line says`);
    if (words.has(word)) repeated++;
    else if (words.size === MOST_WORDS) throw refuse(`it has more than ${MOST_WORDS} words`);
    else {
      words.set(word, table.rows);
      table.add(scratch);
    }
    read++;
  };
  const take = format.kind === "text" ? takeLines : takeRecords;
  return {
    read(bytes, last) {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      rest = rest.subarray(take(rest, { scratch, last, keep, refuse: (found) => refuse(`${place()} ${found}`) }));
      if (rest.length > LONGEST_ROW) throw refuse(`${place()} has no end`);
    },
    done() {
      if (rows !== undefined && read < rows)
        throw refuse(`it ends after ${read} of the ${rows} rows that its first line says`);
      return { words, table, repeated };
    },
  };
}

interface Taking {
  readonly scratch: Float32Array;
  readonly last: boolean;
  /** Keeps the row in `scratch`. */
  readonly keep: (word: string) => void;
  readonly refuse: (found: string) => HeadstartError;
}

/** Takes the whole lines in `bytes`. @returns how many bytes they were */
function takeLines(bytes: Buffer, taking: Taking): number {
  let start = 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(0x0a, start);
    if (found < 0 && !taking.last) break;
    const end = found < 0 ? bytes.length : found;
    takeLine(bytes, { start, end }, taking);
    start = end + 1;
  }
  return Math.min(start, bytes.length);
}

function takeLine(
  bytes: Buffer,
  { start, end }: { start: number; end: number },
  { scratch, keep, refuse }: Taking,
): void {
  const width = scratch.length;
  let at = end;
  for (let i = width - 1; i >= 0; i--) {
    while (at > start && isBlank(bytes[at - 1])) at--;
    const fieldEnd = at;
    while (at > start && !isBlank(bytes[at - 1])) at--;
    if (at === start) {
      if (fieldEnd === start && i === width - 1) return; // an empty line
      throw refuse(`has ${width - i - (fieldEnd === start ? 1 : 0)} fields where a word and ${width} numbers belong`);
    }
    const value = parseDecimal(bytes, at, fieldEnd);
    scratch[i] = value;
    if (!Number.isFinite(scratch[i])) {
      throw refuse(
        `has "${excerpt(bytes.toString("utf8", at, Math.min(fieldEnd, at + 90)))}" where a finite number belongs`,
      );
    }
  }
  const word = bytes.toString("utf8", start, at).replace(/^[ \t]+|[ \t]+$/g, "");
  const [, ...more] = word.split(/[ \t]+/);
  if (more.some((part) => Number.isFinite(Number(part)))) throw refuse(`has more than ${width} numbers after its word`);
  keep(word);
}

/** Takes the whole binary rows in `bytes`: a word, a space, float32 numbers, and at times a line end. */
function takeRecords(bytes: Buffer, { scratch, last, keep, refuse }: Taking): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  for (;;) {
    while (bytes[start] === 0x0a) start++;
    if (start >= bytes.length) return bytes.length;
    const space = bytes.indexOf(0x20, start);
    const end = space + 1 + 4 * scratch.length;
    if (space < 0 || end > bytes.length) {
      if (last) throw refuse("is cut");
      return start;
    }
    for (let i = 0; i < scratch.length; i++) {
      scratch[i] = view.getFloat32(space + 1 + 4 * i, true);
      if (!Number.isFinite(scratch[i])) throw refuse(`has ${scratch[i]} where a finite number belongs`);
    }
    keep(bytes.toString("utf8", start, space));
    start = end;
  }
}
