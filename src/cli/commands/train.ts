import { labelIndices } from "../../dataset/mapLabels.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { trainClassifier } from "../../classification/train.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { buildNeighborIndex, type NeighborIndex } from "../../head/neighbors.js";
import { saveHead } from "../../head/file/folder.js";
import { heldByHead } from "../../head/file/heldTexts.js";
import type { Encoder } from "../../encoder/encoder.js";
import { MLP_DEFAULTS } from "../../head/mlp/mlp.js";
import { withoutRare } from "../../dataset/rareLabels.js";
import { withoutSeenDev } from "../../dataset/seenRows.js";
import { checkLabels } from "../../dataset/labelSet.js";
import { headParts } from "../../pipeline/train/headParts.js";
import {
  embedWithProgress,
  labelMapOf,
  openEncoder,
  readLabeledCorpus,
  warnOfUnused,
  withCache,
  type AddCommand,
  type Context,
} from "../context.js";
import { readTraining } from "../reading.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { mlpSettingsOf } from "../flags/mlp.js";
import { checkCommand, warnOfLabels } from "../train/labelErrors.js";
import { trainMultiLabelCommand } from "../train/multiLabel.js";
import { defined, flagsFor } from "../flags/options.js";
import { declareTrain, type TrainFlags } from "../flags/train.js";
import { openFolder, printResult, readBeside, type FolderOutput } from "../finished.js";
import { checkFolds } from "../../classification/crossValidate.js";
import { search } from "../train/search.js";
import { describeTraining } from "../train/summary.js";
import { refuseUnused, trainedKind } from "../flags/flagUse.js";
import { counted } from "../../text/numbers.js";
import { openCurves } from "../train/curves.js";
import { trainTaggerCommand } from "../ner/train.js";

export const addTrain: AddCommand = (program, context) => {
  declareTrain(program.command("train")).action((files: string[], flags: TrainFlags) =>
    trainOrCheck(context(), files, flags),
  );
};

async function trainOrCheck(context: Context, files: readonly string[], flags: TrainFlags): Promise<void> {
  const { multiLabel, labelErrors } = flags;
  refuseUnused("train", trainedKind({ ...flags }), { ...flags });
  if (labelErrors === true) return checkCommand(context, files, flags);
  return multiLabel === undefined
    ? trainCommand(context, files, flags)
    : trainMultiLabelCommand(context, files, {
        flags: { ...flags, multiLabel },
        openOutput: () => openHeadFolder(context, files, flags),
      });
}

/** The folder of the head; undefined where the same command has written it already. */
function openHeadFolder(
  context: Context,
  files: readonly string[],
  flags: TrainFlags,
): Promise<FolderOutput | undefined> {
  const { inputs, uses } = readBeside(context, flags);
  const tensorboard = flags.tensorboard === undefined ? [] : [flags.tensorboard];
  return openFolder(context, flags.output, {
    name: "train",
    flags,
    inputs: [...files, ...(flags.dev ?? []), ...inputs],
    uses: [...uses, ...tensorboard],
  });
}

