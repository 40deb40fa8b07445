import { HeadstartError } from "../errors.js";
import { decodeText, type DecodeOptions } from "./decode/decode.js";
import type { TextChunk } from "./decode/textChunk.js";
import { isJson } from "./format.js";
import type { Source } from "./source.js";

/** Words with tags as they stand in a file, not yet cut into sentences. */
export interface TaggedText {
  readonly format: "conll" | "jsonl" | "json";
  readonly chunks: AsyncGenerator<TextChunk>;
}

/** Longest start of a file that is looked at for its first line, in UTF-16 units. */
const MOST_LOOKED_AT = 2 ** 16;

/**
 * Opens a file as words with tags. Plain text is CoNLL, and so is what is separated by tabs, unless its first line names a
 * column of texts: files of words and tags go by many endings.
 *
 * @throws HeadstartError E_INPUT_ENDING for a table
 */
export async function openTagged(
  source: Source,
  { textColumn = "text", ...options }: DecodeOptions & { readonly textColumn?: string | undefined },
): Promise<TaggedText> {
  const { file, format } = source;
  if (format === "csv" || format === "arrow" || format === "parquet") throw notTagged(file, `it is ${format}`);
  const chunks = decodeText(source.bytes(), file, options);
  if (isJson(format)) return { format: format === "json" ? "json" : "jsonl", chunks };
  if (format !== "tsv") return { format: "conll", chunks };
  const { line, replayed } = await firstLine(chunks);
  if (!line.split("\t").includes(textColumn)) return { format: "conll", chunks: replayed };
  await chunks.return(undefined);
  throw notTagged(file, `it is a table with a column "${textColumn}"`);
}

async function firstLine(
  chunks: AsyncGenerator<TextChunk>,
): Promise<{ readonly line: string; readonly replayed: AsyncGenerator<TextChunk> }> {
  const held: TextChunk[] = [];
  let text = "";
  while (!text.includes("\n") && text.length < MOST_LOOKED_AT) {
    const next = await chunks.next();
    if (next.done === true) break;
    held.push(next.value);
    text += next.value.text;
  }
  return { line: text.split(/\r?\n/, 1)[0], replayed: replay(held, chunks) };
}

async function* replay(held: readonly TextChunk[], rest: AsyncGenerator<TextChunk>): AsyncGenerator<TextChunk> {
  try {
    yield* held;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

function notTagged(file: string, found: string): HeadstartError {
  const message =
    `Cannot read ${file} as words with tags: ${found}. Name a .conll or .jsonl file, or say what it is with ` +
    `--from conll or --from jsonl`;
  return new HeadstartError("E_INPUT_ENDING", message, { file });
}
