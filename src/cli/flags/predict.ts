import type { Command } from "commander";
import type { RowFormat } from "../../vectors/rowWriter.js";
import { fileName } from "../outputPaths.js";
import { withCommonFlags } from "./commonFlags.js";
import { addFlags, flag, withExamples } from "./flag.js";
import type { CorpusFlags, EncoderFlags, GlobalFlags } from "./options.js";
import { share, selectiveFlags, type SelectiveFlags } from "./selective.js";

export interface PredictFlags extends GlobalFlags, CorpusFlags, EncoderFlags, SelectiveFlags {
  readonly sets?: number | undefined;
  readonly explain?: boolean | undefined;
  readonly input?: string[] | undefined;
  readonly output?: string | undefined;
  readonly to?: RowFormat | undefined;
  readonly prefix?: string | undefined;
  readonly probabilities?: boolean | undefined;
  readonly html?: string | undefined;
}

const EXAMPLES = [
  'predict sentiment "I loved it" "What a waste of time"',
  "predict sentiment-head --input tweets.csv -o predictions.csv",
  "predict sentiment-head --input tweets.csv --probabilities | head",
  'predict sentiment-head --explain "not bad at all"',
  'predict sentiment-head --min-precision 0.95 --sets 0.9 "it was fine"',
];

export function declarePredict(command: Command): Command {
  command
    .description("predict texts, lines of a pipe, or a corpus")
    .argument("<head>", "folder of a head, or sentiment")
    .argument("[texts...]", "texts; without any, the lines of the pipe");
  addFlags(command, [
    flag("input", "--input <corpus...>", "predict the rows of files, or of the pipe: -"),
    flag("output", "-o, --output <file>", "--input: write .csv or .jsonl")
      .default(undefined, "stdout")
      .argParser(fileName),
    flag("output", "--to <format>", "rows on stdout").default(undefined, "as the input").choices(["csv", "jsonl"]),
    flag("output", "--prefix <text>", "names of the new columns begin so, such as model_"),
    flag("output", "--html <file>", "page with the entities marked in the texts"),
    flag("predictions", "--probabilities", "CSV: a column for each label's probability"),
    flag("predictions", "--explain", "tell which words, and which training texts, decide"),
    flag("predictions", "--sets <share>", "add prediction sets with this coverage, such as 0.9").argParser(share),
    ...selectiveFlags(),
  ]);
  withCommonFlags(command);
  return withExamples(command, EXAMPLES);
}
