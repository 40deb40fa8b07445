import type { Command } from "commander";
import { verboseFlag, withCommonFlags } from "./commonFlags.js";
import { addFlags, flag, withExamples } from "./flag.js";
import type { CorpusFlags, EncoderFlags, GlobalFlags } from "./options.js";
import { entityFlags, type EntityFlags } from "./tagger.js";

export interface CompareFlags extends GlobalFlags, CorpusFlags, EncoderFlags, EntityFlags {
  /** False for --no-map. */
  readonly map?: string | false | undefined;
  readonly differences?: string | undefined;
}

const EXAMPLES = [
  "compare old-head new-head test.csv",
  "compare old-head new-head test.csv --differences differences.csv",
  'compare sentiment my-head reviews.csv --map "5=positive,1=negative,3=drop"',
  "compare entity-head other-entity-head test.conll --json",
];

export function declareCompare(command: Command): Command {
  command
    .description("compare two heads on the same rows")
    .argument("<a>", "folder of a head, or sentiment")
    .argument("<b>", "folder of the other head")
    .argument("<corpus...>", "labeled rows, or .conll for entities");
  addFlags(command, [
    flag("input", "--map <map>", 'rename or drop labels, such as "4=positive,2=drop"').default(
      undefined,
      "as in training",
    ),
    flag("advanced", "--no-map", "take the labels as they are, without the map of the training"),
    flag("output", "--differences <file>", "rows predicted differently, most confident first: .csv or .jsonl"),
    ...entityFlags(),
    verboseFlag("also print some of the rows predicted differently"),
  ]);
  withCommonFlags(command);
  return withExamples(command, EXAMPLES);
}
