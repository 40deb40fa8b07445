import type { Command, Option } from "commander";
import { BUILT_IN_ENCODER } from "../../encoder/locate.js";
import { commonUse } from "./commandUse.js";
import { flag } from "./flag.js";
import { delimiterFlag, quoteFlag, sizeFlag, wholeNumber } from "./options.js";

/** With more, the runtime breaks down on a machine of few cores. */
const MOST_THREADS = 256;

/**
 * Declares the flags that every command accepts; those that have no effect on the command, or none of its own, are left
 * out of its help.
 */
export function withCommonFlags(command: Command): Command {
  for (const one of [...corpusFlags(), ...encoderFlags(command.name()), ...outputFlags(), ...globalFlags()]) {
    const shown = commonUse(command.name(), one.attributeName()) === "used";
    command.addOption(shown ? one : one.hideHelp());
  }
  return command;
}

const corpusFlags = (): Option[] => [
  flag("input", "--text-column <name>", "column with the texts; a,b joins two").default(undefined, "text"),
  flag("input", "--label-column <name>", "column with the labels").default(undefined, "label"),
  flag("advanced", "--limit <rows>", "read at most this many rows").argParser(wholeNumber(1)),
  flag("input", "--bad-rows <what>", "what malformed rows do").choices(["fail", "skip"]).default("fail"),
  flag("advanced", "--no-header", "the first line is a row: --text-column 2 names a column by its place"),
  flag("advanced", "--delimiter <character>", "what is between the fields of CSV and TSV; tab for a tab")
    .default(undefined, "found in CSV, tab in TSV")
    .argParser(delimiterFlag),
  flag("advanced", "--quote <what>", 'what a quote means in CSV and TSV: auto, none or "')
    .default(undefined, "auto")
    .argParser(quoteFlag),
  flag("advanced", "--encoding <name>", "encoding of the files").default(undefined, "UTF-8, or UTF-16 by its BOM"),
  flag("advanced", "--invalid-utf8 <what>", "what bytes that are not UTF-8 do")
    .choices(["fail", "replace"])
    .default("fail"),
  flag("advanced", "--max-field <bytes>", "longest field, in bytes")
    .default(undefined, "16777216")
    .argParser(wholeNumber(1)),
  flag("advanced", "--from <format>", "format of the pipe, or of a file whose ending names none").choices([
    "csv",
    "tsv",
    "jsonl",
    "arrow",
  ]),
  flag("advanced", "--drop-missing", "leave out rows without a label; of an Arrow stream, without a text"),
];

/** Commands for which a head says the encoder. */
const OF_HEADS = ["predict", "evaluate"];

const encoderFlags = (command: string): Option[] => [
  OF_HEADS.includes(command)
    ? flag("advanced", "--encoder <name>", "the head's encoder under another name").default(undefined, "as in training")
    : flag("encoder", "--encoder <name>", "name, folder, hub id or file").default(undefined, BUILT_IN_ENCODER),
  flag("encoder", "--cache [folder]", "keep vectors for later runs (HEADSTART_CACHE)"),
  flag("advanced", "--model-file <file>", "ONNX file of the encoder, where it has several"),
  flag("advanced", "--precision <kind>", "numbers that the encoder computes with").choices(["fp32", "int8"]),
  flag("advanced", "--no-cache", "use no cache, even where HEADSTART_CACHE names one"),
  flag("advanced", "--cache-max <size>", "most that vectors may take, such as 2GB (HEADSTART_CACHE_MAX)").argParser(
    sizeFlag,
  ),
  flag("advanced", "--pooling <how>", "how token vectors become one; without it, as the model says").choices([
    "mean",
    "cls",
    "max",
    "model",
  ]),
  flag("advanced", "--no-normalize", "do not scale vectors to length 1"),
  flag("advanced", "--layer <number>", "use the hidden states after this layer; 0: the embeddings").argParser(
    wholeNumber(0),
  ),
  flag("advanced", "--max-tokens <number>", "truncate texts to this many tokens").argParser(wholeNumber(3)),
  flag("advanced", "--prompt <text>", "put this before every text"),
  flag("advanced", "--batch-tokens <number>", "tokens per batch, padding included")
    .default(undefined, "384 per thread")
    .argParser(wholeNumber(1)),
  flag("advanced", "--allow-batch-dependence", "batch texts even where that changes their vectors slightly"),
];

const outputFlags = (): Option[] => [
  flag("output", "--force", "replace an existing output"),
  flag("output", "--store <kind>", "numbers of the vectors written").choices(["fp32", "fp16", "int8"]).default("fp32"),
];

const globalFlags = (): Option[] => [
  flag("output", "--json", "print one JSON object on stdout"),
  flag("output", "--quiet", "no progress and no remarks on stderr"),
  flag("advanced", "--seed <number>", "seed of everything random").argParser(wholeNumber(0)).default(1),
  flag("advanced", "--threads <number>", "threads of the encoder and of training")
    .default(undefined, "all cores")
    .argParser(wholeNumber(1, MOST_THREADS)),
  flag("advanced", "--offline", "use only what is on this machine"),
  flag("advanced", "--debug", "print a stack trace with an error").hideHelp(),
];

/** Tells more than a person needs to know; for commands that have more to tell. */
export const verboseFlag = (what: string): Option => flag("output", "--verbose", what);
