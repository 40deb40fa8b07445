import { z } from "zod";
import type { Reading } from "../../dataset/reading.js";
import { plain } from "../../text/markdown.js";

const columns = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

/** How the training rows were read, where that is not what is done by default. */
export const ReadingRecord = z.strictObject({
  textColumn: columns.optional(),
  labelColumn: columns.optional(),
  /** Old and new label; null where rows were dropped. */
  map: z.array(z.tuple([z.string(), z.string().nullable()])).optional(),
  dropMissing: z.boolean().optional(),
});

export type ReadingRecord = z.infer<typeof ReadingRecord>;

/** What a head's file keeps of how its training rows were read; undefined where it is all as by default. */
export function readingRecord(reading: Reading | undefined): ReadingRecord | undefined {
  const { textColumn = "text", labelColumn = "label", map, dropMissing = false } = reading ?? {};
  const record: ReadingRecord = {
    ...(textColumn === "text" ? {} : { textColumn: copied(textColumn) }),
    ...(labelColumn === "label" ? {} : { labelColumn: copied(labelColumn) }),
    ...(map === undefined || map.size === 0 ? {} : { map: [...map].map(([from, to]) => [from, to ?? null]) }),
    ...(dropMissing ? { dropMissing } : {}),
  };
  return Object.keys(record).length === 0 ? undefined : record;
}

const copied = (column: string | readonly string[]): string | string[] =>
  typeof column === "string" ? column : [...column];

/** The reading that a head's file keeps; undefined for the default one. */
export function readingOf(record: ReadingRecord | undefined): Reading | undefined {
  if (record === undefined) return undefined;
  const { map, textColumn, ...rest } = record;
  return {
    ...rest,
    textColumn: textColumn as Reading["textColumn"],
    map: map && new Map(map.map(([from, to]) => [from, to ?? undefined])),
  };
}

/** What a head keeps of how its training rows were read. */
export const keptReading = (reading: Reading | undefined): Reading | undefined => readingOf(readingRecord(reading));

/** The lines of a head's card about it. */
export function readingLines(record: ReadingRecord | undefined): string[] {
  if (record === undefined) return [];
  const { textColumn = "text", labelColumn = "label" } = record;
  const names = [textColumn, labelColumn].map((column) => [column].flat().map(plain).join(", "));
  return [`- Columns: texts ${names[0]}, labels ${names[1]}`, ...mapLines(record)];
}

/** Those about the labels alone. */
export function mapLines(record: ReadingRecord | undefined): string[] {
  const renamed = record?.map?.map(([from, to]) =>
    to === null ? `${plain(from)} dropped` : `${plain(from)} as ${plain(to)}`,
  );
  return renamed === undefined ? [] : [`- Label map: ${renamed.join(", ")}`];
}
