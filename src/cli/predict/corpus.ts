import { openCorpus, type Corpus } from "../../corpus/corpus.js";
import type { Row } from "../../corpus/row.js";
import { asTrained, rememberedReading } from "../../dataset/reading.js";
import type { ReadingCounts } from "../../embedding/textReading.js";
import { forecastRows } from "../../embedding/rowEstimate.js";
import { inWindows } from "../../encoder/embed/windows.js";
import { commitTogether } from "../../files/commit.js";
import type { Printed } from "../../files/folderMark.js";
import { count, counted } from "../../text/numbers.js";
import type { Context } from "../context.js";
import { corpusOptions } from "../flags/options.js";
import { collectRejectedRows, type RejectedRows } from "../rejectedRows.js";
import { about } from "../progress.js";
import { refuseTakenNames, predictionColumns, type PredictionColumns } from "./columns.js";
import { fileOf, formatOfRows, openRowsOutput, type RowsOutput } from "./output.js";
import type { PredictRun } from "./run.js";
import { pageFiles } from "./texts.js";

export interface CorpusRun extends PredictRun {
  readonly input: readonly string[];
}

/** Predictions for every row of a corpus: its columns and those of the prediction, in input order. */
export async function predictCorpus(context: Context, run: CorpusRun): Promise<void> {
  const { reporter } = context;
  const { kind, labels, input, flags, files } = run;
  const file = fileOf(flags);
  const rejectedRows = collectRejectedRows(file);
  if (files !== undefined) rejectedRows.spillTo(files.folder);
  const corpus = await openInput(context, run, rejectedRows);
  let output: RowsOutput | undefined;
  try {
    const { dialect } = corpus;
    const format = formatOfRows(flags, corpus);
    const { prefix, probabilities, sets, explain } = flags;
    const options = { format, kind, labels, prefix, probabilities, sets, explain };
    refuseTakenNames(corpus.columns, { ...options, file: input.join(", ") });
    const own = predictionColumns(options);
    output = await openRowsOutput(context, file, { format, columns: [...corpus.columns, ...own.names], dialect });
    const counts = await predictRows(context, { ...run, corpus, output, own });
    const written = await output.finish();
    await rejectedRows.save(reporter);
    for (const notice of corpus.notices) reporter.warn(notice);
    if (counts.rows === 0) reporter.warn("the corpus has no rows, so the output has none either");
    const printed = summary(corpus, { ...counts, file, read: run.reportReading() });
    const pages = await pageFiles(run);
    if (files === undefined || written === undefined) return reporter.info(printed.lines[0]);
    await commitTogether([written, ...pages], files.saving(printed));
    await files.print(printed);
  } finally {
    await output?.abort();
    await rejectedRows.discard();
    await corpus.close();
  }
}

interface Counts {
  readonly rows: number;
  /** Undefined for heads that find none. */
  readonly entities: number | undefined;
}

interface Predicted extends Counts {
  readonly file: string | undefined;
  /** What the encoder made of the texts. */
  readonly read: ReadingCounts;
}

function summary({ counts }: Corpus, { rows, entities, file, read }: Predicted): Printed {
  const { rejected } = counts;
  const found = entities === undefined ? "" : `, ${entities === 1 ? "1 entity" : `${count(entities)} entities`}`;
  return {
    json: { rows, rejected, ...(entities === undefined ? {} : { entities }), output: file, ...read },
    lines: [
      `${counted(counts.read, "row")} in = ${count(rows)} out + ${count(rejected)} rejected${found}`,
      ...(file === undefined ? [] : [file]),
    ],
  };
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

/** Texts that are predicted together; explaining takes many texts for each. */
const ROWS_AT_ONCE = 512;
const EXPLAINED_AT_ONCE = 32;

interface RowsJob extends CorpusRun {
  readonly corpus: Corpus;
  readonly output: RowsOutput;
  readonly own: PredictionColumns;
}

async function predictRows({ reporter }: Context, job: RowsJob): Promise<Counts> {
  const { input, corpus, output, own, predict, flags, kind } = job;
  const total = await forecastRows(input);
  const meter = reporter.meter("predicting");
  let [rows, bytes, entities] = [0, 0, 0];
  const flush = async (window: readonly Row[]): Promise<void> => {
    const predictions = await predict(window.map((row) => row.text));
    for (const [i, prediction] of predictions.entries()) {
      const { values, json = [] } = window[i];
      if ("entities" in prediction) entities += prediction.entities.length;
      for (const added of own.rowsOf(prediction)) {
        await output.write([...values, ...added.cells], [...values.map((_, c) => json[c]), ...added.json]);
      }
      for (const value of values) bytes += Buffer.byteLength(value ?? "") + 1;
    }
    rows += window.length;
    meter.update(rows, about(total?.(rows, bytes)));
  };
  const most = flags.explain === true ? EXPLAINED_AT_ONCE : ROWS_AT_ONCE;
  for await (const window of inWindows(corpus.rows(), { most })) await flush(window);
  meter.end();
  return { rows, entities: kind === "tagger" ? entities : undefined };
}
