import type { TrainedHead, TrainOptions } from "../../classification/train.js";
import { isLabeled, type LabeledVectors, type TextVectors } from "../../dataset/labeledVectors.js";
import type { TransferCurves } from "../curves/record.js";
import { transferCurves } from "../curves/transferCurves.js";
import type { OwnComparison } from "./ownTarget.js";
import type { TransferRecord, Verdict } from "./record.js";
import { pairedDifference } from "./verdict.js";

interface CurveInput {
  readonly source: LabeledVectors;
  /** Rows that no head has seen. */
  readonly target: TextVectors;
  readonly targetTrain: LabeledVectors | undefined;
  /** Trained on the source. */
  readonly trained: Pick<TrainedHead, "head" | "C">;
}

/** Learning curves of the strategies up to the heads that were compared; null where none were. */
export function curvesFor(
  { ceiling, joint, verdict, C }: Partial<OwnComparison>,
  { source, target, targetTrain, trained: { head, C: ofSource } }: CurveInput,
  { seed = 1, classWeights, threads, signal, onDraw }: TrainOptions,
): Promise<TransferCurves | null> {
  const standardErrors = verdict?.standardErrors;
  if (
    ceiling === undefined ||
    joint === undefined ||
    standardErrors === undefined ||
    C === undefined ||
    ofSource === null
  )
    return Promise.resolve(null);
  if (!isLabeled(target) || targetTrain === undefined) return Promise.resolve(null);
  const macroF1 = { target: ceiling.evaluation.macroF1, both: joint.evaluation.macroF1 };
  const sides = { source, target, targetTrain, sourceHead: head.kind === "logistic" ? head : null };
  const options = { seed, classWeights, threads, signal, onDraw, C: { ...C, source: ofSource }, labels: joint.labels };
  const { parts } = pairedDifference({ ceiling, joint });
  return transferCurves(sides, { macroF1, parts, trainingError: standardErrors.training }, options);
}

/** The fields of the record that hold the learning curves; without curves, that there are none. */
export function withCurves(
  verdict: Verdict,
  found: TransferCurves | null,
): Pick<TransferRecord, "verdict" | "curves" | "shape" | "worth" | "next" | "sourceDraws"> {
  if (found === null) return { verdict, curves: [], shape: null, worth: null, next: null, sourceDraws: null };
  const { curves, byLabels, says, shape, worth, next, sourceDraws } = found;
  return { verdict: { ...verdict, byLabels, says }, curves, shape, worth, next, sourceDraws };
}
