import { excerpt, HeadstartError } from "../errors.js";
import type { TextChunk } from "./decode/textChunk.js";
import { textLines, type TextLineOptions } from "./decode/textLines.js";
import { count } from "../text/numbers.js";

/** Words of one sentence with the tags of the last column, as they stand in the file. */
interface ConllSentence {
  /** 1-based line of its first word. */
  readonly line: number;
  readonly words: readonly string[];
  readonly tags: readonly string[];
}

/**
 * Sentences of a CoNLL file: a word a line, its tag in the last of two or more columns, sentences parted by lines that
 * are empty or hold white space only. Columns are parted by tabs or, in lines without one, by spaces. Lines of
 * `-DOCSTART-` are left out.
 *
 * @throws HeadstartError E_CONLL for a line of one column and for a sentence that does not end, and whatever reading throws
 */
export async function* readConll(
  chunks: AsyncGenerator<TextChunk>,
  options: TextLineOptions,
): AsyncGenerator<ConllSentence> {
  let [words, tags, first]: [string[], string[], number] = [[], [], 0];
  for await (const { position, raw } of textLines(chunks, options)) {
    const line = raw.trim() === "" ? "" : raw.replace(/[\r\n]+$/, "");
    if (line === "") {
      if (words.length > 0) yield { line: first, words, tags };
      [words, tags] = [[], []];
      continue;
    }
    const columns = line.includes("\t") ? line.split("\t").map((cell) => cell.trim()) : line.trim().split(/ +/);
    if (columns[0] === "-DOCSTART-") continue;
    const tag = columns.at(-1)!;
    if (columns.length < 2 || columns[0] === "" || tag === "") throw malformed(options.file, position.line, line);
    if (words.length === 0) first = position.line;
    words.push(columns[0]);
    tags.push(tag);
    if (words.length > MOST_WORDS) throw endless(options.file, first);
  }
  if (words.length > 0) yield { line: first, words, tags };
}

/** Longer sentences are none: what is learned of them grows with the square of their words. */
export const MOST_WORDS = 10_000;

function endless(file: string, line: number): HeadstartError {
  return new HeadstartError(
    "E_CONLL",
    `Cannot read the sentence at ${file}:${line}: it has more than ${count(MOST_WORDS)} words. ` +
      `Put an empty line after each sentence`,
    { file, line },
  );
}

function malformed(file: string, line: number, found: string): HeadstartError {
  return new HeadstartError(
    "E_CONLL",
    `Cannot read the word at ${file}:${line}: "${excerpt(found)}" has no word and tag. ` +
      `Write a word and its tag on each line, parted by a tab or a space, and an empty line after each sentence`,
    { file, line },
  );
}
