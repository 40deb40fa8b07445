import { vectorsOf } from "../../embedding/cachedEmbed.js";
import type { SelectivePrediction } from "../../classification/predict.js";
import type { Explanation } from "../../classification/explain.js";
import { EMBED_DEFAULTS } from "../../encoder/embed/embed.js";
import { inWindows } from "../../encoder/embed/windows.js";
import type { Corpus } from "../../corpus/corpus.js";
import type { Row } from "../../corpus/row.js";
import { commitTogether } from "../../files/commit.js";
import { openRowWriter, rowFormat, type Cell, type RowWriter } from "../../vectors/rowWriter.js";
import { openTexts, type Context } from "../context.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { explained, type Answering } from "./explanations.js";
import type { FileOutputs } from "../finished.js";
import { forecastRows } from "../../embedding/rowEstimate.js";
import { defined, embedOptions } from "../flags/options.js";

export interface CorpusJob extends Answering {
  readonly input: readonly string[];
  /** Ends in `.csv` or `.jsonl`. */
  readonly output: string;
  readonly files: FileOutputs;
}

/** Columns of a prediction by name: whole objects in JSON, what fits a cell in CSV. */
function answerCells(
  format: "csv" | "jsonl",
  { label, probability, probabilities, set, labels }: SelectivePrediction,
  why: Explanation | undefined,
): Map<string, Cell> {
  const json = format === "jsonl";
  const near = why?.neighbors?.[0];
  const flat: [string, Cell][] = [
    ["further_than", why?.distance?.percentile ?? null],
    ["nearest_text", near?.text ?? null],
    ["nearest_label", near?.label ?? null],
    ["words", why?.words.map(({ text, change }) => `${text} ${change.toFixed(3)}`).join("; ") ?? null],
  ];
  return new Map<string, Cell>([
    ["label", label],
    ["probability", probability],
    ...(json ? [["probabilities", probabilities] as const] : []),
    ...(labels === undefined || !json ? [] : [["labels", labels] as const]),
    ...(set === undefined ? [] : [["set", json ? set : set.join("|")] as const]),
    ...(why === undefined ? [] : json ? [["explanation", why] as const] : flat),
  ]);
}

/** Names of those columns, before there is a prediction. */
function answerColumns(format: "csv" | "jsonl", { extra, explaining }: Answering): readonly string[] {
  const why = { label: "", probability: 0, calibrated: false, neighbors: null, distance: null, words: [] };
  const blank = { label: null, probability: 0, probabilities: {}, ...(extra === undefined ? {} : { [extra]: [] }) };
  return [...answerCells(format, blank, explaining === undefined ? undefined : why).keys()];
}

/** Predictions for every row of a corpus: its columns and those of the prediction, in input order. */
export async function predictCorpus(context: Context, job: CorpusJob): Promise<void> {
  const { reporter } = context;
  const { input, output, flags, files } = job;
  const rejectedRows = collectRejectedRows(output);
  rejectedRows.spillTo(files.folder);
  const corpus = await openTexts(context, input, flags, rejectedRows);
  let writer: RowWriter | undefined;
  try {
    const answer = answerColumns(rowFormat(output), job);
    const columns = renamed(corpus.columns, answer);
    columns.forEach((column, i) => {
      const own = corpus.columns[i];
      if (column !== own) reporter.say(`the input's own column "${own}" is called "${column}" in ${output}`);
    });
    writer = await openRowWriter(output, [...columns, ...answer], { claimed: true });
    const rows = await answerRows(context, { ...job, corpus, writer });
    await rejectedRows.save(reporter);
    for (const notice of corpus.notices) reporter.warn(notice);
    if (rows === 0) reporter.warn("the corpus has no rows, so the output has none either");
    const { read, rejected } = corpus.counts;
    const printed = {
      json: { rows, rejected, output },
      lines: [`${read} rows in = ${rows} out + ${rejected} rejected`, output],
    };
    await commitTogether([await writer.finish()], files.saving(printed));
    await files.tell(printed);
  } finally {
    await writer?.abort();
    await rejectedRows.discard();
    await corpus.close();
  }
}

/** Names of the input's columns beside those of the prediction: one that is taken gets `input_` before it. */
function renamed(columns: readonly string[], answer: readonly string[]): readonly string[] {
  const taken = new Set([...columns, ...answer]);
  return columns.map((column) => {
    if (!answer.includes(column)) return column;
    let name = `input_${column}`;
    while (taken.has(name)) name = `input_${name}`;
    taken.add(name);
    return name;
  });
}

interface RowsJob extends CorpusJob {
  readonly corpus: Corpus;
  readonly writer: RowWriter;
}

async function answerRows(context: Context, job: RowsJob): Promise<number> {
  const { reporter, signal } = context;
  const { encoder, cache, flags, input, output, corpus, writer } = job;
  const format = rowFormat(output);
  const total = await forecastRows(input);
  const meter = reporter.meter("predicting");
  let [rows, bytes] = [0, 0];
  const flush = async (window: readonly Row[]): Promise<void> => {
    const texts = window.map((row) => row.text);
    const { vectors } = await vectorsOf(encoder, texts, { ...embedOptions(flags), ...defined({ cache }), signal });
    const why = await explained(context, texts, { answering: job, vectors });
    for (const [i, answer] of job.predictions(vectors).entries()) {
      const { values, json } = window[i];
      await writer.write([...values, ...answerCells(format, answer, why[i]).values()], json);
      for (const value of values) bytes += Buffer.byteLength(value ?? "") + 1;
    }
    rows += window.length;
    meter.update(rows, total?.(rows, bytes));
  };
  // Explaining takes many texts for each: smaller windows keep the memory and the wait for progress small.
  const most = EMBED_DEFAULTS.window / (job.explaining === undefined ? 4 : 64);
  for await (const window of inWindows(corpus.rows(), { most })) await flush(window);
  meter.end();
  return rows;
}
