import { counted } from "../text/numbers.js";
import type { RowRemark } from "./table.js";

/** What is worth telling of rows, each kind once: what is doubtful about a row, and what was left out. */
export type Remark = RowRemark | "header again" | "text without a name";

const MOST_PLACES = 5;

/** Counts remarks about rows, and puts them into words. */
export class RowRemarks {
  readonly #counts = new Map<Remark, number>();
  /** The first ones. */
  readonly #places = new Map<Remark, string[]>();

  add(remark: Remark, file: string, line: number): void {
    this.#counts.set(remark, this.count(remark) + 1);
    const places = this.#places.get(remark) ?? [];
    if (places.length < MOST_PLACES) this.#places.set(remark, [...places, `${file}:${line}`]);
  }

  count(remark: Remark): number {
    return this.#counts.get(remark) ?? 0;
  }

  notices(): readonly string[] {
    return (Object.keys(SENTENCES) as (keyof typeof SENTENCES)[]).flatMap((remark) => {
      const n = this.count(remark);
      return n === 0 ? [] : [SENTENCES[remark](n, this.#places.get(remark) ?? [])];
    });
  }
}

type Sentence = (n: number, places: readonly string[]) => string;

const SENTENCES = {
  "open quote": (n, [first]) =>
    `${counted(n, "row")} with a quote that opens a field and is not closed on its line (the first at ${first}), read as ` +
    `a character; if fields go on over line ends, read the file with --quote '"'`,
  "lines like rows": (n, [first]) =>
    `${counted(n, "row")} of several lines, each of which could be a row of its own (the first at ${first}): a quote opens ` +
    `a field there and is closed on a later line; where a quote is a character like any other, read the file with ` +
    `--quote none`,
  "like the header": (n, [first]) =>
    `${counted(n, "row")} with the name of the column as the text (the first at ${first}), read like any other; ` +
    `take the line out if it is the header once more`,
  "header again": (n, places) =>
    `the header stands in the data once more: ${listed(n, places)}, left out and counted as rejected`,
  "text without a name": (n, [first]) =>
    `${counted(n, "row")} with text in columns that the header has no name for (the first at ${first}), left out: ` +
    `name such a column in the header, or ask for it as column3 or so by its place`,
} satisfies Record<Remark, Sentence>;

function listed(n: number, places: readonly string[]): string {
  const shown = places.join(", ");
  return n > places.length ? `${shown} and ${counted(n - places.length, "other place")}` : shown;
}
