import { DELIMITERS } from "../formats/csv.js";

/**
 * Finds the delimiter of a CSV file: comma, semicolon, tab or pipe, whichever its first record holds most often outside
 * quotes; a comma when there is none.
 */
export class DelimiterSniffer {
  readonly #counts = [0, 0, 0, 0];
  #quoted = false;
  #begun = false;

  /** Takes the next stretch of text; true once the first record has ended. */
  push(text: string): boolean {
    for (const character of text) {
      if (character === '"') this.#quoted = !this.#quoted;
      const lineEnd = character === "\n" || character === "\r";
      if (lineEnd && this.#begun && !this.#quoted) return true;
      // Blank lines before the first record are no records.
      if (!lineEnd) this.#begun = true;
      const which = this.#quoted ? -1 : DELIMITERS.findIndex((one) => one === character);
      if (which >= 0) this.#counts[which]++;
    }
    return false;
  }

  get delimiter(): string {
    return DELIMITERS[this.#counts.indexOf(Math.max(...this.#counts))];
  }
}
