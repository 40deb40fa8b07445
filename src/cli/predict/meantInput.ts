import { formatOf, hasEnding } from "../../corpus/format.js";
import { excerpt, HeadstartError } from "../../errors.js";
import { isFile } from "../../files/exists.js";
import { csvFields, DELIMITERS } from "../../formats/csv.js";
import { shellWord } from "../../text/shell.js";

/**
 * Refuses a text that is the name of a file, since it is the rows of the file that are meant, and a dash alone,
 * which elsewhere means the pipe.
 *
 * @param args   the whole command line; what stands behind `--` is a text, whatever it is called
 * @throws HeadstartError E_USAGE with the command that reads the file or the pipe
 */
export async function refuseFileNames(texts: readonly string[], args: readonly string[]): Promise<void> {
  const end = args.indexOf("--");
  const plain = end < 0 ? texts : texts.slice(0, texts.length - (args.length - end - 1));
  if (plain.length === 1 && plain[0] === "-") throw pipeAsText(args);
  const files: string[] = [];
  for (const text of plain) if (text.length < 1000 && !text.includes("\0") && (await isFile(text))) files.push(text);
  if (files.length === 0) return;
  const areRows = files.every((file) => hasEnding(file) && formatOf(file, undefined) !== "txt");
  const rest = args.filter((arg) => !files.includes(arg));
  const meant = areRows
    ? ["headstart", ...rest, "--input", ...files].map(shellWord).join(" ")
    : `${["headstart", ...rest].map(shellWord).join(" ")} < ${shellWord(files[0])}`;
  throw new HeadstartError(
    "E_USAGE",
    `${excerpt(files[0])} is a file, not a text. To predict its ${areRows ? "rows" : "lines"}: ${meant} ` +
      `(behind -- it would be a text)`,
    { file: files[0] },
  );
}

function pipeAsText(args: readonly string[]): HeadstartError {
  const command = ["headstart", ...args.filter((arg) => arg !== "-")].map(shellWord).join(" ");
  return new HeadstartError(
    "E_USAGE",
    `- is not read as the pipe here: lines of a pipe are read where no text is given. To predict its lines: ${command}; to predict the rows of a ` +
      `table in it: ${command} --input - (behind -- it would be a text)`,
  );
}

/**
 * Refuses a pipe whose first line says that it is a table and not lines of text: the header of a CSV file that has the
 * text column beside others, or a JSON object that has it.
 *
 * @param columns  names that the text column may have
 * @param args     the whole command line
 * @throws HeadstartError E_USAGE with the command that reads the table
 */
export function refuseTable(
  first: string,
  { columns, args }: { readonly columns: readonly string[]; readonly args: readonly string[] },
): void {
  const format = columns.map((column) => tableFormat(first, column)).find((found) => found !== undefined);
  if (format === undefined) return;
  const meant = ["headstart", ...args, "--input", "-", "--from", format].map(shellWord).join(" ");
  const is = format === "jsonl" ? "a JSON object" : "the header of a table";
  throw new HeadstartError(
    "E_USAGE",
    `The first line of the pipe is ${is} (${excerpt(first)}), and lines would be taken as texts. ` +
      `To predict the rows: ${meant}`,
  );
}

function tableFormat(line: string, column: string): "csv" | "tsv" | "jsonl" | undefined {
  if (line.startsWith("{")) return hasField(line, column) ? "jsonl" : undefined;
  const delimiter = DELIMITERS.find((one) => isHeader(line, { delimiter: one, column }));
  return delimiter === undefined ? undefined : delimiter === "\t" ? "tsv" : "csv";
}

function hasField(line: string, column: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(line) as object, column);
  } catch {
    return false;
  }
}

/** Several names of which one is the text column; a sentence has spaces around its commas, and words twice. */
function isHeader(
  line: string,
  { delimiter, column }: { readonly delimiter: string; readonly column: string },
): boolean {
  if (!line.includes(delimiter) || line.length > 10_000) return false;
  const quoted = line.includes('"');
  if (quoted && !/^(?:[^"]|"[^"]*")*$/.test(line)) return false;
  const names = csvFields([{ text: line, quoted }], delimiter)[0];
  return names.includes(column) && new Set(names).size === names.length && names.every((name) => name === name.trim());
}
