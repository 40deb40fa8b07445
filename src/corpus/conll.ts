import { excerpt, HeadstartError } from "../errors.js";
import { byteAt, type TextPosition, type TextChunk } from "./decode/textChunk.js";
import { textLines, type TextLineOptions } from "./decode/textLines.js";
import type { Rejection } from "./row.js";
import { count } from "../text/numbers.js";

/** Words of one sentence with the tags of the last column, as they stand in the file. */
interface ConllSentence {
  /** 1-based line of its first word. */
  readonly line: number;
  readonly words: readonly string[];
  readonly tags: readonly string[];
  /** 1-based line of each word. */
  readonly lines: readonly number[];
  /** The second of three or more columns, where the first counts the words of the sentence. */
  readonly countedWords?: readonly string[] | undefined;
}

interface ConllOptions extends TextLineOptions {
  /** Is given each sentence that cannot be read, by its first such line. @default it is an error */
  readonly onReject?: ((rejection: Rejection) => void) | undefined;
}

/**
 * Sentences of a CoNLL file: a word a line, its tag in the last of two or more columns, sentences parted by lines that
 * are empty or hold white space only, and by lines of `-DOCSTART-`. Columns are parted by tabs or, in lines without one,
 * by spaces. Comments, lines of `#` without a tag, are left out, and so is a first line that names the columns.
 *
 * @throws HeadstartError E_CONLL for a word without a tag and for a sentence that does not end, and whatever reading throws
 */
export async function* readConll(
  chunks: AsyncGenerator<TextChunk>,
  options: ConllOptions,
): AsyncGenerator<ConllSentence> {
  let own = newSentence();
  let [columnCount, isStart] = [0, true];
  for await (const { position, raw } of textLines(chunks, options)) {
    const line = raw.trim() === "" ? "" : raw.replace(/[\r\n]+$/, "");
    const columns = line.includes("\t")
      ? line.split("\t").map((cell) => cell.trim())
      : line.replace(/^ +| +$/g, "").split(/ +/);
    if (line === "" || columns[0] === "-DOCSTART-") {
      if (own.words.length > 0 && !own.isBad) yield finished(own);
      own = newSentence();
      continue;
    }
    if (own.isBad || isComment(columns, { isFirst: own.words.length === 0, columnCount })) continue;
    const isNames = isStart && isHeader(columns);
    isStart = false;
    if (isNames) continue;
    const fault = faultOf(columns, line) ?? (own.words.length === MOST_WORDS ? TOO_LONG : undefined);
    if (fault === undefined) {
      addWord(own, columns, position.line);
      columnCount = columns.length;
      continue;
    }
    if (options.onReject === undefined) throw malformed(fault, { file: options.file, line, position, own });
    options.onReject({
      file: options.file,
      line: position.line,
      ...byteAt(position),
      reason: fault,
      raw: excerpt(line),
    });
    own.isBad = true;
  }
  if (own.words.length > 0 && !own.isBad) yield finished(own);
}

/** Longer sentences are none: what is learned of them grows with the square of their words. */
export const MOST_WORDS = 10_000;

interface Growing {
  readonly words: string[];
  readonly tags: string[];
  readonly lines: number[];
  /** Second columns, as long as the first ones count. */
  counted: string[] | undefined;
  /** Whether one of its lines could not be read. */
  isBad: boolean;
}

const newSentence = (): Growing => ({ words: [], tags: [], lines: [], counted: [], isBad: false });

const finished = ({ words, tags, lines, counted }: Growing): ConllSentence => ({
  line: lines[0],
  words,
  tags,
  lines,
  ...(counted !== undefined && { countedWords: counted }),
});

function addWord(own: Growing, columns: readonly string[], line: number): void {
  const { words, tags, lines } = own;
  words.push(columns[0]);
  tags.push(columns.at(-1)!);
  lines.push(line);
  const first = words[0] === "0" ? 0 : 1;
  if (columns.length < 3 || columns[0] !== String(words.length - 1 + first) || columns[1] === "")
    own.counted = undefined;
  else own.counted?.push(columns[1]);
}

const WORD_NAME = /^(?:words?|tokens?|form)$/i;
const TAG_NAME = /^(?:.+[-_ ])?(?:tags?|labels?|ner|ne|bio|iob2?|entity)$/i;

/** Whether a line names columns, the word being one of the first two. */
const isHeader = (columns: readonly string[]): boolean =>
  columns.length > 1 && columns.slice(0, 2).some((name) => WORD_NAME.test(name)) && TAG_NAME.test(columns.at(-1)!);

/** A tag that says so itself, by its prefix or its ending. */
const TAG = /^(?:O|[BIESLUM][-_].+|.+[-_][BIESLUM])$/;

/**
 * Whether a line that begins with `#` is a comment: `# id 7 domain=en` is one, the words in `# O` and `#Oslo B-LOC` are
 * none.
 *
 * @param columnCount  of the words before it
 */
function isComment(
  columns: readonly string[],
  { isFirst, columnCount }: { readonly isFirst: boolean; readonly columnCount: number },
): boolean {
  const [word, second] = columns;
  if (!word.startsWith("#")) return false;
  if (columns.length === 1) return isFirst || word === "#";
  if (/\s/.test(word) || (word === "#" && columns[2] === "=")) return true;
  const isLikeWords = columnCount === 0 || columns.length === columnCount;
  if (TAG.test(columns.at(-1)!)) return !isLikeWords && word === "#" && columns.length > 2;
  return word === "#" || (isFirst && !(isLikeWords && columnCount > 0)) || second === "=";
}

const LONE_RETURNS = "its lines end in carriage returns alone, not in line feeds";
const TOO_LONG = `it has more than ${count(MOST_WORDS)} words`;

/** What is wrong with a line, as a clause. */
function faultOf(columns: readonly string[], line: string): string | undefined {
  if (line.includes("\r")) return LONE_RETURNS;
  if (columns[0].trim() === "") return "its word is white space";
  return columns.length < 2 || columns.at(-1) === "" ? "it has no word and tag" : undefined;
}

interface BadLine {
  readonly file: string;
  readonly line: string;
  readonly position: TextPosition;
  readonly own: Growing;
}

function malformed(fault: string, { file, line, position, own }: BadLine): HeadstartError {
  if (fault === TOO_LONG) {
    const [first] = own.lines;
    const message = `Cannot read the sentence at ${file}:${first}: ${fault}. Put an empty line after each sentence`;
    return new HeadstartError("E_CONLL", message, { file, line: first });
  }
  if (fault === LONE_RETURNS) {
    const message =
      `Cannot read the line at ${file}:${position.line}, "${excerpt(line)}": ${fault}. Save the file with line feeds at ` +
      `the ends of lines, such as with tr '\\r' '\\n'`;
    return new HeadstartError("E_CONLL", message, { file, line: position.line });
  }
  return new HeadstartError(
    "E_CONLL",
    `Cannot read the word at ${file}:${position.line}, "${excerpt(line)}": ${fault}. Write a word and its tag on each ` +
      `line, parted by a tab or a space, and an empty line after each sentence, or leave such sentences out with ` +
      `--bad-rows skip`,
    { file, line: position.line },
  );
}
