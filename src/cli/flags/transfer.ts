import path from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import { HeadstartError } from "../../errors.js";
import { folderName } from "../outputPaths.js";
import { ADAPTATIONS, type AskedAdaptation } from "../../transfer/adaptation/adapt.js";
import { verboseFlag, withCommonFlags } from "./commonFlags.js";
import { addFlags, flag, withExamples } from "./flag.js";
import { wholeNumber, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "./options.js";
import { crfFlags, entityFlags, type EntityFlags } from "./tagger.js";

export interface TransferFlags extends GlobalFlags, CorpusFlags, EncoderFlags, EntityFlags {
  /** Of all sources. */
  readonly source: string[];
  /** Apart, where --source was given more than once. */
  readonly sources?: readonly (readonly string[])[] | undefined;
  readonly target: string[];
  /** Instead of all other corpora. */
  readonly matrix?: undefined;
  readonly sourceDev?: string[] | undefined;
  readonly targetTrain?: string[] | undefined;
  readonly map?: string | undefined;
  readonly task: "classification" | "ner";
  /** False for --no-crf. */
  readonly crf?: boolean | undefined;
  readonly epochs?: number | undefined;
  readonly classWeights: "none" | "balanced";
  readonly suggest?: number | undefined;
  readonly adapt?: readonly AskedAdaptation[] | undefined;
  /** False for --no-head. */
  readonly head: boolean;
  readonly output: string;
}

/** As they are given for `--matrix`. */
export interface MatrixFlags extends Omit<TransferFlags, "source" | "target" | "matrix"> {
  readonly matrix: string[];
}

const EXAMPLES = [
  "transfer --source tweets.csv --target movies.csv -o out",
  "transfer --source a.csv --target b.csv --target-train b-train.csv -o out",
  "transfer --source a.csv --source b.csv --target c.csv -o out",
  "transfer --matrix books.csv music.csv tweets.csv -o out",
  "transfer --task ner --source news.conll --target tweets.conll -o out",
];

const ASKED: readonly AskedAdaptation[] = [...ADAPTATIONS, "auto"];

/** Names with commas between them, after those of the flag before. */
function adaptations(list: string, before: readonly AskedAdaptation[] = []): readonly AskedAdaptation[] {
  const names = list.split(",").map((written) => {
    const name = ASKED.find((one) => one === written.trim());
    if (name !== undefined) return name;
    throw new InvalidArgumentError(`Unknown name "${written.trim()}": give one or more of ${ASKED.join(", ")}.`);
  });
  return [...before, ...names];
}

/** @throws HeadstartError E_USAGE where several sources do not go with what else is asked for */
export function refuseSources({ sources, task, sourceDev }: TransferFlags): void {
  if (sources === undefined) return;
  refuseTwice(sources);
  if (task === "ner") {
    const advice = `Give one, or the files of all behind one --source`;
    throw new HeadstartError("E_USAGE", `Cannot rank several sources for --task ner. ${advice}`);
  }
  if (sourceDev === undefined) return;
  const why = "--source-dev has rows of one source, and several are to be ranked";
  throw new HeadstartError("E_USAGE", `${why}. Leave it out: a fifth of each source is then held out`);
}

/** A source that is there twice would be ranked against itself. */
function refuseTwice(sources: readonly (readonly string[])[]): void {
  const twice = givenTwice(sources.flat());
  if (twice === undefined) return;
  throw new HeadstartError("E_USAGE", `--source has ${twice} twice. Give each file once`);
}

/** A file that is among others twice, whatever way it is written; undefined where none is. */
export function givenTwice(files: readonly string[]): string | undefined {
  const places = files.map((file) => (file === "-" ? file : path.resolve(file)));
  return files.find((_, i) => places.indexOf(places[i]) < i);
}

export function declareTransfer(command: Command): Command {
  command.description("train on one domain, evaluate on another, and say whether it carries over");
  addFlags(command, [
    flag("input", "--source <corpus...>", "labeled rows; repeat to rank several"),
    flag("input", "--target <corpus...>", "rows of the other domain, labeled or not"),
    flag("input", "--matrix <files...>", "instead: a domain a file, every one to every other"),
    flag("input", "--source-dev <corpus...>", "in-domain dev rows").default(undefined, "a fifth of it"),
    flag("input", "--target-train <corpus...>", "labeled target rows: for ceiling and verdict"),
    flag("input", "--map <map>", 'rename or drop labels, such as "neutral=drop"'),
    flag("learn", "--task <task>", "kind of labels").choices(["classification", "ner"]).default("classification"),
    flag("learn", "--class-weights <how>", "weights of the labels").choices(["none", "balanced"]).default("none"),
    flag("advanced", "--adapt <how>", `adapt the head to the target: ${ASKED.join(", ")}`).argParser(adaptations),
    ...crfFlags(),
    flag("learn", "--epochs <number>", "training epochs").argParser(wholeNumber(1)),
    flag("output", "-o, --output <folder>", "folder of report.html, record.json and head")
      .argParser(folderName)
      .makeOptionMandatory(),
    flag("output", "--suggest <rows>", "also write suggest.csv: target rows to label first").argParser(wholeNumber(1)),
    flag("advanced", "--no-head", "do not train and write the recommended head"),
    ...entityFlags(),
    verboseFlag("also print scores per label and confusion matrices"),
  ]);
  withCommonFlags(command);
  return withExamples(command, EXAMPLES);
}
