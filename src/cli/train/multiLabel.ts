import {
  evaluateMultiLabelHead,
  labelsIn,
  labelsToLearn,
  trainMultiLabel,
  type TrainedMultiLabel,
} from "../../classification/multiLabel.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { HeadstartError } from "../../errors.js";
import { heldText, NOTHING_HELD } from "../../head/file/heldTexts.js";
import { saveMultiLabel, type MultiLabelFile, type SavedMultiLabel } from "../../head/file/multiLabel.js";
import type { Sealed } from "../../head/file/artifact.js";
import type { Encoder } from "../../encoder/encoder.js";
import type { VectorCache } from "../../store/cache/vectorCache.js";
import { multiLabelText } from "../../report/text/multiLabel.js";
import { VERSION } from "../../version.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { embedWithProgress, openEncoder, readRows, withCache, type Context } from "../context.js";
import { printResult, type FolderOutput } from "../finished.js";
import { openHeadEncoder } from "../headEncoder.js";
import { defined, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "../flags/options.js";

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
  const rows = await readRows(context, files, { flags, rejectedRows });
  const devRows = flags.dev === undefined ? undefined : await readRows(context, flags.dev, { flags, rejectedRows });
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
      ...defined({ dev, threads: flags.threads }),
      separator,
      seed: flags.seed,
      signal,
      onTrial: ({ C, iterations, devLogLoss }) =>
        reporter.say(`C ${C}: ${iterations} iterations, dev log loss ${devLogLoss.toFixed(4)}`),
    });
    const fitSeconds = (clock() - fitBegan) / 1000;
    for (const warning of trained.warnings) reporter.warn(warning);
    const file = describe(trained, { encoder, files, createdAt: now(), seed: flags.seed });
    const seconds = (clock() - began) / 1000;
    const { head, dev: score, n, devFrom, C, trials, warnings } = trained;
    const told = {
      head: flags.output,
      task: "multi-label",
      labels: head.labels,
      n,
      rejected: rows.counts.rejected,
      holds: NOTHING_HELD,
    };
    const epochs = trials.reduce((sum, trial) => sum + trial.iterations, 0);
    const printed = {
      json: { ...told, dev: score, devFrom, C, trials, epochs, seconds, fitSeconds, warnings },
      lines: [
        ...multiLabelText(score, `Dev: ${devFrom}`).split("\n"),
        `${flags.output}: trained on ${n} rows, C ${C}, ${seconds.toFixed(1)} s`,
        `${flags.output} holds ${heldText(NOTHING_HELD)}`,
      ],
    };
    await rejectedRows.save(reporter);
    await saveMultiLabel(flags.output, { head: trained.head, file }, output.saving(printed));
    await printResult(context, flags, printed);
  } finally {
    await encoder.close();
  }
}

function describe(
  { head, separator, n, labelCounts, C, devFrom, dev }: TrainedMultiLabel,
  { encoder, files, createdAt, seed }: { encoder: Encoder; files: readonly string[]; createdAt: string; seed: number },
): Omit<MultiLabelFile, Sealed> {
  const { name, fingerprint, width, pooling, normalize, maxTokens, prompt, precision, layer } = encoder;
  const { exactMatch, microF1, macroF1, interval95 } = dev;
  const score = { n: dev.n, exactMatch, microF1, macroF1, interval95: [...interval95] as [number, number] };
  return {
    format: "headstart-multi-label",
    headstart: VERSION,
    createdAt,
    separator,
    labels: [...head.labels],
    encoder: { name, fingerprint, width, pooling, normalize, maxTokens, prompt, precision, layer: layer ?? null },
    training: { files: [...files], n, labelCounts: { ...labelCounts }, C, seed, devFrom, dev: score },
  };
}

/** `evaluate` with a multi-label head. */
export async function evaluateMultiLabelCommand(
  context: Context,
  {
    saved,
    files,
    flags,
  }: { readonly saved: SavedMultiLabel; readonly files: readonly string[]; readonly flags: Flags },
): Promise<void> {
  const { separator } = saved.file;
  const rows = await readRows(context, files, { flags });
  const file = files.join(", ");
  const known = new Set(saved.head.labels);
  const unknown = rows.labels.flatMap((cell) => labelsIn(cell, separator)).find((label) => !known.has(label));
  if (unknown !== undefined) {
    const message = `${file} has the label "${unknown}", which the head does not know (${saved.head.labels.join(", ")})`;
    throw new HeadstartError("E_LABEL_MAP", `${message}. Rename it, or train the head with it`, { file });
  }
  const encoder = await openHeadEncoder(context, saved.file, flags);
  try {
    const { vectors } = await withCache(context, { flags, encoder }, (cache) =>
      embedWithProgress(context, rows.texts, { encoder, cache, flags, what: "texts" }),
    );
    const data = { texts: rows.texts, labels: rows.labels, vectors };
    const evaluation = evaluateMultiLabelHead(saved.head, data, { separator, seed: flags.seed, file });
    const told = { head: saved.path, corpus: files, rejected: rows.counts.rejected };
    await (flags.json
      ? context.printJson({ ...evaluation, ...told })
      : context.print(multiLabelText(evaluation, `${saved.path} on ${file}`).split("\n")));
  } finally {
    await encoder.close();
  }
}
