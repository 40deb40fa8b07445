import { labelsIn, labelsToLearn, trainMultiLabel } from "../../classification/multiLabel.js";
import { describeMultiLabel } from "../../classification/describeMultiLabel.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { HeadstartError } from "../../errors.js";
import { heldText, NOTHING_HELD } from "../../head/file/heldTexts.js";
import { saveMultiLabel } from "../../head/file/multiLabel.js";
import type { VectorCache } from "../../store/cache/vectorCache.js";
import { multiLabelText } from "../../report/text/multiLabel.js";
import { multiLabelScoreLines, trainingText } from "../../report/text/trainingSummary.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { embedWithProgress, openEncoder, readLabeledCorpus, withCache, type Context } from "../context.js";
import { printResult, type FolderOutput } from "../finished.js";
import { nextOf } from "../nextEvaluation.js";
import { flagsFor, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "../flags/options.js";

type Flags = GlobalFlags & CorpusFlags & EncoderFlags;

interface TrainFlags extends Flags {
  readonly output: string;
  readonly multiLabel: string;
  readonly dev?: string[] | undefined;
}

/** `train --multi-label`. */
export async function trainMultiLabelCommand(
  context: Context,
  files: readonly string[],
  { flags, openOutput }: { readonly flags: TrainFlags; readonly openOutput: () => Promise<FolderOutput | undefined> },
): Promise<void> {
  const { reporter, clock, signal, now } = context;
  const separator = flags.multiLabel;
  if (separator === "") throw new HeadstartError("E_USAGE", 'Give a separator: --multi-label "|"');
  const output = await openOutput();
  if (output === undefined) return;
  const rejectedRows = collectRejectedRows(flags.output);
  const rows = await readLabeledCorpus(context, files, { flags, rejectedRows });
  const devRows =
    flags.dev === undefined
      ? undefined
      : await readLabeledCorpus(context, flags.dev, { flags: flagsFor(flags, flags.dev, files), rejectedRows });
  // Labels are checked before the long part begins.
  const labels = labelsToLearn(rows.labels, separator);
  if (devRows !== undefined) {
    const own = devRows.labels.flatMap((cell) => labelsIn(cell, separator));
    labelIndices(labels, own, devRows.files.join(", "));
  }
  const began = clock();
  const encoder = await openEncoder(context, flags);
  try {
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
        reporter.detail(`C = ${C}: ${iterations} iterations, dev log loss ${devLogLoss.toFixed(4)}`),
    });
    const fitSeconds = (clock() - fitBegan) / 1000;
    for (const warning of trained.warnings) reporter.warn(warning);
    const file = describeMultiLabel(trained, { encoder, files, createdAt: now(), seed: flags.seed });
    const seconds = (clock() - began) / 1000;
    const { head, dev: score, n, devFrom, C, trials, warnings } = trained;
    const summary = {
      head: flags.output,
      task: "multi-label",
      labels: head.labels,
      n,
      rejected: rows.counts.rejected,
      holds: NOTHING_HELD,
    };
    const epochs = trials.reduce((sum, trial) => sum + trial.iterations, 0);
    const training = { head: flags.output, n, unit: "row", devFrom, seconds, ...nextOf(flags) } as const;
    const lines = trainingText(multiLabelScoreLines(score), training);
    const printed = {
      json: { ...summary, dev: score, devFrom, C, trials, epochs, seconds, fitSeconds, warnings },
      lines,
      more: [
        ...multiLabelText(score, `Dev: ${devFrom}`).split("\n"),
        `${flags.output}: C = ${C}; holds ${heldText(NOTHING_HELD)}`,
        "",
        ...lines,
      ],
    };
    await rejectedRows.save(reporter);
    await saveMultiLabel(flags.output, { head: trained.head, file }, output.saving(printed));
    await printResult(context, flags, printed);
  } finally {
    await encoder.close();
  }
}
