import { pickRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { HeadstartError } from "../../errors.js";
import { predictProbabilities } from "../../head/head.js";
import type { FittedLogistic } from "../../head/linear/logistic.js";
import {
  NOT_SEARCHED,
  onDev,
  onHeldRows,
  heldOutScore,
  type ChosenHead,
  type Given,
  type HeldOutPredictions,
  type Trial,
} from "./chosenHead.js";
import { fitLogisticHeads, fitSetup, logisticHead, type FitOptions } from "./fit.js";
import { findPlan, planHeldOut, predictHeldOut, type HeldOutPlan } from "./heldOut.js";
import { bestCandidate, isPastBest, valuesOfC, type HeldOutScore } from "./selectC.js";

export interface ChooseLogisticOptions {
  /** Weights of the data against the penalty to choose from. @default 1e-4 to 3 in half decades, see valuesOfC() */
  readonly Cs?: readonly number[] | undefined;
  /** Called with every value of C that was tried. */
  readonly onTrial?: ((trial: Trial) => void) | undefined;
  /** Called after each of the heads that predict held-out rows. */
  readonly onHeldOut?: ((done: number, heads: number) => void) | undefined;
}

type ByC = ChooseLogisticOptions & { readonly Cs: readonly number[] };

/** Fewer dev rows only score: choosing by them would be choosing by chance. */
const ROWS_TO_CHOOSE_ON = 500;
/** Of more rows a tenth is enough to choose and to score on. */
const MOST_FOLDED = 5000;

/**
 * A logistic head on all of `train`, with the C that serves best on rows that the fit has not seen: held-out training rows,
 * or the dev rows where there are 500 or more.
 */
export async function chooseLogistic(
  { train, dev }: Given,
  fit: FitOptions,
  options: ChooseLogisticOptions,
): Promise<ChosenHead> {
  const { Cs = valuesOfC(train.labels) } = options;
  if (Cs.length === 0) throw new HeadstartError("E_USAGE", "No value of C to try. Name at least one");
  const folding = { seed: fit.seed, mostFolded: MOST_FOLDED };
  if (dev === undefined) {
    const { index, trials, heldOut } = await chooseByPlan(train, planHeldOut(train, folding), {
      fit,
      options: { ...options, Cs },
    });
    return {
      ...(await fitChosen(train, Cs[index], { fit, heldOut, isChosen: Cs.length > 1 })),
      trials,
      heldOut,
      choice: choiceBy(heldOut),
    };
  }
  const plan = dev.texts.length < ROWS_TO_CHOOSE_ON ? findPlan(train, folding) : undefined;
  if (plan === undefined || Cs.length === 1) return logisticByDev({ train, dev }, fit, { ...options, Cs });
  const { index, trials, heldOut } = await chooseByPlan(train, plan, { fit, options: { ...options, Cs } });
  const fitted = await fitChosen(train, Cs[index], { fit, heldOut, isChosen: Cs.length > 1 });
  return { ...fitted, trials, heldOut: onDev(fitted.head, dev), choice: choiceBy(heldOut) };
}

const choiceBy = ({ from }: HeldOutPredictions): string => `C was chosen by ${from}`;

/**
 * The head on all rows, with the penalty of each row that it had in the parts, so that it is as certain as the heads whose
 * predictions it is calibrated on.
 */
async function fitChosen(
  train: LabeledVectors,
  chosen: number,
  {
    fit,
    heldOut,
    isChosen,
  }: { readonly fit: FitOptions; readonly heldOut: HeldOutPredictions; readonly isChosen: boolean },
) {
  const parts = heldOut.plan!.repeats[0];
  const share = parts.reduce((sum, part) => sum + part.fit.length, 0) / (parts.length * train.texts.length);
  // A value that the caller has set stays.
  const C = isChosen ? roundTo(chosen * share, DIGITS) : chosen;
  return { ...NOT_SEARCHED, ...(await fitSetup(train, { kind: "logistic", C }, fit)), C };
}

/** Of C, so that it can be read. */
const DIGITS = 2;
const roundTo = (value: number, digits: number): number => Number(value.toPrecision(digits));

/** Scores each value of C on held-out training rows. */
async function chooseByPlan(
  train: LabeledVectors,
  plan: HeldOutPlan,
  { fit, options: { Cs, onTrial, onHeldOut } }: { readonly fit: FitOptions; readonly options: ByC },
): Promise<{ index: number; trials: Trial[]; heldOut: HeldOutPredictions }> {
  const fits = Cs.map(() => ({ iterations: 0, converged: true }));
  const rows = pickRows(train, plan.rows);
  const probabilities = await predictHeldOut(train, plan, {
    labels: fit.labels,
    settings: Cs.length,
    onPart: onHeldOut,
    isEnough: (found) => isPastBest(found.map((own) => heldOutScore(own, rows, fit))),
    async *fitPart(rows, labels) {
      let c = 0;
      for await (const { head, iterations, converged } of fitLogisticHeads(rows, { ...fit, labels, Cs })) {
        fits[c].iterations += iterations;
        fits[c].converged &&= converged;
        c++;
        yield { predict: (held) => predictProbabilities(head, held.vectors) };
      }
    },
  });
  const scores = probabilities.map((repeats) => meanScore(repeats.map((own) => heldOutScore(own, rows, fit))));
  const trials = scores.map((score, c) => trialOf({ C: Cs[c], ...fits[c] }, score));
  trials.forEach((trial) => onTrial?.(trial));
  const index = bestCandidate(scores);
  return { index, trials, heldOut: onHeldRows(train, plan, probabilities[index][0]) };
}

/** One head for each value of C, fitted on all training rows; keeps one by the dev rows. */
async function logisticByDev(
  { train, dev }: Given & { readonly dev: LabeledVectors },
  fit: FitOptions,
  { Cs, onTrial }: ByC,
): Promise<ChosenHead> {
  const tried: { fitted: FittedLogistic; score: HeldOutScore; trial: Trial }[] = [];
  for await (const fitted of fitLogisticHeads(train, { ...fit, Cs })) {
    const score = heldOutScore(predictProbabilities(fitted.head, dev.vectors), dev, fit);
    const trial = trialOf(fitted, score);
    tried.push({ fitted, score, trial });
    onTrial?.(trial);
    if (isPastBest(tried.map((one) => one.score))) break;
  }
  const { fitted } = tried[bestCandidate(tried.map(({ score }) => score))];
  return {
    ...NOT_SEARCHED,
    ...logisticHead(fitted),
    C: fitted.C,
    trials: tried.map(({ trial }) => trial),
    heldOut: onDev(fitted.head, dev),
    choice: Cs.length === 1 ? "Nothing was chosen on these rows" : "C was chosen on these rows",
  };
}

const trialOf = (
  { C, iterations, converged }: Pick<FittedLogistic, "C" | "iterations" | "converged">,
  { logLoss, macroF1 }: HeldOutScore,
): Trial => ({ C, iterations, converged, devLogLoss: logLoss, devMacroF1: macroF1 });

const meanScore = (scores: readonly HeldOutScore[]): HeldOutScore => ({
  logLoss: scores.reduce((sum, { logLoss }) => sum + logLoss, 0) / scores.length,
  macroF1: scores.reduce((sum, { macroF1 }) => sum + macroF1, 0) / scores.length,
});
