import { openCorpus, type Corpus } from "../../corpus/corpus.js";
import type { Row } from "../../corpus/row.js";
import { asTrained, rememberedReading } from "../../dataset/reading.js";
import { forecastRows } from "../../embedding/rowEstimate.js";
import { inWindows } from "../../encoder/embed/windows.js";
import { commitTogether } from "../../files/commit.js";
import { counted } from "../../text/numbers.js";
import { openRowWriter, rowFormat, type RowWriter } from "../../vectors/rowWriter.js";
import type { Context } from "../context.js";
import type { FileOutputs } from "../finished.js";
import { corpusOptions } from "../flags/options.js";
import { collectRejectedRows, type RejectedRows } from "../rejectedRows.js";
import { predictionCells, predictionColumns } from "./cells.js";
import type { PredictRun } from "./run.js";
import { pageFiles } from "./texts.js";
import { about } from "../progress.js";

export interface CorpusRun extends PredictRun {
  readonly input: readonly string[];
  /** Ends in `.csv` or `.jsonl`. */
  readonly output: string;
  readonly files: FileOutputs;
}

/** Predictions for every row of a corpus: its columns and those of the prediction, in input order. */
export async function predictCorpus(context: Context, run: CorpusRun): Promise<void> {
  const { reporter } = context;
  const { kind, output, flags, files } = run;
  const rejectedRows = collectRejectedRows(output);
  rejectedRows.spillTo(files.folder);
  const corpus = await openInput(context, run, rejectedRows);
  let writer: RowWriter | undefined;
  try {
    const own = predictionColumns(rowFormat(output), { kind, sets: flags.sets, explain: flags.explain });
    const columns = renamed(corpus.columns, own);
    columns.forEach((column, i) => {
      const before = corpus.columns[i];
      if (column !== before) reporter.info(`the input's own column "${before}" is called "${column}" in ${output}`);
    });
    writer = await openRowWriter(output, [...columns, ...own], { claimed: true });
    const rows = await predictRows(context, { ...run, corpus, writer });
    await rejectedRows.save(reporter);
    for (const notice of corpus.notices) reporter.warn(notice);
    if (rows === 0) reporter.warn("the corpus has no rows, so the output has none either");
    const { read, rejected } = corpus.counts;
    const printed = {
      json: { rows, rejected, output, ...run.reportReading() },
      lines: [`${counted(read, "row")} in = ${rows} out + ${rejected} rejected`, output],
    };
    await commitTogether([await writer.finish(), ...(await pageFiles(run))], files.saving(printed));
    await files.print(printed);
  } finally {
    await writer?.abort();
    await rejectedRows.discard();
    await corpus.close();
  }
}

/** Opens the input with the column of texts that the training had, unless the flags name one. */
async function openInput(
  { reporter, stdin }: Context,
  { input, flags, reading }: CorpusRun,
  rejectedRows: RejectedRows,
): Promise<Corpus> {
  const given = corpusOptions(flags);
  const own = reading && { textColumn: reading.textColumn };
  const corpus = await openCorpus(input, { ...asTrained(given, own), stdin, onReject: rejectedRows.add });
  const { textColumn } = corpus;
  const { remark, notices } = rememberedReading(given, own, { reading: { textColumn }, seen: new Set() });
  if (remark !== undefined) reporter.info(remark);
  for (const notice of notices) reporter.warn(notice);
  return corpus;
}

/** Names of the input's columns beside those of the prediction: one that is taken gets `input_` before it. */
function renamed(columns: readonly string[], own: readonly string[]): readonly string[] {
  const taken = new Set([...columns, ...own]);
  return columns.map((column) => {
    if (!own.includes(column)) return column;
    let name = `input_${column}`;
    while (taken.has(name)) name = `input_${name}`;
    taken.add(name);
    return name;
  });
}

/** Texts that are predicted together; explaining takes many texts for each. */
const ROWS_AT_ONCE = 512;
const EXPLAINED_AT_ONCE = 32;

async function predictRows(
  { reporter }: Context,
  {
    input,
    output,
    corpus,
    writer,
    predict,
    flags,
  }: CorpusRun & { readonly corpus: Corpus; readonly writer: RowWriter },
): Promise<number> {
  const format = rowFormat(output);
  const total = await forecastRows(input);
  const meter = reporter.meter("predicting");
  let [rows, bytes] = [0, 0];
  const flush = async (window: readonly Row[]): Promise<void> => {
    const predictions = await predict(window.map((row) => row.text));
    for (const [i, prediction] of predictions.entries()) {
      const { values, json } = window[i];
      await writer.write([...values, ...predictionCells(format, prediction).values()], json);
      for (const value of values) bytes += Buffer.byteLength(value ?? "") + 1;
    }
    rows += window.length;
    meter.update(rows, about(total?.(rows, bytes)));
  };
  const most = flags.explain === true ? EXPLAINED_AT_ONCE : ROWS_AT_ONCE;
  for await (const window of inWindows(corpus.rows(), { most })) await flush(window);
  meter.end();
  return rows;
}