async function trainCommand(context: Context, files: readonly string[], flags: TrainFlags): Promise<void> {
  const { reporter, clock, signal, now } = context;
  const output = await openHeadFolder(context, files, flags);
  if (output === undefined) return;
  const map = labelMapOf(flags.map);
  if (flags.task === "ner") return trainTaggerCommand(context, files, { flags, map, output });
  const rejectedRows = collectRejectedRows(flags.output);
  const corpus = await readLabeledCorpus(context, files, { flags, map, rejectedRows });
  const devCorpus =
    flags.dev === undefined
      ? undefined
      : await readLabeledCorpus(context, flags.dev, { flags: flagsFor(flags, flags.dev, files), map, rejectedRows });
  warnOfUnused(context, map, [corpus.seen, devCorpus?.seen ?? []]);
  const { corpus: rows, rare, ...kept } = withoutRare({ corpus, devCorpus }, flags);
  if (rare !== undefined) reporter.warn(rare.remark);
  // Labels are checked before the long part begins.
  const { labels } = checkLabels(rows.labels, { map, minPerClass: kept.devCorpus === undefined ? 2 : 1 });
  if (kept.devCorpus !== undefined)
    labelIndices(labels, kept.devCorpus.labels, kept.devCorpus.files.join(", "), { map });
  const { devCorpus: devRows, seenDev, remark } = withoutSeenDev({ corpus: rows, ...kept });
  if (remark !== undefined) reporter.warn(remark);
  if (flags.cv !== undefined) checkFolds(rows.texts, flags.cv.folds);
  warnOfLabels(context, rows);
  const began = clock();
  let encoder = await openEncoder(context, flags);
  const counts = await readTraining(context, encoder, devRows === undefined ? [rows] : [rows, devRows]);
  const mlp = mlpSettingsOf(flags);
  const curves = await openCurves(context, {
    output: flags.output,
    files: rows.files,
    most: mlp.epochs ?? MLP_DEFAULTS.epochs,
    ...defined({ tensorboard: flags.tensorboard }),
  });
  try {
    const found = flags.tune
      ? await search(context, { labels, rows, devRows, encoder }, flags)
      : await embedded(context, { rows, devRows, encoder }, flags);
    encoder = found.encoder;
    const { data, dev, searchResult } = found;
    const fitBegan = clock();
    const folding = reporter.meter("cross-validating: folds");
    const holding = reporter.meter("predicting held-out rows: heads");
    const fitting = reporter.meter("training");
    const drawing = reporter.meter("learning curve: draws");
    const trained = await trainClassifier(data, {
      dev,
      searchResult,
      threads: flags.threads,
      fewShot: flags.fewShot,
      learningCurve: flags.learningCurve,
      head: flags.head,
      mlp,
      cv: flags.cv,
      seed: flags.seed,
      classWeights: flags.classWeights,
      signal,
      map,
      onTrial: (trial) => {
        const reached = `held-out log loss ${trial.devLogLoss.toFixed(4)}, macro-F1 ${trial.devMacroF1.toFixed(3)}`;
        reporter.detail(`C = ${trial.C}: ${counted(trial.iterations, "iteration")}, ${reached}`);
        curves.trial(trial);
      },
      onHeldOut: (done, heads) => {
        holding.update(done, heads);
        if (done === heads) holding.end();
      },
      onEpoch: (epoch) => {
        fitting.update(epoch.epoch, mlp.epochs ?? MLP_DEFAULTS.epochs);
        curves.epoch(epoch);
      },
      onDraw: (done, draws) => {
        drawing.update(done, draws);
        if (done === draws) drawing.end();
      },
      onFold: (done, folds) => {
        folding.update(done, folds);
        if (done === folds) folding.end();
      },
    });
    fitting.end();
    curves.head(trained);
    const fitSeconds = (clock() - fitBegan) / 1000;
    for (const warning of trained.warnings) reporter.warn(warning);
    const { task, seed } = flags;
    const neighbors = await neighborsOf(data, { labels: trained.head.labels, flags });
    const parts = headParts(trained, { task, seed, createdAt: now(), corpus: rows, encoder, neighbors });
    const holds = heldByHead(parts);
    const seconds = (clock() - began) / 1000;
    const printed = describeTraining(trained, { flags, rows, rare, seenDev, counts, holds, seconds, fitSeconds });
    await rejectedRows.save(reporter);
    await curves.finish(parts.page);
    // Last, since it says that all is done.
    await saveHead(flags.output, parts, output.saving(printed));
    await printResult(context, flags, printed);
  } finally {
    await curves.close();
    await encoder.close();
  }
}

/** Vectors of all rows by the encoder as the flags have it. */
async function embedded(
  context: Context,
  { rows, devRows, encoder }: { rows: LabeledCorpus; devRows: LabeledCorpus | undefined; encoder: Encoder },
  flags: TrainFlags,
) {
  return withCache(context, { flags, encoder }, async (cache) => ({
    encoder,
    searchResult: undefined,
    data: await withVectors(context, rows, { encoder, cache, flags, what: "training texts" }),
    dev: devRows && (await withVectors(context, devRows, { encoder, cache, flags, what: "dev texts" })),
  }));
}

/**
 * The training rows that go with the head, if that is asked for; dev rows that were set aside are among them, since they
 * explain as well.
 */
async function neighborsOf(
  data: LabeledVectors,
  { labels, flags }: { readonly labels: readonly string[]; readonly flags: TrainFlags },
): Promise<NeighborIndex | undefined> {
  if (flags.explainable === undefined) return undefined;
  const most = flags.explainable === true ? undefined : flags.explainable;
  const rows = { texts: data.texts, y: labelIndices(labels, data.labels, "the training rows"), vectors: data.vectors };
  return buildNeighborIndex(rows, { most, threads: flags.threads, seed: flags.seed });
}

async function withVectors(
  context: Context,
  rows: LabeledCorpus,
  job: Parameters<typeof embedWithProgress>[2],
): Promise<LabeledVectors> {
  const { vectors } = await embedWithProgress(context, rows.texts, job);
  return { texts: rows.texts, labels: rows.labels, vectors };
}
