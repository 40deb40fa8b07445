import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LabeledRow, TaggedRow } from "../../../src/pipeline/rows.js";
import { fixture } from "../encoder/tinyBert.js";

/** An encoder that loads in no time, and one thread, with which everything repeats. */
export const QUICK = { encoder: fixture("tiny-bert"), threads: 1, offline: true } as const;

const WORDS = { good: ["sun", "lovely", "great", "happy"], bad: ["rain", "awful", "worst", "sad"] };

/** Rows that can be learned, all different, labels in turn. */
export const toyRows = (n = 40): LabeledRow[] =>
  Array.from({ length: n }, (_, i) => {
    const label = i % 2 === 0 ? "good" : "bad";
    return { text: `${WORDS[label][i % 4]} ${WORDS[label][(i + 1) % 4]} day ${i}`, label };
  });

/** Sentences with one entity each. */
export const toySentences = (n = 20): TaggedRow[] =>
  Array.from({ length: n }, (_, i) => {
    const name = ["Ada", "Grace", "Alan"][i % 3];
    return { text: `${name} was here on day ${i}`, entities: [{ start: 0, end: name.length, label: "person" }] };
  });

export async function* oneByOne<T>(rows: readonly T[]): AsyncGenerator<T> {
  yield* rows;
}

/** @returns path of a CSV file with the rows */
export async function writeCsv(folder: string, name: string, rows: readonly LabeledRow[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `text,label\n${rows.map(({ text, label }) => `${text},${label}\n`).join("")}`);
  return path;
}
