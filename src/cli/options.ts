import { InvalidArgumentError, Option, type Command } from "commander";
import type { CorpusOptions } from "../corpus/corpus.js";
import type { EmbedOptions } from "../encoder/embed.js";
import type { EncoderOptions, Precision } from "../encoder/encoder.js";
import { BUILT_IN_ENCODER } from "../encoder/locate.js";
import type { Pooling } from "../encoder/pooling.js";

/** Flags that every command takes, as commander gives them. */
export interface GlobalFlags {
  readonly seed: number;
  readonly threads?: number;
  readonly offline?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly force?: boolean;
}

/** Flags of the commands that read a corpus. */
export interface CorpusFlags {
  readonly textColumn?: string;
  readonly labelColumn?: string;
  readonly encoding?: string;
  readonly limit?: number;
  readonly badRows: "fail" | "skip";
  readonly invalidUtf8: "fail" | "replace";
  readonly dropMissing?: boolean;
  readonly from?: "csv" | "tsv" | "jsonl";
}

/** Flags of the commands that embed. */
export interface EncoderFlags {
  readonly encoder?: string;
  readonly pooling?: Pooling;
  readonly normalize?: boolean;
  readonly layer?: number;
  readonly maxTokens?: number;
  readonly prompt?: string;
  readonly batchTokens?: number;
  readonly precision?: Precision;
  readonly allowBatchDependence?: boolean;
  /** A folder, true for the default one, false for none. */
  readonly cache?: string | boolean;
}

export function withGlobalFlags(command: Command): Command {
  return command
    .option("--seed <number>", "source of all randomness", wholeNumber(0), 1)
    .option("--threads <number>", "threads of the encoder and of training (default: all cores)", wholeNumber(1))
    .option("--offline", "use what is on this machine only")
    .option("--json", "print one JSON object on stdout and nothing else there")
    .option("--quiet", "no progress and no remarks on stderr")
    .option("--force", "replace an output that exists")
    .addOption(new Option("--debug", "show a stack trace with an error").hideHelp());
}

export function withCorpusFlags(command: Command, { labels }: { readonly labels: boolean }): Command {
  command.option("--text-column <name>", "column of the texts (default: text)");
  if (labels) command.option("--label-column <name>", "column of the labels (default: label)");
  else command.addOption(new Option("--label-column <name>", "accepted; this command reads no labels").hideHelp());
  command
    .option("--encoding <name>", "encoding of the files (default: UTF-8, or UTF-16 by its byte order mark)")
    .option("--limit <rows>", "read so many rows at most", wholeNumber(1))
    .addOption(new Option("--bad-rows <what>", "rows that cannot be read").choices(["fail", "skip"]).default("fail"))
    .addOption(
      new Option("--invalid-utf8 <what>", "bytes that are not UTF-8").choices(["fail", "replace"]).default("fail"),
    )
    .addOption(new Option("--from <format>", "format of the pipe").choices(["csv", "tsv", "jsonl"]));
  if (labels) command.option("--drop-missing", "leave out rows without a label");
  return command;
}

export function withEncoderFlags(command: Command): Command {
  return command
    .option("--encoder <name>", `built-in name, folder or hub id (default: ${BUILT_IN_ENCODER})`)
    .addOption(new Option("--pooling <how>", "how token vectors become one").choices(["mean", "cls", "max"]))
    .option("--no-normalize", "do not scale vectors to length 1")
    .option("--layer <number>", "take the hidden states after this layer (0: the embeddings)", wholeNumber(0))
    .option("--max-tokens <number>", "cut longer texts", wholeNumber(3))
    .option("--prompt <text>", "put before every text")
    .option("--batch-tokens <number>", "tokens of a batch, padding included (default: 2048)", wholeNumber(1))
    .addOption(new Option("--precision <kind>", "of the computation").choices(["fp32", "int8"]))
    .option("--allow-batch-dependence", "batch texts although the model then changes their vectors a little")
    .option("--cache [folder]", "keep vectors and reuse them (HEADSTART_CACHE)")
    .option("--no-cache", "use no cache");
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
    from: flags.from,
  });
}

export function embedOptions(flags: EncoderFlags): EmbedOptions {
  return defined({ batchTokens: flags.batchTokens, allowBatchDependence: flags.allowBatchDependence });
}

/** A whole number of at least `least`. */
export function wholeNumber(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() !== "" && Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
  };
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the fields that are undefined, which an optional field may not be. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
