import type { Evaluation } from "../../metrics/classification.js";
import { counted, decimals, range, signed, signedRange } from "../../text/numbers.js";
import { quotedLabels } from "../../dataset/mapLabels.js";
import { DIFFERENCE_THAT_MATTERS } from "../curves/bySize.js";
import { isMostlyShared, sharedText } from "./seenInTraining.js";
import type { Advice, TransferRecord } from "./record.js";

/** What advice is drawn from. */
export interface AdviceEvidence extends Pick<
  TransferRecord,
  "source" | "target" | "verdict" | "ceiling" | "joint" | "curves" | "next" | "forecast" | "leakage"
> {
  readonly corpora: Pick<TransferRecord["corpora"], "targetTrain">;
}

/** With fewer labeled rows of the target a flat learning curve says nothing of the encoder. */
const ROWS_FOR_A_PLATEAU = 500;
/** A head that errs less has little left to gain. */
const HIGH_SCORE = 0.95;
/** Rows to label where there are none yet: what `--suggest` is measured at. */
const FIRST_LABELS = 50;

/** What to do, the most important first, each with its reason; at least one. */
export function adviceFrom(evidence: AdviceEvidence): readonly [Advice, ...Advice[]] {
  return [onTheStrategy(evidence), ...onMoreLabels(evidence), ...onThePlateau(evidence)];
}

/** Which rows to train on, from the verdict; undefined where that is unknown. */
export function rowsToTrainOn({
  verdict: { call, difference, interval95 },
}: Pick<AdviceEvidence, "verdict">): "target" | "both" | undefined {
  if (difference === null || interval95 === null || call === "unknown") return undefined;
  if (call !== "neutral") return call === "positive" ? "both" : "target";
  // The better guess, where neither is shown to be better; the simpler one where it makes no difference that matters.
  return difference >= DIFFERENCE_THAT_MATTERS ? "both" : "target";
}

function onTheStrategy(evidence: AdviceEvidence): Advice {
  const { source, verdict } = evidence;
  if (isGuessing(source))
    return {
      strategy: "another source or encoder",
      because:
        `even in-domain the head is not shown to do better than guessing (${besideGuessing(source)}): check the labels of the ` +
        "source first",
    };
  const rows = rowsToTrainOn(evidence);
  if (rows === undefined) return withoutComparison(evidence);
  const why = reasonOf(verdict);
  if (rows === "target")
    return verdict.call === "negative"
      ? { strategy: "target alone", because: why }
      : { strategy: "target alone", because: `the source is not shown to help, and less is simpler: ${why}` };
  return verdict.call === "positive"
    ? { strategy: "add the source", because: why }
    : {
        strategy: "add the source",
        because: `the source is not shown to help, but both together are the better guess: ${why}`,
      };
}

/**
 * The verdict in a sentence: that of all sizes where it comes to the same. It need not, since a call that is one of several has
 * to be surer.
 */
export const reasonOf = ({ call, because, byLabels, says }: TransferRecord["verdict"]): string =>
  says !== undefined && byLabels?.at(-1)?.call === call ? says : because;

/** Advice where no labeled rows of the target were there to train on. */
function withoutComparison({ target, verdict, leakage, ...evidence }: AdviceEvidence): Advice {
  if (verdict.comparable === false) return { strategy: "map the labels", because: verdict.because };
  if (isMostlyShared(leakage))
    return { strategy: "label rows", because: `${sharedText(leakage)}; give target rows that the source lacks` };
  if (target === null) return withoutLabels(evidence);
  const present = labelsOf(target);
  if (present.length === 1)
    return {
      strategy: "label rows",
      because:
        `all rows of the target have the label ${quotedLabels(present)}, so they do not show how the head does on other labels: ` +
        "label rows of those too, and measure again",
    };
  if (isGuessing(target))
    return {
      strategy: "label rows",
      because:
        `on the target the head is not shown to do better than guessing (${besideGuessing(target)}): check that both mean the ` +
        "same by each label, " +
        "then label rows of the target and pass them as --target-train",
    };
  return {
    strategy: "source as it is",
    because:
      `on the target the head has ${decimals(target.macroF1)} macro-F1 (${range(target.interval95)}); whether its own rows would do better ` +
      `is not known: ${verdict.because}`,
  };
}

/** Advice where the target has no labels: what to learn from may be labeled already, what to measure on is not. */
function withoutLabels({ forecast, corpora: { targetTrain } }: Pick<AdviceEvidence, "forecast" | "corpora">): Advice {
  const first =
    targetTrain === null
      ? `label ${FIRST_LABELS} rows of it (--suggest ${FIRST_LABELS} chooses them) and pass them as --target-train, and others`
      : "label rows that are not in --target-train";
  return {
    strategy: "label rows",
    because:
      `the target has no labels, so no score on it is measured (accuracy is forecast at ${decimals(forecast.accuracy)}, ` +
      `${range(forecast.interval95)}): ${first}, drawn at random, and pass them as --target to measure on`,
  };
}

function onMoreLabels({ next }: AdviceEvidence): Advice[] {
  if (next === null || next.interval95[0] <= 0 || next.gain < DIFFERENCE_THAT_MATTERS) return [];
  const { added, gain, interval95 } = next;
  return [
    {
      strategy: "label rows",
      because: `${counted(added, "more label")} of the target would bring ${signed(gain)} macro-F1 by the learning curve (95 % interval ${signedRange(interval95)})`,
    },
  ];
}

/** Where more rows bring nothing that matters, the frozen vectors are the limit. */
function onThePlateau({ next, joint, ceiling, curves }: AdviceEvidence): Advice[] {
  const rows = Math.max(0, ...curves.flatMap(({ points }) => points.map(({ n }) => n)));
  const score = Math.max(joint?.macroF1 ?? 0, ceiling?.macroF1 ?? 0);
  const isFlat = next !== null && next.interval95[1] < DIFFERENCE_THAT_MATTERS;
  if (!isFlat || rows < ROWS_FOR_A_PLATEAU || score >= HIGH_SCORE) return [];
  return [
    {
      strategy: "unfreeze",
      because:
        `${counted(next.added, "more label")} would bring less than ${decimals(DIFFERENCE_THAT_MATTERS)} macro-F1 by the learning curve ` +
        `(95 % interval ${signedRange(next.interval95)}): what limits the score is the frozen encoder, so try another one (--encoder) or ` +
        "fine-tune its top layers",
    },
  ];
}

/** Is the head not shown to know more than one that guesses, whose mean recall over the labels is the same for any guesses? */
export const isGuessing = (evaluation: Evaluation): boolean =>
  labelsOf(evaluation).length > 1 && evaluation.intervals95.macroRecall[0] <= guessedRecall(evaluation);

const guessedRecall = (evaluation: Evaluation): number => 1 / Math.max(1, labelsOf(evaluation).length);

/** The labels that the evaluated rows have. */
const labelsOf = ({ perLabel, missing }: Evaluation): readonly string[] =>
  Object.keys(perLabel).filter((label) => !missing.includes(label));

const besideGuessing = (evaluation: Evaluation): string =>
  `mean recall over the labels ${decimals(evaluation.macroRecall)} (${range(evaluation.intervals95.macroRecall)}), by guessing ` +
  decimals(guessedRecall(evaluation));
