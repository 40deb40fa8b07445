import { HeadstartError } from "../errors.js";
import {
  checkOutputFolder,
  commitTogether,
  openPending,
  type CommitFilesOptions,
  type PendingFile,
} from "../files/commit.js";
import { refuseReplacingFile } from "../files/replacing.js";
import { csvLine, type Cell } from "../formats/csv.js";

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

/** @throws HeadstartError E_OUTPUT_ENDING unless the path ends in `.csv` or `.jsonl` */
export function rowFormat(path: string): "csv" | "jsonl" {
  if (path.endsWith(".csv")) return "csv";
  if (path.endsWith(".jsonl")) return "jsonl";
  throw new HeadstartError("E_OUTPUT_ENDING", `Cannot tell how to write ${path} from its ending. Use .csv or .jsonl`, {
    file: path,
  });
}

export interface RowWriterOptions extends CommitFilesOptions {
  /** Whether the caller has seen to it that nothing is there that is not to be replaced; `commit` looks again. @default false */
  readonly claimed?: boolean | undefined;
}

/**
 * Opens a writer of `.csv` (RFC 4180, with a header) or `.jsonl` (one object a row).
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
  const names = columns.map((column) => JSON.stringify(column));
  let text = format === "csv" ? csvLine(columns) : "";
  let open = true;
  let written: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    const bytes = new TextEncoder().encode(text);
    text = "";
    written = written.then(() => pending.write(bytes));
    return written;
  };
  const finish = async (): Promise<PendingFile> => {
    await flush();
    return pending;
  };
  return {
    finish,
    async write(cells, json = []) {
      if (cells.length !== columns.length)
        throw new RangeError(`a row of ${cells.length} cells for ${columns.length} columns`);
      text += format === "csv" ? csvLine(cells) : jsonLine(names, cells, json);
      if (text.length >= FLUSH_AT) await flush();
    },
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
