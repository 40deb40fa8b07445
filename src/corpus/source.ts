import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { HeadstartError, messageOf } from "../errors.js";
import { gzipFault, unpackedBytes } from "../formats/gzip.js";
import { errnoOf } from "../files/writeError.js";

export type CorpusFormat = "csv" | "tsv" | "jsonl" | "conll" | "arrow";

export interface SourceOptions {
  /** What `-` reads. @default process.stdin */
  readonly stdin?: Readable | undefined;
  /** Format of `-`, and of a path whose ending names none. @default "csv" for `-` and `/dev/stdin`, otherwise by ending */
  readonly from?: CorpusFormat | undefined;
}

/** A file of a corpus, found but not yet opened. */
export interface Source {
  /** File as the user named it. */
  readonly file: string;
  readonly format: CorpusFormat;
  /** True for a file that can be read from its start again; false for a pipe. */
  readonly rereadable: boolean;
  /** Opens the file and gives its bytes, decompressed; leaving the loop closes it. */
  readonly bytes: () => AsyncGenerator<Uint8Array>;
}

/**
 * Finds one file of a corpus and tells its format by its ending: `.csv`, `.tsv`, `.jsonl`, `.conll`, each also with `.gz`.
 *
 * `-` and `/dev/stdin` are the pipe; a FIFO may be named as well.
 *
 * @throws HeadstartError E_INPUT_ENDING, E_INPUT_MISSING, or E_INPUT_UNREADABLE for a folder or a file without permission
 */
export async function findSource(path: string, options: SourceOptions = {}): Promise<Source> {
  if (path === "-" || path === "/dev/stdin") {
    const format = options.from ?? "csv";
    return { file: path, format, rereadable: false, bytes: () => pipeBytes(options.stdin ?? process.stdin, path) };
  }
  const format = formatOf(path, options.from);
  const found = await stat(path).catch((cause: unknown) => {
    throw inputError(path, cause);
  });
  if (found.isDirectory()) {
    const message = `Cannot read ${path}: it is a folder. Name the files in it`;
    throw new HeadstartError("E_INPUT_UNREADABLE", message, { file: path });
  }
  return { file: path, format, rereadable: found.isFile(), bytes: () => fileBytes(path) };
}

function formatOf(path: string, from: CorpusFormat | undefined): CorpusFormat {
  const ending = /\.(csv|tsv|jsonl|conll)(?:\.gz)?$/i.exec(path)?.[1].toLowerCase();
  if (ending === "csv" || ending === "tsv" || ending === "jsonl" || ending === "conll") return ending;
  if (from !== undefined) return from;
  throw new HeadstartError(
    "E_INPUT_ENDING",
    `Cannot read ${path}: its ending names no format of rows. ` +
      `Name a .csv, .tsv or .jsonl file, each also as .gz, or - for the pipe`,
    { file: path },
  );
}

async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* unpackedBytes(path, { packed: /\.gz$/i.test(path) });
  } catch (cause) {
    throw inputError(path, cause);
  }
}

async function* pipeBytes(stream: Readable, path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
  } catch (cause) {
    throw inputError(path, cause);
  }
}

function inputError(path: string, cause: unknown): HeadstartError {
  const code = errnoOf(cause);
  const details = { file: path, cause };
  if (code === "ENOENT" || code === "ENOTDIR") {
    const message = `Cannot read ${path}: there is no such file. Check the path`;
    return new HeadstartError("E_INPUT_MISSING", message, details);
  }
  const fault = gzipFault(cause);
  if (fault !== undefined) {
    const message = `Cannot unpack ${path}: ${fault}. Get the file again, or drop .gz if it is not compressed`;
    return new HeadstartError("E_INPUT_UNREADABLE", message, details);
  }
  const found = messageOf(cause);
  return new HeadstartError(
    "E_INPUT_UNREADABLE",
    `Cannot read ${path}: ${found}. Check that it is a file that you may read`,
    details,
  );
}
