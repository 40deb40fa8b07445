import { fieldsInQuotes } from "../../corpus/csvRecords.js";
import { formatOf, hasEnding } from "../../corpus/format.js";
import { excerpt, HeadstartError } from "../../errors.js";
import { isFile } from "../../files/exists.js";
import { DELIMITERS } from "../../formats/csv.js";
import { shellWord } from "../../text/shell.js";

/** Whether the ending of a file names a format whose rows `--input` reads, and that is more than a text a line. */
const hasRows = (file: string): boolean => hasEnding(file) && formatOf(file, undefined) !== "txt";

/**
 * Refuses a text that is the name of a file, since it is the rows of the file that are meant, and a dash alone,
 * which elsewhere means the pipe.
 *
 * @param args   the whole command line; what stands behind `--` is a text, whatever it is called
 * @throws HeadstartError E_USAGE with the command that reads the file or the pipe
 */
export async function refuseFileNames(
  texts: readonly string[],
  { args, head }: { readonly args: readonly string[]; readonly head: string },
): Promise<void> {
  const end = args.indexOf("--");
  const plain = end < 0 ? texts : texts.slice(0, Math.max(0, texts.length - (args.length - end - 1)));
  if (plain.length === 1 && plain[0] === "-") throw pipeAsText(withoutTexts(args, texts));
  const files: string[] = [];
  for (const text of plain) if (text.length < 1000 && !text.includes("\0") && (await isFile(text))) files.push(text);
  if (files.length === 0) return;
  const tagged = files.find((file) => hasEnding(file) && formatOf(file, undefined) === "conll");
  if (tagged !== undefined) throw taggedFile(tagged, head);
  const areRows = files.every(hasRows);
  throw new HeadstartError(
    "E_USAGE",
    `${excerpt(files[0])} is a file, not a text. To predict its ${areRows ? "rows" : "lines"}: ` +
      `${readingCommand(files, { areRows, rest: withoutTexts(args, texts) })} (behind -- it would be a text)`,
    { file: files[0] },
  );
}

/** The command line that predicts what is in files. */
function readingCommand(
  files: readonly string[],
  { areRows, rest }: { readonly areRows: boolean; readonly rest: readonly string[] },
): string {
  const line = (words: readonly string[]): string => words.map(shellWord).join(" ");
  const command = ["headstart", ...rest];
  if (areRows) return line([...command, "--input", ...files]);
  return files.length === 1 ? `${line(command)} < ${line(files)}` : `${line(["cat", ...files])} | ${line(command)}`;
}

/** A command line without its texts, which stand behind all else that may be called the same. */
function withoutTexts(args: readonly string[], texts: readonly string[]): readonly string[] {
  const rest = [...args];
  for (const text of [...texts].reverse()) rest.splice(rest.lastIndexOf(text), 1);
  return rest.filter((arg) => arg !== "--");
}

function pipeAsText(args: readonly string[]): HeadstartError {
  const command = ["headstart", ...args].map(shellWord).join(" ");
  return new HeadstartError(
    "E_USAGE",
    `- is not read as the pipe here: lines of a pipe are read where no text is given. To predict its lines: ${command}; ` +
      `to predict the rows of a table in it: ${command} --input - (behind -- it would be a text)`,
  );
}

const taggedFile = (file: string, head: string): HeadstartError =>
  new HeadstartError(
    "E_USAGE",
    `${excerpt(file)} is a file of words with tags, not a text. To measure the head on it: ` +
      ["headstart", "evaluate", head, file].map(shellWord).join(" "),
    { file },
  );

/**
 * Refuses a pipe whose first line says that it is a table and not lines of text: the header of a CSV file that has the
 * text column beside others, a JSON object, or the beginning of a JSON array.
 *
 * @param columns  names that the text column may have
 * @param args     the whole command line
 * @throws HeadstartError E_USAGE with the command that reads the table
 */
export function refuseTable(
  first: string,
  { columns, args }: { readonly columns: readonly string[]; readonly args: readonly string[] },
): void {
  const table = jsonTable(first, columns) ?? csvTable(first, columns);
  if (table === undefined) return;
  const { from, is, more = [] } = table;
  const meant = ["headstart", ...args, "--input", "-", "--from", from, ...more].map(shellWord).join(" ");
  throw new HeadstartError(
    "E_USAGE",
    `The first line of the pipe is ${is} (${excerpt(first)}), and lines would be taken as texts. ` +
      `To predict the rows: ${meant}`,
  );
}

/** A table that a first line is of. */
interface Table {
  readonly from: "csv" | "tsv" | "json" | "jsonl";
  /** What the line is. */
  readonly is: string;
  /** Flags that reading it takes besides. */
  readonly more?: readonly string[] | undefined;
}

function jsonTable(line: string, columns: readonly string[]): Table | undefined {
  if (/^\s*\[\s*(?:\{|$)/.test(line)) return { from: "json", is: "the beginning of a JSON array" };
  const fields = Object.entries(objectIn(line) ?? {});
  const texts = fields.filter(([, value]) => typeof value === "string").map(([name]) => name);
  const found = { from: "jsonl", is: "a JSON object" } as const;
  if (fields.some(([name]) => columns.includes(name))) return found;
  return texts.length === 0 ? undefined : { ...found, more: ["--text-column", texts[0]] };
}

function objectIn(line: string): object | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as object;
  } catch {
    return undefined;
  }
}

function csvTable(line: string, columns: readonly string[]): Table | undefined {
  const delimiter = DELIMITERS.find((one) => isHeader(line, { delimiter: one, columns }));
  return delimiter && { from: delimiter === "\t" ? "tsv" : "csv", is: "the header of a table" };
}

/** Several names of which one is the text column; a sentence has spaces around its commas, and words twice. */
function isHeader(
  line: string,
  { delimiter, columns }: { readonly delimiter: string; readonly columns: readonly string[] },
): boolean {
  if (!line.includes(delimiter) || line.length > 10_000) return false;
  const names = fieldsInQuotes(line, delimiter);
  if (names === undefined || !columns.some((column) => names.includes(column))) return false;
  return new Set(names).size === names.length && names.every((name) => name === name.trim());
}
