import { InvalidArgumentError, type Command, type Option } from "commander";
import { hasEnding } from "../../corpus/format.js";
import type { Head } from "../../head/head.js";
import type { HeadFile } from "../../head/file/schema.js";
import { folderName } from "../outputPaths.js";
import { verboseFlag, withCommonFlags } from "./commonFlags.js";
import { addFlags, flag, formerName, withExamples } from "./flag.js";
import { mlpFlags, type MlpFlags } from "./mlp.js";
import { wholeNumber, type CorpusFlags, type GlobalFlags } from "./options.js";
import { searchFlags, type SearchFlags } from "./search.js";
import { entityFlags, taggerFlags, type EntityFlags, type TaggerTrainingFlags } from "./tagger.js";

export interface TrainFlags extends GlobalFlags, CorpusFlags, SearchFlags, MlpFlags, TaggerTrainingFlags, EntityFlags {
  readonly output: string;
  readonly task: HeadFile["task"] | "ner";
  readonly head?: Head["kind"] | undefined;
  readonly fewShot?: readonly number[] | undefined;
  readonly tensorboard?: string | undefined;
  readonly dev?: string[] | undefined;
  readonly cv?: number | undefined;
  readonly map?: string | undefined;
  readonly labelErrors?: boolean | undefined;
  /** True where no separator is given. */
  readonly multiLabel?: string | true | undefined;
  readonly minPerClass?: number | undefined;
  readonly poolRare?: string | undefined;
  /** Keeps training rows with the head, so many at most. */
  readonly explainable?: number | true | undefined;
}

const EXAMPLES = [
  "train tweets.csv -o sentiment-head",
  "train sms.csv -o spam-head --task spam --class-weights balanced",
  "train reviews.csv -o head --cv 5",
  "train tweets.csv -o tuned-head --tune --cache",
  'train train.csv --dev dev.csv -o head --label-column stars --map "1=bad,5=good,3=drop"',
  "train tweets.csv -o mlp-head --head mlp --hidden 256,64 --tensorboard runs",
  "train tweets.csv -o explainable-head --explainable",
  "train tweets.csv -o sentiment-head --label-errors",
  "train comments.csv -o topics-head --multi-label --label-column toxic,obscene,threat",
  "train news.conll -o entity-head --task ner",
  "train news.conll --dev dev.conll -o entity-head --task ner --cache",
];

export function declareTrain(command: Command): Command {
  command
    .description("train a head on labeled texts, or on sentences with tagged entities")
    .argument("<corpus...>", "labeled rows, or .conll for entities")
    .addOption(
      flag("output", "-o, --output <folder>", "folder of the head").argParser(folderName).makeOptionMandatory(),
    );
  addFlags(command, [
    ...dataFlags(),
    ...taskFlags(),
    ...mlpFlags(),
    ...taggerFlags(),
    ...entityFlags(),
    ...extraFlags(),
  ]);
  withCommonFlags(command);
  return withExamples(command, EXAMPLES);
}

const dataFlags = (): Option[] => [
  flag("input", "--dev <corpus...>", "rows to score on").default(undefined, "held-out ones"),
  flag("input", "--map <map>", 'rename or drop labels, such as "4=positive,2=drop"'),
];

function taskFlags(): Option[] {
  const errors = flag("learn", "--label-errors", "train nothing; list label errors in <output>.check.csv");
  return [
    flag("learn", "--task <task>", "labels")
      .choices(["classification", "sentiment", "spam", "ner"])
      .default("classification"),
    flag("learn", "--head <kind>", "kind").default(undefined, "logistic; ner: mlp").choices(["logistic", "mlp"]),
    flag("learn", "--multi-label [sep]", 'rows have lists of labels, or a|b with "|"').argParser(separatorOf),
    flag("learn", "--class-weights <how>", "weights of the labels").choices(["none", "balanced"]).default("none"),
    flag("learn", "--cv <folds>", "also score all rows, by cross-validation").argParser(wholeNumber(2)),
    errors,
    formerName(errors, "--check"),
    ...searchFlags(),
  ];
}

/** A corpus after --multi-label would be taken for its separator. */
function separatorOf(written: string): string {
  if (written !== "" && !hasEnding(written)) return written;
  throw new InvalidArgumentError('Give a separator, such as "|", or name the corpus before --multi-label.');
}

function labelOf(written: string): string {
  if (written.trim() !== "") return written.trim();
  throw new InvalidArgumentError("Give a label, such as other.");
}

function extraFlags(): Option[] {
  const numbers = (list: string): number[] => list.split(",").map((each) => wholeNumber(1)(each));
  const few = flag("advanced", "--few-shot <numbers>", "also score few-shot heads, such as of 8,16,64 rows per label");
  return [
    verboseFlag("also print scores per label, trials, calibration"),
    flag("output", "--explainable [rows]", "keep so many training texts (without a number: 10000)").argParser(
      wholeNumber(1),
    ),
    flag("advanced", "--min-per-class <rows>", "leave out labels with fewer rows, and the rows of these").argParser(
      wholeNumber(1),
    ),
    flag("advanced", "--pool-rare <label>", "--min-per-class: give their rows this label instead").argParser(labelOf),
    few.argParser(numbers),
    formerName(few, "--few <numbers>"),
    flag("advanced", "--tensorboard <folder>", "write the losses as TensorBoard event files"),
  ];
}
