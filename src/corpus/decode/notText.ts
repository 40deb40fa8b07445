import { HeadstartError } from "../../errors.js";
import { fileKind, type FileKind } from "../../formats/signature.js";

/** What to do with a file of another kind; of those that have it, what else it is called. */
const KINDS: Readonly<Record<FileKind, { readonly name?: string; readonly advice: string }>> = {
  "a zip archive": {
    name: "a zip archive or an .xlsx workbook",
    advice: "Save a workbook as CSV; unpack an archive",
  },
  "an old Office document": { name: "an .xls workbook or another old Office document", advice: "Save it as CSV" },
  "a Parquet file": { advice: "Give it a name that ends in .parquet" },
  "an Arrow file": { advice: "Give it a name that ends in .arrow" },
  "gzip data": { advice: "Give it a name that ends in .gz, or unpack it" },
  "zstd data": { advice: "Unpack it" },
  "a PDF document": { advice: "Save its text as CSV, JSONL or lines" },
  "an SQLite database": { advice: "Save a table of it as CSV" },
  "a numpy array": { advice: "Give the texts, not vectors" },
  "a Python pickle": { advice: "Save it as CSV or JSONL, as with to_csv() of pandas" },
  "a git-lfs pointer (run git lfs pull)": { advice: "It stands for the file, which git lfs pull gets" },
  "a fastText binary model": { advice: "Give a file of texts" },
  "an HTML page": { advice: "Save its table as CSV; of a download get the file itself, not the page about it" },
  XML: { advice: "Save it as CSV" },
};

/** For the pipe, whose name cannot be chosen. */
const OF_PIPE: Partial<Readonly<Record<FileKind, string>>> = {
  "a Parquet file": "Save it as a file whose name ends in .parquet",
  "an Arrow file": "Read it with --from arrow",
  "gzip data": "Unpack it in front, with gunzip",
};
const TWICE = "It is compressed twice: unpack it once";

const hasNoEnding = (file: string): boolean => file === "-" || file === "/dev/stdin";

const MARKUP: readonly FileKind[] = ["an HTML page", "XML"];
/** Their marks are letters, with which text can begin as well. */
const MARKED_BY_LETTERS: readonly FileKind[] = ["a Parquet file", "an Arrow file"];

/**
 * Refuses what is no text, or no table of texts, by how it starts: most of it would pass for strange text.
 *
 * @param isTable  whether it should be rows of columns, which do not begin with markup as a line of text may
 * @throws HeadstartError E_INPUT_UNREADABLE
 */
export function refuseOtherKinds(head: Uint8Array, file: string, isTable: boolean): void {
  const kind = fileKind(head);
  if (kind === undefined || (!isTable && MARKUP.includes(kind))) return;
  if (MARKED_BY_LETTERS.includes(kind) && !head.some((byte) => byte < 0x20 && !WHITE_SPACE.includes(byte))) return;
  const { name = kind, advice } = KINDS[kind];
  const otherwise = hasNoEnding(file) ? OF_PIPE[kind] : kind === "gzip data" && /\.gz$/i.test(file) ? TWICE : undefined;
  const message = `Cannot read ${file} as text: it looks like ${name}. ${otherwise ?? advice}`;
  throw new HeadstartError("E_INPUT_UNREADABLE", message, { file });
}

const WHITE_SPACE: readonly number[] = [0x09, 0x0a, 0x0d];
