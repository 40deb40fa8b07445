import { join } from "node:path";
import type { Corpus } from "../../corpus/corpus.js";
import { findColumn } from "../../corpus/columns.js";
import { labelColumns, markedColumns } from "../../corpus/labelColumns.js";
import type { Row } from "../../corpus/row.js";
import { labelsIn } from "../../dataset/labelCell.js";
import { splitParts, type Parts } from "../../dataset/splitParts.js";
import { HeadstartError } from "../../errors.js";
import { commitFolder } from "../../files/commitFolder.js";
import { counted } from "../../text/numbers.js";
import { openRowWriter } from "../../vectors/rowWriter.js";
import { openTexts, type AddCommand, type Context } from "../context.js";
import { openFolder, printResult } from "../finished.js";
import { declareSplit, type SplitFlags } from "../flags/split.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { describeSplit, type PartRows } from "../split/summary.js";

export const addSplit: AddCommand = (program, context) => {
  declareSplit(program.command("split")).action((files: string[], flags: SplitFlags) =>
    splitCommand(context(), files, flags),
  );
};

async function splitCommand(context: Context, files: readonly string[], flags: SplitFlags): Promise<void> {
  checkShares(flags);
  const { reporter, signal } = context;
  const output = await openFolder(context, flags.output, { name: "split", flags, inputs: files });
  if (output === undefined) return;
  const rejectedRows = collectRejectedRows(flags.output);
  const corpus = await openTexts(context, files, flags, rejectedRows);
  const places = await labelPlaces(corpus, files, flags);
  const rows: Pick<Row, "text" | "values" | "json">[] = [];
  for await (const { text, values, json } of corpus.rows()) rows.push({ text, values, json });
  signal.throwIfAborted();
  const labels = places && rows.map(({ values }) => labelsAt(places, { columns: corpus.columns, values }));
  const parts = splitParts(
    rows.map(({ text }) => text),
    labels,
    flags,
  );
  refuseEmpty(parts, { files, labels, rows: rows.length });
  for (const notice of corpus.notices) reporter.warn(notice);
  if (labels === undefined) reporter.info('there is no column "label", so the rows are split without regard to labels');
  if (flags.to === "csv" && corpus.dialect === undefined)
    reporter.info("fields become text in CSV, also numbers and lists; --to jsonl keeps the types of JSONL");
  const written = partsToWrite(parts, flags);
  const { printed, warnings } = describeSplit(written, { labels, parts, counts: corpus.counts, flags });
  for (const warning of warnings) reporter.warn(warning);
  await rejectedRows.save(reporter);
  await commitFolder(
    flags.output,
    async (folder) => {
      for (const { file, rows: own } of written) {
        const writer = await openRowWriter(join(folder, file), corpus.columns, { dialect: corpus.dialect });
        try {
          for (const r of own) await writer.write(rows[r].values, rows[r].json);
          await writer.commit();
        } finally {
          await writer.abort();
        }
      }
    },
    output.saving(printed),
  );
  await printResult(context, flags, printed);
}

/** Indices of the label columns; undefined where none is named and the corpus has no `label`. */
async function labelPlaces(
  corpus: Corpus,
  files: readonly string[],
  { labelColumn, header }: SplitFlags,
): Promise<readonly number[] | undefined> {
  const { columns, dialect } = corpus;
  if (labelColumn === undefined && !columns.includes("label")) return undefined;
  const namedBy = header === false ? "place" : dialect === undefined ? "format" : "header";
  const wanted = { file: files[0], flag: "--label-column", named: true, namedBy } as const;
  try {
    return labelColumns(columns, labelColumn ?? "label", undefined).map((name) => findColumn(columns, name, wanted));
  } catch (error) {
    await corpus.close();
    throw error;
  }
}

/** A row's labels: those of a list or of columns of 0 and 1, else what its cells hold, as one. */
function labelsAt(
  places: readonly number[],
  { columns, values }: { readonly columns: readonly string[]; readonly values: Row["values"] },
): readonly string[] {
  const cells = places.map((at) => (values[at] ?? "").trim());
  const marked =
    cells.length > 1
      ? markedColumns(
          places.map((at) => columns[at]),
          cells,
        )
      : cells[0];
  const labels = labelsIn(typeof marked === "string" ? marked : cells.join(", "), undefined);
  return labels.length === 0 ? [""] : labels;
}

function checkShares({ test, dev = 0 }: SplitFlags): void {
  if (test + dev < 1) return;
  throw new HeadstartError("E_USAGE", `--test ${test} and --dev ${dev} leave nothing to train on. Give smaller shares`);
}

function refuseEmpty(
  parts: Parts,
  { files, labels, rows }: { readonly files: readonly string[]; readonly labels: unknown; readonly rows: number },
): void {
  const empty = (["test", "dev"] as const).find((name) => parts[name]?.length === 0);
  if (empty === undefined) return;
  const found = labels === undefined ? "different texts are too few" : "no label has different texts enough";
  throw new HeadstartError(
    "E_NO_ROWS",
    `Cannot split ${files.join(", ")}: of ${counted(rows, "row")} ${found} for a row in ${empty}. ` +
      (labels === undefined ? "Give more rows" : "Give more rows of a label, or name another --label-column"),
    { file: files[0] },
  );
}

function partsToWrite({ train, test, dev }: Parts, { output, to }: SplitFlags): readonly PartRows[] {
  const part = (name: PartRows["name"], rows: Int32Array): PartRows => {
    const file = `${name}.${to}`;
    return { name, rows, file, output: join(output, file) };
  };
  return [part("train", train), ...(dev === undefined ? [] : [part("dev", dev)]), part("test", test)];
}
