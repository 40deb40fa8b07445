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
  E_LABEL_MISSING: 3,
  E_LABELS: 3,
  E_LABEL_MAP: 3,
  E_NO_ROWS: 3,
  E_NOT_FINITE: 3,
  E_SHAPE: 3,
  E_DIVERGED: 3,
  // encoder, head, saved artefact
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
  // another run
  E_LOCKED: 7,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

/** Where an error was found; every part is optional. */
export interface ErrorPlace {
  /** File, folder or address as the user named it. */
  readonly file?: string;
  /** 1-based line of `file`. */
  readonly line?: number;
  /** 0-based byte offset in `file`, decompressed. */
  readonly byte?: number;
  /** Column as the header names it. */
  readonly column?: string;
}

export interface ErrorDetails extends ErrorPlace {
  /** What went wrong underneath. */
  readonly cause?: unknown;
}

/**
 * A failure that the user can do something about: says what was attempted, where, what was found and, last, what to do.
 *
 * `code` is from a closed list, so callers can switch on it; anything that is not a `HeadstartError` is a defect of ours.
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

/** Text of a row for a message: control characters escaped, cut at 80 characters. */
export function excerpt(text: string): string {
  const escaped = text
    .slice(0, 81)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (c) =>
      Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
    );
  return escaped.length > 80 ? `${escaped.slice(0, 79)}…` : escaped;
}

/** The one of `candidates` that is fewest edits from `wanted` (at most a third of its length), or undefined. */
export function nearestName(wanted: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(wanted.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Edits that turn `a` into `b`, in UTF-16 units: insert, delete, replace, or swap two neighbours. */
export function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? rows[i - 2][j - 2] + 1 : Infinity;
      rows[i][j] = Math.min(replace, rows[i - 1][j] + 1, rows[i][j - 1] + 1, swap);
    }
  }
  return rows[a.length][b.length];
}

/** For the default branch of a switch over a union: a new kind fails to compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
