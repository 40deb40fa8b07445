import { messageOf } from "../../errors.js";
import { withFile } from "../../files/readBytes.js";
import { PARSERS, parquetColumns, type ParquetColumn } from "../../formats/parquet/columns.js";
import { openParquet, type ParquetFile } from "../../formats/parquet/open.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "../../formats/vectorColumns.js";
import type { ParquetReply, ParquetRows } from "./parquetTable.js";

/** Rows that are decoded at a time, and that are given at a time. */
const DECODED_ROWS = 2 ** 16;
const GIVEN_ROWS = 1024;
/** UTF-16 units of the rows given at a time, after which no more are. */
const GIVEN_TEXT = 2 ** 21;

/** The process of `openParquetTable`: says what the columns are, then some rows each time it is asked, and ends. */
async function main(path: string, checked: boolean): Promise<void> {
  // The signals of a terminal go to all processes; this one ends with the one that reads.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
  process.on("disconnect", () => process.exit());
  try {
    await withFile(path, async (file) => giveAll(await openParquet(file, { checked })));
  } catch (error) {
    const tripped = error instanceof TypeError || error instanceof RangeError;
    await say({ kind: "failure", message: messageOf(error), tripped });
  }
  process.disconnect();
}

async function giveAll(file: ParquetFile): Promise<void> {
  const all = parquetColumns(file.columns);
  const own = all.filter((column) => isOwn(column, all));
  const names = own.map(({ name }) => name);
  const vectors = all.flatMap(({ name }) => (names.includes(name) ? [] : [name]));
  await say({ kind: "columns", columns: own.map(({ name, type, isText }) => ({ name, type, isText })), vectors });
  for await (const rows of file.rows(names, { most: DECODED_ROWS, parsers: PARSERS, utf8: false }))
    for await (const part of partsOf(rows, own)) {
      await asked();
      await say({ kind: "rows", ...part });
    }
  await asked();
  await say({ kind: "end" });
}

/** Whether a column travels along: the vectors of an earlier embedding do not. */
function isOwn({ name, numberBits, type }: ParquetColumn, all: readonly ParquetColumn[]): boolean {
  if (name === VECTOR_COLUMN) return numberBits === undefined;
  if (name !== SCALE_COLUMN || type?.kind !== "float") return true;
  return all.find((column) => column.name === VECTOR_COLUMN)?.numberBits !== 8;
}

function* partsOf(rows: readonly unknown[][], columns: readonly ParquetColumn[]): Generator<ParquetRows> {
  let cells: (string | null)[][] = [];
  let json: (string | undefined)[][] = [];
  let text = 0;
  for (const row of rows) {
    const own = columns.map(({ cell }, c) => cell(row[c]));
    cells.push(own.map(([value]) => value));
    json.push(own.map(([, value]) => value));
    for (const [value] of own) text += value?.length ?? 0;
    if (cells.length < GIVEN_ROWS && text < GIVEN_TEXT) continue;
    yield { cells, json };
    [cells, json, text] = [[], [], 0];
  }
  if (cells.length > 0) yield { cells, json };
}

const asked = (): Promise<void> => new Promise((resolve) => process.once("message", () => resolve()));

const say = (reply: ParquetReply): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send!(reply, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });

await main(process.argv[2], process.argv[3] === "checked");
