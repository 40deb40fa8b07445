import type { TrainedHead } from "../../classification/train.js";
import type { ReadingCounts } from "../../embedding/textReading.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import type { RareLabels } from "../../dataset/rareLabels.js";
import type { Printed } from "../../files/folderMark.js";
import { heldText, type HeldTexts } from "../../head/file/heldTexts.js";
import { evaluationText } from "../../report/text/evaluation.js";
import { crossValidationLines, scoreLines, trainingText } from "../../report/text/trainingSummary.js";
import { counted } from "../../text/numbers.js";
import type { TrainFlags } from "../flags/train.js";
import { nextOf } from "../nextEvaluation.js";

interface Training {
  readonly flags: TrainFlags;
  readonly rows: LabeledCorpus;
  readonly rare: RareLabels | undefined;
  /** Dev rows that are left out since they are training rows too. */
  readonly seenDev: number;
  /** What the encoder made of the texts. */
  readonly counts: ReadingCounts;
  readonly holds: HeldTexts;
  readonly seconds: number;
  readonly fitSeconds: number;
}

/** What `train` prints of a classifier. */
export const describeTraining = (trained: TrainedHead, training: Training): Printed => ({
  json: { ...summary(trained, training), ...training.counts },
  ...described(trained, training),
});

function summary(trained: TrainedHead, { flags, rows, rare, seenDev, holds, seconds, fitSeconds }: Training): object {
  return {
    head: flags.output,
    task: flags.task,
    labels: trained.head.labels,
    n: trained.n,
    rejected: rows.counts.rejected,
    dropped: rows.dropped,
    ...(rare === undefined ? {} : { rare: rare.counts }),
    ...(seenDev === 0 ? {} : { seenDev }),
    dev: trained.dev,
    devFrom: trained.devFrom,
    ...(trained.cv === undefined ? {} : { cv: trained.cv }),
    calibration: { temperature: trained.head.temperature, ...trained.calibration },
    C: trained.C,
    kind: trained.head.kind,
    trials: trained.trials,
    ...(trained.mlp === undefined ? {} : { mlp: trained.mlp }),
    ...(trained.search === undefined ? {} : { search: trained.search }),
    ...(trained.fewShot.length === 0 ? {} : { fewShot: trained.fewShot }),
    curve: trained.curve,
    holds,
    // Passes over the rows: an iteration of L-BFGS is one.
    epochs: trained.trials.reduce((sum, trial) => sum + trial.iterations, 0) || trained.curve.train.length,
    seconds,
    fitSeconds,
    warnings: trained.warnings,
  };
}

function described(trained: TrainedHead, { flags, holds, seconds }: Training): Omit<Printed, "json"> {
  const { before, after } = trained.calibration;
  const { n, devFrom } = trained;
  const held = holds.texts > 0 ? heldText(holds) : undefined;
  const training = { head: flags.output, n, unit: "row", devFrom, seconds, holds: held, ...nextOf(flags) } as const;
  const lines = [...shortScores(trained), ...fewLines(trained)];
  return {
    lines: trainingText(lines, training),
    more: [
      ...(trained.cv === undefined
        ? []
        : [...evaluationText(trained.cv, { title: `Cross-validation in ${trained.cv.folds} folds` }).split("\n"), ""]),
      ...evaluationText(trained.dev, { title: `Held-out rows: ${trained.devFrom}` }).split("\n"),
      `log loss ${before.logLoss.toFixed(3)} before calibration, ${after.logLoss.toFixed(3)} after (temperature ${(trained.head.temperature ?? 1).toFixed(3)}${trained.head.priorShift === undefined ? "" : ", shifted to the labels' shares"})`,
      `${flags.output}: ${settingText(trained)}; holds ${heldText(holds)}`,
      "",
      ...trainingText(lines, { ...training, holds: undefined }),
    ],
  };
}

/** What cross-validation with all choices inside says, and then only the main number of the held-out rows. */
function shortScores({ cv, dev }: TrainedHead): readonly string[] {
  const ofDev = scoreLines(dev);
  return cv === undefined ? ofDev : [...crossValidationLines(cv), `This head: ${ofDev[0]}`];
}

function settingText({ C, mlp, curve }: TrainedHead): string {
  if (mlp === undefined) return `C = ${C}`;
  return `mlp ${mlp.hidden.join("-")}, epoch ${curve.best} of ${curve.train.length}`;
}

const fewLines = ({ fewShot }: TrainedHead): readonly string[] =>
  fewShot.map(({ perLabel, seeds, macroF1: { mean, lowest, highest } }) => {
    const spread = `${lowest.toFixed(3)} to ${highest.toFixed(3)} over ${seeds} draws`;
    return `With ${counted(perLabel, "row")} a label: macro-F1 ${mean.toFixed(3)} (${spread})`;
  });
