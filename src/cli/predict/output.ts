import type { Corpus } from "../../corpus/corpus.js";
import { HeadstartError } from "../../errors.js";
import type { PendingFile } from "../../files/commit.js";
import type { CsvDialect } from "../../formats/csv.js";
import { openRowStream, openRowWriter, rowFormat, type RowFormat, type RowWriter } from "../../vectors/rowWriter.js";
import type { Context } from "../context.js";
import type { PredictFlags } from "../flags/predict.js";

/** Where the rows of a corpus go with their predictions. */
export interface RowsOutput extends Pick<RowWriter, "write"> {
  /** Writes what is left. @returns the file, to be committed; undefined for a pipe, which has everything by then */
  readonly finish: () => Promise<PendingFile | undefined>;
  /** Removes a file that was not committed. */
  readonly abort: () => Promise<void>;
}

/** The file that `-o` names; undefined where rows go to stdout. */
export const fileOf = ({ output }: Pick<PredictFlags, "output">): string | undefined =>
  output === "-" ? undefined : output;

/**
 * Refuses outputs that contradict each other.
 *
 * @throws HeadstartError E_USAGE; E_OUTPUT_ENDING for a file of another format
 */
export function checkOutput(flags: PredictFlags): void {
  const { input, output, to, json, html } = flags;
  const file = fileOf(flags);
  if (output !== undefined && input === undefined) {
    throw usage(
      "-o is for the rows of --input: --input tweets.csv -o predictions.csv. Predictions of texts are printed",
    );
  }
  const format = file === undefined ? undefined : rowFormat(file);
  if (to !== undefined && format !== undefined && to !== format) {
    throw usage(`--to ${to} is for stdout; the ending of ${file} says ${format}. Leave it out, or name a .${to} file`);
  }
  if (file !== undefined || input === undefined) return;
  if (json === true && to === "csv")
    throw usage("--json prints JSON lines, --to csv prints CSV. Leave one of them out");
  if (html !== undefined) throw usage("--html with --input needs -o <file> for the predictions. Add one");
}

const usage = (message: string): HeadstartError => new HeadstartError("E_USAGE", message);

/** The format of the rows: as the file is named, as `--to` says, or else as the input has it. */
export function writtenFormat(flags: PredictFlags, corpus: Pick<Corpus, "dialect">): RowFormat {
  const file = fileOf(flags);
  if (file !== undefined) return rowFormat(file);
  if (flags.json === true) return "jsonl";
  return flags.to ?? (corpus.dialect === undefined ? "jsonl" : "csv");
}

export async function openRowsOutput(
  { printData }: Pick<Context, "printData">,
  file: string | undefined,
  rows: { readonly format: RowFormat; readonly columns: readonly string[]; readonly dialect: CsvDialect | undefined },
): Promise<RowsOutput> {
  if (file === undefined) {
    const { write, end } = openRowStream(printData, rows);
    return {
      write,
      finish: async () => {
        await end();
        return undefined;
      },
      abort: async () => {},
    };
  }
  return openRowWriter(file, rows.columns, { claimed: true, dialect: rows.dialect });
}
