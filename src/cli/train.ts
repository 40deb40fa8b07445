import { InvalidArgumentError, Option } from "commander";
import { describeHead } from "../classify/describeHead.js";
import { labelIndices } from "../classify/labelSpace.js";
import type { LabelledVectors } from "../classify/labelledVectors.js";
import { trainClassifier, type TrainedHead } from "../classify/train.js";
import type { LabelledCorpus } from "../classify/labelled.js";
import { saveHead } from "../head/headFolder.js";
import type { HeadFile } from "../head/headFile.js";
import { HeadstartError } from "../errors.js";
import { checkLabels } from "../corpus/labelSet.js";
import { evaluationText } from "../report/terminal.js";
import {
  embedTexts,
  gatherRejects,
  labelMapOf,
  openEncoder,
  readRows,
  warnOfUnused,
  withCache,
  type AddCommand,
  type Context,
} from "./context.js";
import {
  defined,
  wholeNumber,
  withCommonFlags,
  type CorpusFlags,
  type EncoderFlags,
  type GlobalFlags,
} from "./options.js";
import { checkOutputs } from "./outputs.js";
import { trainTaggerCommand, type TrainTaggerFlags } from "./trainTagger.js";

interface TrainFlags extends Omit<TrainTaggerFlags, "map">, GlobalFlags, CorpusFlags, EncoderFlags {
  readonly output: string;
  readonly task: HeadFile["task"] | "ner";
  readonly head?: "logistic" | "mlp";
  readonly dev?: string[];
  readonly map?: string;
  readonly classWeights: "none" | "balanced";
}

const EXAMPLES = `
Examples:
  headstart train tweets.csv -o sentiment-head
  headstart train sms.csv -o spam-head --task spam --class-weights balanced
  headstart train news.conll -o entity-head --task ner --crf
  headstart train train.csv --dev dev.csv -o head --label-column stars --map "1=bad,2=bad,4=good,5=good,3=drop"`;

export const addTrain: AddCommand = (program, context) => {
  const command = program
    .command("train")
    .description("train a head on a labelled corpus")
    .argument("<corpus...>", "files with a text and a label column")
    .requiredOption("-o, --output <folder>", "where to write the head")
    .addOption(
      new Option("--task <task>", "what the labels mean")
        .choices(["sentiment", "spam", "ner", "classification"])
        .default("classification"),
    )
    .addOption(
      new Option("--head <kind>", "kind of head (default: logistic; for ner mlp)").choices(["logistic", "mlp"]),
    )
    .option("--crf", "ner: learn which tags follow each other")
    .addOption(new Option("--epochs <number>", "ner: times that all sentences are seen").argParser(wholeNumber(1)))
    .addOption(new Option("--layers <list>", 'ner: layers of the encoder, such as "4,2,0"').argParser(layerList))
    .option("--mix-layers", "ner: average the layers with learnt shares instead of laying them side by side")
    .addOption(
      new Option("--sub-words <which>", "ner: what stands for a word").choices(["first", "mean", "first-last"]),
    )
    .option("--no-writing", "ner: look at vectors only, not at case, affixes and the words themselves")
    .option("--dev <corpus...>", "rows to choose the regularisation on (default: a tenth, equal texts on one side)")
    .option("--map <map>", 'rename or drop labels, such as "4=positive,2=drop"')
    .addOption(
      new Option("--class-weights <how>", "weights of the labels").choices(["none", "balanced"]).default("none"),
    );
  withCommonFlags(command, ["corpus", "labels", "encoder", "output"])
    .addHelpText("after", EXAMPLES)
    .action((files: string[], flags: TrainFlags) => trainCommand(context(), files, flags));
};

/** Layers by number, the embeddings being 0. */
function layerList(written: string): number[] {
  const layers = written.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (layers.every((layer) => Number.isSafeInteger(layer) && layer >= 0)) return layers;
  throw new InvalidArgumentError('Give layers by number, such as "4,2,0".');
}

