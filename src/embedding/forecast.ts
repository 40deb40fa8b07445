import type { Corpus } from "../corpus/corpus.js";
import type { Row } from "../corpus/row.js";
import type { Measuring } from "./benchmark.js";
import { vectorsOf } from "./cachedEmbed.js";
import type { Encoder } from "../encoder/encoder.js";
import { seeded } from "../math/random.js";
import { outputBytes, type OutputBytes } from "../vectors/outputSize.js";
import type { StoreKind } from "../vectors/storedVectors.js";

/** What embedding a corpus will take, judged by a sample of its rows. */
export interface CorpusForecast {
  /** Counted, not judged. */
  readonly rows: number;
  readonly rejected: number;
  /** Rows of the sample, which went through the encoder and into files. */
  readonly sampled: number;
  readonly tokens: number;
  readonly seconds: number;
  /** Most memory that this process had, which does not grow with the rows. */
  readonly peakBytes: number;
  /** Of the output in each format; of npy with the JSON lines beside it. */
  readonly disk: OutputBytes;
}

/** Rows that are embedded to judge by; a corpus of no more is measured as a whole. */
const SAMPLE_ROWS = 512;

interface ForecastOptions {
  readonly encoder: Encoder;
  readonly batchTokens: number;
  readonly store: StoreKind;
  /** Of the sample. */
  readonly seed: number;
}

/** Reads all rows of a corpus, and embeds and writes a sample of them that every row is as likely to be in. */
export async function forecastCorpus(
  { clock, signal }: Measuring,
  corpus: Corpus,
  { encoder, batchTokens, store, seed }: ForecastOptions,
): Promise<CorpusForecast> {
  const sample = await sampleOf(corpus.rows(), seed);
  const { accepted: rows, rejected } = corpus.counts;
  const texts = sample.map(({ text }) => text);
  const began = clock();
  const { vectors, tokens } = await vectorsOf(encoder, texts, { batchTokens, signal });
  const seconds = (clock() - began) / 1000;
  const times = sample.length === 0 ? 0 : rows / sample.length;
  const values = sample.map((row) => row.values);
  const disk = await outputBytes({ vectors, values, rows, columns: corpus.columns, store });
  return {
    rows,
    rejected,
    sampled: sample.length,
    tokens: Math.round(tokens * times),
    seconds: seconds * times,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    disk,
  };
}

/** A sample of the rows in their order, by reservoir: row i takes a place with probability `SAMPLE_ROWS / i`. */
async function sampleOf(rows: AsyncIterable<Row>, seed: number): Promise<readonly Row[]> {
  const random = seeded(seed);
  const sample: { readonly at: number; readonly row: Row }[] = [];
  let at = 0;
  for await (const row of rows) {
    const place = at < SAMPLE_ROWS ? at : Math.floor(random() * (at + 1));
    if (place < SAMPLE_ROWS) sample[place] = { at, row };
    at++;
  }
  return sample.sort((a, b) => a.at - b.at).map(({ row }) => row);
}
