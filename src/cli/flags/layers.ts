import type { Command } from "commander";
import { folderName } from "../outputPaths.js";
import { withCommonFlags } from "./commonFlags.js";
import { addFlags, flag, withExamples } from "./flag.js";
import type { CorpusFlags, EncoderFlags, GlobalFlags } from "./options.js";

export interface LayersFlags extends GlobalFlags, CorpusFlags, EncoderFlags {
  readonly target?: string[] | undefined;
  readonly map?: string | undefined;
  readonly classWeights: "none" | "balanced";
  readonly output?: string | undefined;
}

const EXAMPLES = [
  "layers reviews.csv",
  "layers reviews.csv --target tweets.csv -o layers",
  "layers reviews.csv --encoder Xenova/all-MiniLM-L6-v2 --cache",
];

export function declareLayers(command: Command): Command {
  command.description("compare the layers of an encoder on a task").argument("<corpus...>", "labeled rows");
  addFlags(command, [
    flag("input", "--target <corpus...>", "labeled rows of another domain, to score on too"),
    flag("input", "--map <map>", 'rename or drop labels, such as "neutral=drop"'),
    flag("learn", "--class-weights <how>", "weights of the labels").choices(["none", "balanced"]).default("none"),
    flag("output", "-o, --output <folder>", "folder of report.html and record.json").argParser(folderName),
  ]);
  withCommonFlags(command);
  return withExamples(
    command,
    EXAMPLES,
    "Layer 0 is the embeddings; the last one is what the other commands use without --layer.",
  );
}
