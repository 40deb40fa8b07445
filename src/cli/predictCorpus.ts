import { vectorsOf } from "../classify/vectors.js";
import { predictVectors } from "../classify/predict.js";
import type { Encoder } from "../encoder/encoder.js";
import { EMBED_DEFAULTS } from "../encoder/embed.js";
import type { Corpus } from "../corpus/corpus.js";
import type { Row } from "../corpus/row.js";
import type { Head } from "../head/head.js";
import type { VectorCache } from "../store/cache.js";
import { openRowWriter, rowFormat, type RowWriter } from "../store/rowWriter.js";
import { openTexts, type Context } from "./context.js";
import { gatherRejects } from "./rejects.js";
import { forecastRows } from "./forecast.js";
import { defined, embedOptions, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "./options.js";

/** What it takes to answer for texts. */
export interface Answering {
  readonly head: Head;
  readonly encoder: Encoder;
  readonly cache: VectorCache | undefined;
  readonly flags: GlobalFlags & CorpusFlags & EncoderFlags;
}

export interface CorpusJob extends Answering {
  readonly input: readonly string[];
  /** Ends in `.csv` or `.jsonl`. */
  readonly output: string;
}

/** Columns of the answer; JSON has a place for all probabilities. */
const ANSWER = { csv: ["label", "probability"], jsonl: ["label", "probability", "probabilities"] } as const;

/** Answers for every row of a corpus: its columns and those of the answer, in input order. */
export async function predictCorpus(context: Context, job: CorpusJob): Promise<void> {
  const { talk, print } = context;
  const { input, output, flags } = job;
  const rejects = gatherRejects(output);
  const corpus = await openTexts(context, input, flags, rejects);
  let writer: RowWriter | undefined;
  try {
    const answer = ANSWER[rowFormat(output)];
    const columns = renamed(corpus.columns, answer);
    columns.forEach((column, i) => {
      const own = corpus.columns[i];
      if (column !== own) talk.say(`the input's own column "${own}" is called "${column}" in ${output}`);
    });
    writer = await openRowWriter(output, [...columns, ...answer], defined({ force: flags.force }));
    const rows = await answerRows(context, { ...job, corpus, writer });
    await writer.commit();
    await rejects.save(talk);
    for (const notice of corpus.notices) talk.warn(notice);
    if (rows === 0) talk.warn("the corpus has no rows, so the output has none either");
    const { read, rejected } = corpus.counts;
    if (flags.json) await print(`${JSON.stringify({ rows, rejected, output })}\n`);
    else await print(`${read} rows in = ${rows} out + ${rejected} rejected\n${output}\n`);
  } finally {
    await writer?.abort();
    await corpus.close();
  }
}

/** Names of the input's columns beside those of the answer: one that is taken gets `input_` before it. */
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

async function answerRows(
  { talk, signal }: Context,
  { head, encoder, cache, flags, input, output, corpus, writer }: RowsJob,
): Promise<number> {
  const withAll = rowFormat(output) === "jsonl";
  const total = await forecastRows(input);
  const meter = talk.meter("answering");
  let [rows, bytes] = [0, 0];
  const flush = async (window: readonly Row[]): Promise<void> => {
    const texts = window.map((row) => row.text);
    const { vectors } = await vectorsOf(encoder, texts, { ...embedOptions(flags), ...defined({ cache }), signal });
    for (const [i, { label, probabilities }] of predictVectors(head, vectors).entries()) {
      const { values } = window[i];
      await writer.write([...values, label, probabilities[label], ...(withAll ? [probabilities] : [])]);
      for (const value of values) bytes += Buffer.byteLength(value ?? "") + 1;
    }
    rows += window.length;
    meter.update(rows, total?.(rows, bytes));
  };
  let window: Row[] = [];
  for await (const row of corpus.rows()) {
    window.push(row);
    if (window.length < EMBED_DEFAULTS.window / 4) continue;
    await flush(window);
    window = [];
  }
  if (window.length > 0) await flush(window);
  meter.end();
  return rows;
}