async function trainCommand(context: Context, files: readonly string[], flags: TrainFlags): Promise<void> {
  const { talk, clock, print, signal, now } = context;
  await checkOutputs([flags.output], { inputs: [...files, ...(flags.dev ?? [])], force: flags.force });
  const map = labelMapOf(flags.map);
  if (flags.task === "ner") return trainTaggerCommand(context, files, { flags, map });
  if (flags.head === "mlp") throw new HeadstartError("E_USAGE", "--head mlp is for --task ner. Leave it out");
  const rejects = gatherRejects(flags.output);
  const rows = await readRows(context, files, { flags, map, rejects });
  const devRows = flags.dev === undefined ? undefined : await readRows(context, flags.dev, { flags, map, rejects });
  warnOfUnused(context, map, [rows.seen, ...(devRows === undefined ? [] : [devRows.seen])]);
  // Labels are checked before the long part begins.
  const { labels } = checkLabels(rows.labels, { minPerClass: devRows === undefined ? 2 : 1 });
  if (devRows !== undefined) labelIndices(labels, devRows.labels, devRows.files.join(", "));
  const began = clock();
  const encoder = await openEncoder(context, flags);
  try {
    const { data, dev } = await withCache(context, { flags, encoder }, async (cache) => ({
      data: await withVectors(context, rows, { encoder, cache, flags, what: "training texts" }),
      dev: devRows && (await withVectors(context, devRows, { encoder, cache, flags, what: "dev texts" })),
    }));
    const fitBegan = clock();
    const trained = await trainClassifier(data, {
      ...defined({ dev, threads: flags.threads }),
      seed: flags.seed,
      classWeights: flags.classWeights,
      signal,
      onTrial: ({ strength, iterations, devLogLoss, devMacroF1 }) => {
        const reached = `dev log loss ${devLogLoss.toFixed(4)}, macro-F1 ${devMacroF1.toFixed(3)}`;
        talk.say(`strength ${strength}: ${iterations} iterations, ${reached}`);
      },
    });
    const fitSeconds = (clock() - fitBegan) / 1000;
    for (const warning of trained.warnings) talk.warn(warning);
    const { seed } = flags;
    const file = describeHead(trained, { task: flags.task, seed, createdAt: now(), corpus: rows, encoder });
    await saveHead(
      flags.output,
      { head: trained.head, bagOfWords: trained.bagOfWords, file },
      defined({ force: flags.force }),
    );
    await rejects.save(talk);
    const seconds = (clock() - began) / 1000;
    await print(
      flags.json
        ? `${JSON.stringify(summary(trained, { flags, rows, seconds, fitSeconds }))}\n`
        : described(trained, flags, seconds),
    );
  } finally {
    await encoder.close();
  }
}

async function withVectors(
  context: Context,
  rows: LabelledCorpus,
  job: Parameters<typeof embedTexts>[2],
): Promise<LabelledVectors> {
  const { vectors } = await embedTexts(context, rows.texts, job);
  return { texts: rows.texts, labels: rows.labels, vectors };
}

function summary(
  trained: TrainedHead,
  {
    flags,
    rows,
    seconds,
    fitSeconds,
  }: { flags: TrainFlags; rows: LabelledCorpus; seconds: number; fitSeconds: number },
): object {
  return {
    head: flags.output,
    task: flags.task,
    labels: trained.head.labels,
    n: trained.n,
    rejected: rows.counts.rejected,
    dropped: rows.dropped,
    dev: trained.dev,
    devFrom: trained.devFrom,
    strength: trained.strength,
    trials: trained.trials,
    epochs: trained.trials.reduce((sum, trial) => sum + trial.iterations, 0),
    seconds,
    fitSeconds,
    warnings: trained.warnings,
  };
}

function described(trained: TrainedHead, flags: TrainFlags, seconds: number): string {
  return (
    `${evaluationText(trained.dev, { title: `Dev: ${trained.devFrom}` })}\n` +
    `${flags.output}: trained on ${trained.n} rows, strength ${trained.strength}, ${seconds.toFixed(1)} s\n`
  );
}
