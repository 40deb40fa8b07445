import { InvalidArgumentError, Option, type Command } from "commander";
import type { CorpusOptions } from "../../corpus/corpus.js";
import type { CorpusFormat } from "../../corpus/source.js";
import type { EmbedOptions } from "../../encoder/embed/embed.js";
import type { EncoderOptions, Precision } from "../../encoder/encoder.js";
import { BUILT_IN_ENCODER } from "../../encoder/locate.js";
import type { Pooling } from "../../math/pooling.js";
import { parseSize, SIZE_ADVICE } from "./bytes.js";

/** Flags that every command has a use for, as commander gives them. */
export interface GlobalFlags {
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly offline?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly debug?: boolean | undefined;
  readonly force?: boolean | undefined;
}

/** Flags of the commands that read a corpus. */
export interface CorpusFlags {
  readonly textColumn?: string | undefined;
  readonly labelColumn?: string | undefined;
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
  readonly pooling?: Pooling | undefined;
  readonly normalize?: boolean | undefined;
  readonly layer?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly prompt?: string | undefined;
  readonly batchTokens?: number | undefined;
  readonly precision?: Precision | undefined;
  readonly allowBatchDependence?: boolean | undefined;
}

/** What a command does that the common flags are about. */
export type Use = "corpus" | "labels" | "encoder" | "cache" | "store" | "output";

/**
 * Declares the common flags, which every command accepts; those that are about nothing the command does have no effect
 * and are left out of its help.
 */
export function withCommonFlags(command: Command, uses: readonly Use[]): Command {
  const groups: readonly (readonly [uses: boolean, flags: readonly Option[]])[] = [
    [uses.includes("corpus"), corpusFlags()],
    [uses.includes("labels"), labelFlags()],
    [uses.includes("encoder"), encoderFlags()],
    [uses.includes("encoder") || uses.includes("cache"), cacheFlags()],
    [uses.includes("store"), storeFlags()],
    [uses.includes("output"), [new Option("--force", "replace an output that exists")]],
    [true, globalFlags()],
  ];
  for (const [shown, flags] of groups) for (const flag of flags) command.addOption(shown ? flag : flag.hideHelp());
  return command;
}

const corpusFlags = (): Option[] => [
  new Option("--text-column <name>", "column of the texts (default: text)"),
  new Option("--encoding <name>", "encoding of the files (default: UTF-8, or UTF-16 by its byte order mark)"),
  new Option("--limit <rows>", "read so many rows at most").argParser(wholeNumber(1)),
  new Option("--bad-rows <what>", "rows that cannot be read").choices(["fail", "skip"]).default("fail"),
  new Option("--invalid-utf8 <what>", "bytes that are not UTF-8").choices(["fail", "replace"]).default("fail"),
  new Option("--max-field <bytes>", "longest field; a longer one is an error (default: 16777216)").argParser(
    wholeNumber(1),
  ),
  new Option("--from <format>", "format of the pipe").choices(["csv", "tsv", "jsonl", "arrow"]),
];

const labelFlags = (): Option[] => [
  new Option("--label-column <name>", "column of the labels (default: label)"),
  new Option("--drop-missing", "leave out rows without a label (of an Arrow stream: or without a text)"),
];

const encoderFlags = (): Option[] => [
  new Option("--encoder <name>", `built-in name, folder, hub id or word-vector file (default: ${BUILT_IN_ENCODER})`),
  new Option("--pooling <how>", "how token vectors become one").choices(["mean", "cls", "max"]),
  new Option("--no-normalize", "do not scale vectors to length 1"),
  new Option("--layer <number>", "take the hidden states after this layer (0: the embeddings)").argParser(
    wholeNumber(0),
  ),
  new Option("--max-tokens <number>", "cut longer texts").argParser(wholeNumber(3)),
  new Option("--prompt <text>", "put before every text"),
  new Option("--batch-tokens <number>", "tokens of a batch, padding included (default: 384 a thread)").argParser(
    wholeNumber(1),
  ),
  new Option("--precision <kind>", "of the computation").choices(["fp32", "int8"]),
  new Option("--allow-batch-dependence", "batch texts although the model then changes their vectors a little"),
];

const cacheFlags = (): Option[] => [
  new Option("--cache [folder]", "keep vectors and reuse them (HEADSTART_CACHE)"),
  new Option("--no-cache", "use no cache"),
  new Option("--cache-max <size>", "let the oldest vectors go beyond it, such as 2GB (HEADSTART_CACHE_MAX)").argParser(
    sizeFlag,
  ),
];

const storeFlags = (): Option[] => [
  new Option("--store <kind>", "numbers of the vectors written").choices(["fp32", "fp16", "int8"]).default("fp32"),
];

/** With more, the runtime breaks down on a machine of few cores. */
const MOST_THREADS = 256;

const globalFlags = (): Option[] => [
  new Option("--seed <number>", "source of all randomness").argParser(wholeNumber(0)).default(1),
  new Option("--threads <number>", "threads of the encoder and of training (default: all cores)").argParser(
    wholeNumber(1, MOST_THREADS),
  ),
  new Option("--offline", "use what is on this machine only"),
  new Option("--json", "print one JSON object on stdout and nothing else there"),
  new Option("--quiet", "no progress and no remarks on stderr"),
  new Option("--debug", "show a stack trace with an error").hideHelp(),
];

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
  });
}

export function corpusOptions(flags: CorpusFlags): CorpusOptions {
  return defined({
    textColumn: flags.textColumn,
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

function sizeFlag(value: string): number {
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
