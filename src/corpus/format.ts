import { HeadstartError } from "../errors.js";

/** Formats of a corpus: tables, objects in JSON, a text a line, and words with tags. */
export type CorpusFormat = "csv" | "tsv" | "jsonl" | "json" | "txt" | "conll" | "arrow" | "parquet";

/** What else a format may be called where it is named. */
const OTHER_NAMES = { ndjson: "jsonl" } as const satisfies Readonly<Record<string, CorpusFormat>>;

/** A format, by any of its names. */
export type CorpusFormatName = CorpusFormat | keyof typeof OTHER_NAMES;

const ENDINGS: Readonly<Record<string, CorpusFormat>> = {
  csv: "csv",
  tsv: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  jsonlines: "jsonl",
  json: "json",
  txt: "txt",
  text: "txt",
  conll: "conll",
  bio: "conll",
  iob: "conll",
  iob2: "conll",
  bioes: "conll",
  bmes: "conll",
  parquet: "parquet",
  arrow: "arrow",
  arrows: "arrow",
  feather: "arrow",
  ipc: "arrow",
};

const ENDING = new RegExp(`\\.(${Object.keys(ENDINGS).join("|")})(?:\\.gz)?$`, "i");

/** The format with a name. */
export const formatNamed = (name: CorpusFormatName): CorpusFormat => (name === "ndjson" ? OTHER_NAMES[name] : name);

/** Whether the ending of a path names a format. */
export const hasEnding = (path: string): boolean => ENDING.test(path);

/**
 * The format of a file: as named, else by its ending, before which `.gz` is passed over.
 *
 * @throws HeadstartError E_INPUT_ENDING for an ending that names no format
 */
export function formatOf(path: string, named: CorpusFormatName | undefined): CorpusFormat {
  if (named !== undefined) return formatNamed(named);
  const ending = ENDING.exec(path)?.[1].toLowerCase();
  if (ending !== undefined) return ENDINGS[ending];
  const why = /\.(xlsx?|ods)$/i.test(path)
    ? "it is a workbook. Save it as CSV"
    : "its ending names no format of rows. Say what it is with --from, such as --from jsonl, or name a .csv, .tsv, " +
      ".jsonl, .json, .txt, .conll, .parquet or .arrow file";
  throw new HeadstartError("E_INPUT_ENDING", `Cannot read ${path}: ${why}`, { file: path });
}

/** Whether rows come as objects of JSON, each of which may have other fields. */
export const isJson = (format: CorpusFormat): boolean => format === "jsonl" || format === "json";
