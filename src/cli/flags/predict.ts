import type { Command } from "commander";
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
  readonly html?: string | undefined;
}

const EXAMPLES = [
  'predict sentiment "I loved it" "What a waste of time"',
  "predict sentiment-head --input tweets.csv -o predictions.csv",
  'predict sentiment-head --explain "not bad at all"',
  'predict sentiment-head --min-precision 0.95 --sets 0.9 "it was fine"',
];

export function declarePredict(command: Command): Command {
  command
    .description("predict texts: arguments, lines of a pipe, or a corpus")
    .argument("<head>", "folder of a head, or sentiment")
    .argument("[texts...]", "texts; without any, the lines of the pipe");
  addFlags(command, [
    flag("input", "--input <corpus...>", "predict a corpus, which needs -o"),
    flag("output", "-o, --output <file>", "predictions for a corpus: .csv or .jsonl").argParser(fileName),
    flag("output", "--html <file>", "page with the entities marked in the texts"),
    flag("predictions", "--explain", "tell which words, and which training texts, decide"),
    flag("predictions", "--sets <share>", "add prediction sets with this coverage, such as 0.9").argParser(share),
    ...selectiveFlags(),
  ]);
  withCommonFlags(command);
  return withExamples(command, EXAMPLES);
}
