import { excerpt, HeadstartError } from "../errors.js";
import { DELIMITERS, type CsvDialect, type CsvQuoting } from "../formats/csv.js";

/** What is to be found out about how CSV is written, or is known already. */
export interface CsvSettings {
  /** One character; found by the first records when left out. */
  readonly delimiter?: string | undefined;
  /** What a quote means: a character, RFC 4180, or what `quotingOf` says of the delimiter. */
  readonly quote: "auto" | "none" | '"';
}

/**
 * What a quote means between fields of one kind.
 *
 * A tab hardly stands in texts, so whoever separates by tabs often writes no quotes around fields, and a quote that opens
 * one is of the text itself: read as in RFC 4180, it would take rows in up to the next quote. Commas stand in most texts,
 * so there are quotes for them.
 */
function quotingOf(quote: CsvSettings["quote"], delimiter: string | undefined): CsvQuoting {
  if (quote !== "auto") return quote === "none" ? "none" : "rfc4180";
  return delimiter === "\t" ? "line" : "rfc4180";
}

/** @throws HeadstartError E_USAGE unless it can be one */
export function checkDelimiter(delimiter: string | undefined): void {
  if (delimiter === undefined || isDelimiter(delimiter)) return;
  throw new HeadstartError("E_USAGE", `Cannot read CSV with the delimiter "${excerpt(delimiter)}". Give one character`);
}

/** One character that is neither a quote nor a line end. */
export const isDelimiter = (text: string): boolean => text.length === 1 && !/["\r\n\ufeff]/.test(text);

/** Records behind the first that are looked at where it leaves open what the delimiter is. */
const RECORDS_LOOKED_AT = 20;
/** The line with which a file tells Excel its delimiter. */
const SEPARATOR_LINE = /^"?sep=([^"\r\n])"?$/i;
const LONGEST_SEPARATOR_LINE = 8;

/**
 * Finds out from the first records how a CSV file is written.
 *
 * The delimiter is the one of comma, semicolon, tab and pipe that stands in the first record outside quotes. Where several
 * do, it is the one of which most of the 20 records that follow have as many as the first, then the one that the first has
 * most of; a comma where there is none. A first line such as `sep=;` names it, and is no record.
 */
export class CsvStart {
  readonly #settings: CsvSettings;
  readonly #hasQuotes: boolean;
  #quoted = false;
  #begun = false;
  #afterCr = false;
  #first = "";
  #counts: number[] = DELIMITERS.map(() => 0);
  /** How often each delimiter stands in each record. */
  readonly #records: (readonly number[])[] = [];
  #lineEnd: CsvDialect["lineEnd"] | undefined;
  #separator: string | undefined;

  constructor(settings: CsvSettings) {
    this.#settings = settings;
    this.#hasQuotes = quotingOf(settings.quote, settings.delimiter) === "rfc4180";
  }

  /** Takes the next stretch of text; true once no more is needed. */
  push(text: string): boolean {
    for (const character of text) {
      this.#step(character);
      if (this.#isDone()) return true;
    }
    return false;
  }

  /** Whether the first line is one that names the delimiter. */
  get hasSeparatorLine(): boolean {
    return this.#separator !== undefined;
  }

  get dialect(): Omit<CsvDialect, "byteOrderMark"> {
    const delimiter = this.#settings.delimiter ?? this.#separator ?? DELIMITERS[this.#mostProbable()];
    const lineEnd = this.#lineEnd ?? (this.#afterCr ? "\r" : "\n");
    return { delimiter, quoting: quotingOf(this.#settings.quote, delimiter), lineEnd };
  }

  #step(character: string): void {
    if (this.#afterCr) this.#lineEnd ??= character === "\n" ? "\r\n" : "\r";
    this.#afterCr = false;
    if (character === '"' && this.#hasQuotes) this.#quoted = !this.#quoted;
    const lineEnd = character === "\n" || character === "\r";
    if (lineEnd && this.#begun && !this.#quoted) return this.#endRecord(character);
    // Blank lines before a record are no records.
    if (lineEnd && !this.#begun) return;
    this.#begun = true;
    if (this.#records.length === 0 && this.#first.length < LONGEST_SEPARATOR_LINE) this.#first += character;
    const which = this.#quoted ? -1 : DELIMITERS.findIndex((one) => one === character);
    if (which >= 0) this.#counts[which]++;
  }

  #endRecord(character: string): void {
    if (this.#records.length === 0) {
      if (character === "\n") this.#lineEnd = "\n";
      else this.#afterCr = true;
      this.#separator = SEPARATOR_LINE.exec(this.#first)?.[1];
    }
    this.#records.push(this.#counts);
    this.#counts = DELIMITERS.map(() => 0);
    this.#begun = false;
  }

  #isDone(): boolean {
    if (this.#lineEnd === undefined) return false;
    const isKnown = this.#settings.delimiter !== undefined || this.#separator !== undefined;
    return isKnown || this.#candidates().length < 2 || this.#records.length > RECORDS_LOOKED_AT;
  }

  /** Indices of the delimiters in the first record. */
  #candidates(): number[] {
    const [first = this.#counts] = this.#records;
    return first.flatMap((count, which) => (count > 0 ? [which] : []));
  }

  #mostProbable(): number {
    const [first = this.#counts, ...others] = this.#begun ? [...this.#records, this.#counts] : this.#records;
    const agreeing = (which: number): number => others.filter((counts) => counts[which] === first[which]).length;
    const order = this.#candidates().sort((a, b) => agreeing(b) - agreeing(a) || first[b] - first[a] || a - b);
    return order[0] ?? 0;
  }
}
