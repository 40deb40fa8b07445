import type { PendingFile } from "../../files/commit.js";
import type { EntityMistake, Mistake, Pipeline } from "../../pipeline/pipeline.js";
import { openRowWriter, type Cell, type RowWriterOptions } from "../../vectors/rowWriter.js";

/** Mistakes of a head of one kind. */
export interface Mistakes {
  readonly kind: Pipeline["kind"];
  readonly mistakes: readonly (Mistake | EntityMistake)[];
  readonly options: RowWriterOptions;
}

const LABEL_COLUMNS = ["text", "label", "predicted", "probability", "file", "line"];
const ENTITY_COLUMNS = ["text", "entities", "predicted", "file", "line"];

/** The mistakes as a file of `.csv` or `.jsonl`, written but not under its name yet; entities stand there as JSON. */
export const mistakesFile = (file: string, { kind, mistakes, options }: Mistakes): Promise<PendingFile> =>
  rowsFile(file, { columns: kind === "tagger" ? ENTITY_COLUMNS : LABEL_COLUMNS, rows: mistakes, options });

/** Rows as such a file: of each the fields that are named, whatever is no text and no number as JSON. */
export async function rowsFile(
  file: string,
  {
    columns,
    rows,
    options,
  }: { readonly columns: readonly string[]; readonly rows: readonly object[]; readonly options: RowWriterOptions },
): Promise<PendingFile> {
  const writer = await openRowWriter(file, columns, options);
  try {
    for (const row of rows) {
      const cells = { ...row } as Readonly<Record<string, unknown>>;
      await writer.write(columns.map((column) => cellOf(cells[column])));
    }
    return await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

const cellOf = (value: unknown): Cell => (typeof value === "object" ? JSON.stringify(value) : (value as Cell));
