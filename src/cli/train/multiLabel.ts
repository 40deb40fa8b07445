import { labelsToLearn } from "../../classification/multiLabel/labels.js";
import { trainMultiLabel } from "../../classification/multiLabel/train.js";
import { describeMultiLabel } from "../../classification/multiLabel/describe.js";
import { labelsIn } from "../../dataset/labelCell.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { withLabelLists } from "../../dataset/multiLabelCorpus.js";
import { withoutRare, type RareOptions } from "../../dataset/rareLabels.js";
import { withoutSeenDev } from "../../dataset/seenRows.js";
import { heldText } from "../../head/file/heldTexts.js";
import { heldByMultiLabel, saveMultiLabel } from "../../head/file/multiLabel.js";
import type { VectorCache } from "../../store/cache/vectorCache.js";
import { counted } from "../../text/numbers.js";
import { multiLabelText } from "../../report/text/multiLabel.js";
import { multiLabelScoreLines, trainingText } from "../../report/text/trainingSummary.js";
import { readTraining } from "../reading.js";
import { collectRejectedRows } from "../rejectedRows.js";
import {
  embedWithProgress,
  labelMapOf,
  openEncoder,
  readLabeledCorpus,
  warnOfUnused,
  withCache,
  type Context,
} from "../context.js";
import { printResult, type FolderOutput } from "../finished.js";
import { nextOf } from "../nextEvaluation.js";
import { flagsFor, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "../flags/options.js";

type Flags = GlobalFlags & CorpusFlags & EncoderFlags;

interface TrainFlags extends Flags, RareOptions {
  readonly output: string;
  /** True where the labels are lists, or columns of 0 and 1. */
  readonly multiLabel: string | true;
  readonly map?: string | undefined;
  readonly dev?: string[] | undefined;
}

/** `train --multi-label`. */
export async function trainMultiLabelCommand(
  context: Context,
  files: readonly string[],
  { flags, openOutput }: { readonly flags: TrainFlags; readonly openOutput: () => Promise<FolderOutput | undefined> },
): Promise<void> {
  const { reporter, clock, signal, now } = context;
  const separator = flags.multiLabel === true ? undefined : flags.multiLabel;
  const map = labelMapOf(flags.map);
  const output = await openOutput();
  if (output === undefined) return;
  const rejectedRows = collectRejectedRows(flags.output);
  const read = async (from: readonly string[]): Promise<LabeledCorpus> =>
    withLabelLists(await readLabeledCorpus(context, from, { flags: flagsFor(flags, from, files), rejectedRows }), {
      separator,
      map,
    });
  const sides = { corpus: await read(files), devCorpus: flags.dev === undefined ? undefined : await read(flags.dev) };
  warnOfUnused(context, map, [sides.corpus.seen, sides.devCorpus?.seen ?? []]);
  const { corpus: rows, rare, ...kept } = withoutRare(sides, { ...flags, areLists: true });
  if (rare !== undefined) reporter.warn(rare.remark);
  const { devCorpus: devRows, seenDev, remark } = withoutSeenDev({ corpus: rows, ...kept });
  if (remark !== undefined) reporter.warn(remark);
  // Labels are checked before the long part begins.
  const labels = labelsToLearn(rows.labels, separator);
  if (devRows !== undefined) {
    const own = devRows.labels.flatMap((cell) => labelsIn(cell, separator));
    labelIndices(labels, own, devRows.files.join(", "), { map });
  }
  const began = clock();
  const encoder = await openEncoder(context, flags);
  try {
    const counts = await readTraining(context, encoder, devRows === undefined ? [rows] : [rows, devRows]);
    const embedded = async (of: typeof rows, cache: VectorCache | undefined): Promise<LabeledVectors> => {
      const { vectors } = await embedWithProgress(context, of.texts, { encoder, cache, flags, what: "texts" });
      return { texts: of.texts, labels: of.labels, vectors };
    };
    const { data, dev } = await withCache(context, { flags, encoder }, async (cache) => ({
      data: await embedded(rows, cache),
      dev: devRows && (await embedded(devRows, cache)),
    }));
    const fitBegan = clock();
    const trained = await trainMultiLabel(data, {
      dev,
      threads: flags.threads,
      separator,
      seed: flags.seed,
      signal,
      onTrial: ({ C, iterations, devLogLoss }) =>
        reporter.detail(`C = ${C}: ${counted(iterations, "iteration")}, held-out log loss ${devLogLoss.toFixed(4)}`),
    });
    const fitSeconds = (clock() - fitBegan) / 1000;
    for (const warning of trained.warnings) reporter.warn(warning);
    const file = describeMultiLabel(trained, { encoder, corpus: rows, createdAt: now(), seed: flags.seed });
    const seconds = (clock() - began) / 1000;
    const { head, dev: score, n, devFrom, C, trials, warnings } = trained;
    const holds = heldByMultiLabel({ textHashes: trained.textHashes.length });
    const summary = {
      head: flags.output,
      task: "multi-label",
      labels: head.labels,
      n,
      rejected: rows.counts.rejected,
      ...(rare === undefined ? {} : { rare: rare.counts }),
      ...(seenDev === 0 ? {} : { seenDev }),
      ...counts,
      holds,
    };
    const epochs = trials.reduce((sum, trial) => sum + trial.iterations, 0);
    const training = { head: flags.output, n, unit: "row", devFrom, seconds, ...nextOf(flags) } as const;
    const lines = trainingText(multiLabelScoreLines(score), training);
    const printed = {
      json: { ...summary, dev: score, devFrom, C, trials, epochs, seconds, fitSeconds, warnings },
      lines,
      more: [
        ...multiLabelText(score, `Held-out rows: ${devFrom}`).split("\n"),
        `${flags.output}: C = ${C}; holds ${heldText(holds)}`,
        "",
        ...lines,
      ],
    };
    await rejectedRows.save(reporter);
    await saveMultiLabel(flags.output, { ...trained, file }, output.saving(printed));
    await printResult(context, flags, printed);
  } finally {
    await encoder.close();
  }
}
