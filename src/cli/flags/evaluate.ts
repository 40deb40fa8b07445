import type { Command } from "commander";
import { verboseFlag, withCommonFlags } from "./commonFlags.js";
import { addFlags, flag, withExamples } from "./flag.js";
import type { CorpusFlags, EncoderFlags, GlobalFlags } from "./options.js";
import { entityFlags, type EntityFlags } from "./tagger.js";
import { selectiveFlags, type SelectiveFlags } from "./selective.js";

export interface EvaluateFlags extends GlobalFlags, CorpusFlags, EncoderFlags, SelectiveFlags, EntityFlags {
  /** False for --no-map. */
  readonly map?: string | false | undefined;
  readonly errors?: string | undefined;
  readonly report?: string | undefined;
}

const EXAMPLES = [
  "evaluate sentiment-head test.csv",
  'evaluate sentiment reviews.csv --map "5=positive,1=negative,3=drop"',
  "evaluate head test.csv --errors mistakes.csv --json",
  "evaluate head test.csv --max-risk 0.05 --report evaluation.html",
  "evaluate spam-head test.csv --max-false-alarms spam=0.001",
  'evaluate spam-head test.csv --costs "ham>spam=10"',
];

export function declareEvaluate(command: Command): Command {
  command
    .description("measure a head on a labeled corpus")
    .argument("<head>", "folder of a head, or sentiment")
    .argument("<corpus...>", "labeled rows, or .conll for entities");
  addFlags(command, [
    flag("input", "--map <map>", 'rename or drop labels, such as "4=positive,2=drop"').default(
      undefined,
      "as in training",
    ),
    flag("advanced", "--no-map", "take the labels as they are, without the map of the training"),
    ...selectiveFlags(),
    flag("output", "--errors <file>", "mistakes, most confident first: .csv or .jsonl"),
    flag("output", "--report <file>", "page with reliability diagram and more: .html"),
    ...entityFlags(),
    verboseFlag("also print reliability, risk and coverage, sets"),
  ]);
  withCommonFlags(command);
  return withExamples(command, EXAMPLES);
}
