import { InvalidArgumentError } from "commander";
import type { CorpusOptions } from "../../corpus/corpus.js";
import { isDelimiter } from "../../corpus/csvStart.js";
import type { CorpusFormat } from "../../corpus/source.js";
import type { EmbedOptions } from "../../encoder/embed/embed.js";
import type { EncoderOptions, EncoderPooling, Precision } from "../../encoder/encoder.js";
import { parseSize, SIZE_ADVICE } from "./bytes.js";

/** Flags that every command has a use for, as commander gives them. */
export interface GlobalFlags {
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly offline?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  /** Of the commands that have more to tell than a person needs to know. */
  readonly verbose?: boolean | undefined;
  readonly debug?: boolean | undefined;
  readonly force?: boolean | undefined;
}

/** Flags of the commands that read a corpus. */
export interface CorpusFlags {
  readonly textColumn?: string | undefined;
  readonly labelColumn?: string | undefined;
  /** False for --no-header; commander sets it to true otherwise. */
  readonly header?: boolean | undefined;
  readonly delimiter?: string | undefined;
  readonly quote?: CorpusOptions["quote"];
  readonly encoding?: string | undefined;
  readonly limit?: number | undefined;
  readonly badRows: "fail" | "skip";
  readonly invalidUtf8: "fail" | "replace";
  readonly dropMissing?: boolean | undefined;
  readonly maxField?: number | undefined;
  readonly from?: CorpusFormat | undefined;
}

/** Flags of the commands that use the cache. */
export interface CacheFlags {
  /** A folder, true for the default one, false for none. */
  readonly cache?: string | boolean | undefined;
  /** Bytes. */
  readonly cacheMax?: number | undefined;
}

/** Flags of the commands that embed. */
export interface EncoderFlags extends CacheFlags {
  readonly encoder?: string | undefined;
  readonly modelFile?: string | undefined;
  readonly pooling?: EncoderPooling | undefined;
  readonly normalize?: boolean | undefined;
  readonly layer?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly prompt?: string | undefined;
  readonly batchTokens?: number | undefined;
  readonly precision?: Precision | undefined;
  readonly allowBatchDependence?: boolean | undefined;
}

export function encoderOptions(flags: EncoderFlags & GlobalFlags): EncoderOptions {
  return defined({
    offline: flags.offline,
    threads: flags.threads,
    pooling: flags.pooling,
    // Commander sets `normalize` to true where --no-normalize is not given; the model's files decide then.
    normalize: flags.normalize === false ? false : undefined,
    layer: flags.layer,
    maxTokens: flags.maxTokens,
    prompt: flags.prompt,
    precision: flags.precision,
    modelFile: flags.modelFile,
  });
}

export function corpusOptions(flags: CorpusFlags): CorpusOptions {
  return defined({
    textColumn: flags.textColumn,
    header: flags.header === false ? false : undefined,
    delimiter: flags.delimiter,
    quote: flags.quote,
    encoding: flags.encoding,
    limit: flags.limit,
    badRows: flags.badRows,
    invalidUtf8: flags.invalidUtf8,
    dropMissing: flags.dropMissing,
    maxFieldBytes: flags.maxField,
    from: flags.from,
  });
}

export function embedOptions(flags: EncoderFlags): EmbedOptions {
  return defined({ batchTokens: flags.batchTokens, allowBatchDependence: flags.allowBatchDependence });
}

/** One character, such as `;`, or the name of a tab. */
export function delimiterFlag(value: string): string {
  const delimiter = /^(\\t|tab)$/i.test(value) ? "\t" : value;
  if (isDelimiter(delimiter)) return delimiter;
  throw new InvalidArgumentError("Give one character, such as ';', or tab.");
}

export function quoteFlag(value: string): CorpusOptions["quote"] {
  if (value === "auto" || value === "none" || value === '"') return value;
  throw new InvalidArgumentError(
    `Give auto, none (a quote is a character like any other) or '"' (fields in quotes, as in RFC 4180).`,
  );
}

/** Bytes of a size such as 2GB. */
export function sizeFlag(value: string): number {
  const bytes = parseSize(value);
  if (bytes === undefined) throw new InvalidArgumentError(SIZE_ADVICE);
  return bytes;
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most = Infinity): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() !== "" && Number.isSafeInteger(number) && number >= least && number <= most) return number;
    const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Give a whole number ${range}.`);
  };
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the fields that are undefined, which an optional field may not be. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
