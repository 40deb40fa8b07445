import { escapeControls } from "./text/escape.js";

/** Exit status of the command line for each code; the list of codes is closed. */
const EXIT_CODES = {
  // usage
  E_USAGE: 2,
  E_OUTPUT_ENDING: 2,
  // input data
  E_INPUT_MISSING: 3,
  E_INPUT_UNREADABLE: 3,
  E_INPUT_ENDING: 3,
  E_ENCODING: 3,
  E_CSV_QUOTE: 3,
  E_CSV_FIELDS: 3,
  E_CSV_HEADER: 3,
  E_COLUMN_MISSING: 3,
  E_COLUMN_AMBIGUOUS: 3,
  E_JSONL: 3,
  E_CONLL: 3,
  E_TAGS: 3,
  E_ARROW: 3,
  E_PARQUET: 3,
  E_LABEL_MISSING: 3,
  E_LABELS: 3,
  E_LABEL_MAP: 3,
  E_NO_ROWS: 3,
  E_NOT_FINITE: 3,
  E_SHAPE: 3,
  E_DIVERGED: 3,
  // encoder, head, saved artifact
  E_ENCODER_MISSING: 4,
  E_ENCODER_INVALID: 4,
  E_ENCODER_UNSUPPORTED: 4,
  E_CHECKSUM: 4,
  E_HUB: 4,
  E_OFFLINE: 4,
  E_HEAD_MISSING: 4,
  E_HEAD_INVALID: 4,
  E_HEAD_MISMATCH: 4,
  E_CACHE_INVALID: 4,
  E_RESUME_MISMATCH: 4,
  E_VECTORS_MISSING: 4,
  E_VECTORS_INVALID: 4,
  // output
  E_OUTPUT_EXISTS: 5,
  E_OUTPUT_WRITE: 5,
  // limits
  E_FIELD_TOO_LARGE: 6,
  E_MEMORY: 6,
  E_TOKENIZER_LIMIT: 6,
  // another run
  E_LOCKED: 7,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

/** Where an error was found; every part is optional. */
export interface ErrorPlace {
  /** File, folder or address as the user named it. */
  readonly file?: string | undefined;
  /** 1-based line of `file`. */
  readonly line?: number | undefined;
  /** 0-based byte offset in `file`, decompressed. */
  readonly byte?: number | undefined;
  /** Column as the header names it. */
  readonly column?: string | undefined;
}

export interface ErrorDetails extends ErrorPlace {
  /** What went wrong underneath. */
  readonly cause?: unknown | undefined;
}

/**
 * A failure that the user can do something about: says what was attempted, where, what was found and, last, what to do.
 *
 * `code` is from a closed list, so callers can switch on it; anything that is not a `HeadstartError` is a defect of ours.
 *
 * @example
 * await loadPipeline("no-such-head").catch((error) => {
 *   if (error instanceof HeadstartError) console.log(error.code, error.exitCode); // E_HEAD_MISSING 4
 * });
 */
export class HeadstartError extends Error {
  override readonly name = "HeadstartError";
  readonly code: ErrorCode;
  readonly place: ErrorPlace;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    const { cause, ...place } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.place = place;
  }

  /** Exit status of the command line: 2 usage, 3 input, 4 encoder or head, 5 output, 6 limit, 7 lock. */
  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}

/** What anything that was thrown says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Text of a row for a message: escaped as `escapeControls` does, cut at 80 characters. */
export function excerpt(text: string): string {
  const escaped = escapeControls(text.slice(0, 81));
  return escaped.length > 80 ? `${escaped.slice(0, 79)}…` : escaped;
}

/** Longer names are cut: nobody mistypes one of them, and a file can have cells of any length where names belong. */
const LONGEST_NAME = 200;
/** Further candidates are not looked at: a file can have as many names as it has rows. */
const MOST_CANDIDATES = 10_000;

/**
 * The one of `candidates` that is fewest edits from `wanted` (at most a third of its length), or undefined. Names count
 * up to 200 characters, candidates up to 10,000.
 */
export function nearestName(wanted: string, candidates: readonly string[]): string | undefined {
  const name = wanted.slice(0, LONGEST_NAME).toLowerCase();
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(Math.min(wanted.length, LONGEST_NAME) / 3)) + 1;
  for (const candidate of candidates.slice(0, MOST_CANDIDATES)) {
    const edits = editDistance(name, candidate.slice(0, LONGEST_NAME).toLowerCase(), fewest - 1);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/**
 * Edits that turn `a` into `b`, in UTF-16 units: insert, delete, replace, or swap two neighbors.
 *
 * @param most  further edits are not counted: where it takes more the result is `most + 1`. Time is bounded by `most`
 *   times the length, memory by the length
 */
export function editDistance(a: string, b: string, most = Math.max(a.length, b.length)): number {
  return editsBetween(...withoutCommonEnds(a, b), most);
}

/** What is left of two strings without the letters that they have in common at their starts and ends. */
function withoutCommonEnds(a: string, b: string): readonly [string, string] {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}

function editsBetween(a: string, b: string, most: number): number {
  const beyond = most + 1;
  if (Math.abs(a.length - b.length) > most) return beyond;
  // Rows i - 2, i - 1 and i of the matrix; places farther than `most` from its diagonal are never reached.
  let [older, last, row] = [0, 1, 2].map(() => new Float64Array(b.length + 1).fill(beyond));
  for (let j = 0; j <= Math.min(b.length, most); j++) last[j] = j;
  let leastOfLast = 0;
  for (let i = 1; i <= a.length; i++) {
    const [from, to] = [Math.max(1, i - most), Math.min(b.length, i + most)];
    row[from - 1] = from === 1 ? i : beyond;
    if (to < b.length) row[to + 1] = beyond;
    let least = row[from - 1];
    for (let j = from; j <= to; j++) {
      const replace = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? older[j - 2] + 1 : beyond;
      row[j] = Math.min(beyond, replace, last[j] + 1, row[j - 1] + 1, swap);
      least = Math.min(least, row[j]);
    }
    // A swap can still come from the row before this one, with one edit more.
    if (least > most && leastOfLast >= most) return beyond;
    [older, last, row, leastOfLast] = [last, row, older, least];
  }
  return last[b.length];
}

/** For the default branch of a switch over a union: a new kind fails to compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
