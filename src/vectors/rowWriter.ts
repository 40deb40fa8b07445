import { HeadstartError } from "../errors.js";
import {
  checkOutputFolder,
  commitTogether,
  openPending,
  type CommitFilesOptions,
  type PendingFile,
} from "../files/commit.js";
import { refuseReplacingFile } from "../files/replacing.js";
import { csvLine, type Cell, type CsvDialect } from "../formats/csv.js";

export type { Cell } from "../formats/csv.js";

/** Writes rows of named columns; nothing is visible under the final name before `commit`. */
export interface RowWriter {
  /** @param json  of the cells that it has a place for, as JSONL gets them */
  write(cells: readonly Cell[], json?: readonly (string | undefined)[]): Promise<void>;
  /** Ends the file and hands it over, to be committed together with others. */
  finish(): Promise<PendingFile>;
  /** @throws HeadstartError E_OUTPUT_EXISTS, E_OUTPUT_WRITE */
  commit(): Promise<void>;
  /** Removes everything written so far; after `commit` it does nothing. */
  abort(): Promise<void>;
}

const FLUSH_AT = 2 ** 16;

/** Formats of rows: CSV with a header, or JSON lines, one object a row. */
export type RowFormat = "csv" | "jsonl";

/** @throws HeadstartError E_OUTPUT_ENDING unless the path ends in `.csv` or `.jsonl` */
export function rowFormat(path: string): RowFormat {
  if (path.endsWith(".csv")) return "csv";
  if (path.endsWith(".jsonl")) return "jsonl";
  throw new HeadstartError("E_OUTPUT_ENDING", `Cannot tell how to write ${path} from its ending. Use .csv or .jsonl`, {
    file: path,
  });
}

export interface RowWriterOptions extends CommitFilesOptions {
  /** Whether the caller has seen to it that nothing is there that is not to be replaced; `commit` looks again. @default false */
  readonly claimed?: boolean | undefined;
  /** How CSV is written, but for its quotes, which are always those of RFC 4180. @default commas, CRLF, no byte order mark */
  readonly dialect?: CsvDialect | undefined;
}

/** Rows as text in one of the formats. */
interface RowText {
  /** What stands before the first row. */
  readonly head: string;
  readonly row: RowTextOf;
}

type RowTextOf = (cells: readonly Cell[], json?: readonly (string | undefined)[]) => string;

function rowText(format: RowFormat, columns: readonly string[], dialect?: CsvDialect): RowText {
  const checked = (cells: readonly Cell[]): readonly Cell[] => {
    if (cells.length === columns.length) return cells;
    throw new RangeError(`a row of ${cells.length} cells for ${columns.length} columns`);
  };
  if (format === "csv") {
    const mark = dialect?.byteOrderMark === true ? "\ufeff" : "";
    return { head: mark + csvLine(columns, dialect), row: (cells) => csvLine(checked(cells), dialect) };
  }
  const names = columns.map((column) => JSON.stringify(column));
  return { head: "", row: (cells, json = []) => jsonLine(names, checked(cells), json) };
}

/** Writes rows of named columns to a pipe, where what was written cannot be taken back. */
export interface RowStream extends Pick<RowWriter, "write"> {
  /** Writes what is left, the header where there was no row. */
  end(): Promise<void>;
}

/** @param write  resolves when the reader has taken it */
export function openRowStream(
  write: (text: string) => Promise<void>,
  {
    format,
    columns,
    dialect,
  }: { readonly format: RowFormat; readonly columns: readonly string[]; readonly dialect?: CsvDialect | undefined },
): RowStream {
  const { head, row } = rowText(format, columns, dialect);
  let text = head;
  const end = async (): Promise<void> => {
    const ready = text;
    text = "";
    if (ready !== "") await write(ready);
  };
  return {
    end,
    async write(cells, json) {
      text += row(cells, json);
      if (text.length >= FLUSH_AT) await end();
    },
  };
}

/**
 * Opens a writer of `.csv` (with a header) or `.jsonl` (one object a row).
 *
 * @throws HeadstartError E_OUTPUT_ENDING, E_OUTPUT_EXISTS, E_OUTPUT_WRITE
 */
export async function openRowWriter(
  path: string,
  columns: readonly string[],
  options: RowWriterOptions = {},
): Promise<RowWriter> {
  const format = rowFormat(path);
  if (options.claimed !== true) await refuseReplacingFile(path, options);
  await checkOutputFolder(path);
  const pending = await openPending(path);
  let open = true;
  let written: Promise<void> = Promise.resolve();
  const rows = openRowStream(
    (text) => {
      const bytes = new TextEncoder().encode(text);
      written = written.then(() => pending.write(bytes));
      return written;
    },
    // What a .csv file holds is read by the rules of CSV, whatever those of the file that it came from.
    { format, columns, dialect: options.dialect && { ...options.dialect, quoting: "rfc4180" } },
  );
  const finish = async (): Promise<PendingFile> => {
    await rows.end();
    return pending;
  };
  return {
    finish,
    write: rows.write,
    async commit() {
      await commitTogether([await finish()], options);
      open = false;
    },
    async abort() {
      if (open) await pending.discard();
      open = false;
    },
  };
}

/** Built by hand so that a column named `__proto__` is a field like any other. @param names  of the columns, as JSON */
const jsonLine = (names: readonly string[], cells: readonly Cell[], json: readonly (string | undefined)[]): string =>
  `{${names.map((name, i) => `${name}:${json[i] ?? JSON.stringify(cells[i])}`).join(",")}}\n`;
