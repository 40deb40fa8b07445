import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { HeadstartError, messageOf } from "../errors.js";
import { gzipFault, unpackedBytes } from "../formats/gzip.js";
import { errnoOf } from "../files/writeError.js";
import { formatNamed, formatOf, hasEnding, type CorpusFormat, type CorpusFormatName } from "./format.js";

export interface SourceOptions {
  /** What `-` reads. @default process.stdin */
  readonly stdin?: Readable | undefined;
  /**
   * Format of the pipe where one is read, otherwise of every file. @default "csv" for `-` and `/dev/stdin`, otherwise by
   * ending
   */
  readonly from?: CorpusFormatName | undefined;
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

/** Whether a path is the pipe. */
export const isPipe = (path: string): boolean => path === "-" || path === "/dev/stdin";

/** The format of the pipe or of a file that is read alone. @throws HeadstartError E_INPUT_ENDING */
export const inputFormat = (path: string, from: CorpusFormatName | undefined): CorpusFormat =>
  isPipe(path) ? formatNamed(from ?? "csv") : formatOf(path, from);

/**
 * Finds the files of a corpus and tells their formats by their endings, as `formatOf` does.
 *
 * `-` and `/dev/stdin` are the pipe; a FIFO may be named as well. With the pipe among them, `from` is about the pipe alone
 * and about files whose endings name no format.
 *
 * @throws HeadstartError E_INPUT_ENDING, E_INPUT_MISSING, or E_INPUT_UNREADABLE for a folder or a file without permission
 */
export async function findSources(paths: readonly string[], options: SourceOptions = {}): Promise<readonly Source[]> {
  const sources: Source[] = [];
  const piped = paths.some(isPipe);
  for (const path of paths)
    sources.push(isPipe(path) ? pipeSource(path, options) : await fileSource(path, options, piped));
  return sources;
}

function pipeSource(path: string, { from = "csv", stdin = process.stdin }: SourceOptions): Source {
  return { file: path, format: formatNamed(from), rereadable: false, bytes: () => pipeBytes(stdin, path) };
}

async function fileSource(path: string, { from }: SourceOptions, piped: boolean): Promise<Source> {
  const found = await stat(path).catch((cause: unknown) => inputError(path, cause));
  const isFault = found instanceof HeadstartError;
  if (!isFault && found.isDirectory()) {
    const message = `Cannot read ${path}: it is a folder. Name the files in it`;
    throw new HeadstartError("E_INPUT_UNREADABLE", message, { file: path });
  }
  const format = piped && hasEnding(path) ? formatOf(path, undefined) : formatOf(path, from);
  if (isFault) throw found;
  return { file: path, format, rereadable: found.isFile(), bytes: () => fileBytes(path) };
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
