import type { Command } from "commander";
import type { RowFormat } from "../../vectors/rowWriter.js";
import { folderName } from "../outputPaths.js";
import { withCommonFlags } from "./commonFlags.js";
import { addFlags, flag, withExamples } from "./flag.js";
import type { CorpusFlags, GlobalFlags } from "./options.js";
import { share } from "./selective.js";

export interface SplitFlags extends GlobalFlags, CorpusFlags {
  readonly output: string;
  readonly test: number;
  readonly dev?: number | undefined;
  readonly to: RowFormat;
}

const EXAMPLES = [
  "split tweets.csv -o parts",
  "split reviews.csv -o parts --test 0.1 --dev 0.1 --label-column stars",
  "split rows.jsonl -o parts --to jsonl",
];

const NOTE =
  "Each label is split in proportion, where there is a label column. Rows with equal texts, but for case and punctuation, " +
  "come into one file, since a head that has seen a text in training says nothing about others by it.";

export function declareSplit(command: Command): Command {
  command
    .description("split a corpus into train and test files")
    .argument("<corpus...>", "rows: .csv, .tsv, .jsonl, also .gz; - for the pipe")
    .addOption(
      flag("output", "-o, --output <folder>", "folder of train.csv and test.csv")
        .argParser(folderName)
        .makeOptionMandatory(),
    );
  addFlags(command, [
    flag("output", "--test <share>", "share of the rows for test.csv").default(0.2).argParser(share),
    flag("output", "--dev <share>", "share of the rows for dev.csv")
      .default(undefined, "no such file")
      .argParser(share),
    flag("output", "--to <format>", "format of the files").choices(["csv", "jsonl"]).default("csv"),
  ]);
  withCommonFlags(command);
  return withExamples(command, EXAMPLES, NOTE);
}
