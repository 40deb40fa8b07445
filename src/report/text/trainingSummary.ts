import type { RepeatedCrossValidation } from "../../classification/repeatedFolds.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";
import type { Evaluation } from "../../metrics/classification.js";
import type { MultiLabelEvaluation } from "../../metrics/multiLabel.js";
import type { TaggingEvaluation } from "../../tagging/evaluate.js";
import { optimismText } from "../../tagging/optimism.js";
import type { TrainedTagger } from "../../tagging/train.js";
import { count, counted, decimals, range, signedRange } from "../../text/numbers.js";
import { escapeControls } from "../../text/escape.js";
import { intervalNote } from "../../text/intervalNote.js";
import { shellWord } from "../../text/shell.js";

/** What was trained, for people. */
export interface Training {
  /** Folder of the head. */
  readonly head: string;
  /** Rows or sentences that it learned from, and what one is called. */
  readonly n: number;
  readonly unit: "row" | "sentence";
  readonly devFrom: string;
  readonly seconds: number;
  /** What it holds that somebody may not want to pass on; undefined for nothing of that kind. */
  readonly holds?: string | undefined;
  /** Arguments of `headstart evaluate` that go with the head: a corpus and flags. */
  readonly evaluate: readonly string[];
  /** Said of that command, where its corpus is to be replaced. */
  readonly remark?: string | undefined;
}

/** How good a head is, against what, and what to do next: some lines for a terminal. */
export function trainingText(score: readonly string[], training: Training): readonly string[] {
  const { head, n, unit, devFrom, seconds, holds, evaluate, remark } = training;
  const command = (...args: readonly string[]): string => `  headstart ${args.map(shellWord).join(" ")}`;
  return [
    ...score,
    intervalNote(unit),
    `Learned from ${counted(n, unit)} in ${seconds.toFixed(1)} s; ${unit === "row" ? "held-out" : "dev"} ${unit}s: ${escapeControls(devFrom)}`,
    `Head: ${head}`,
    ...(holds === undefined ? [] : [`${head} holds ${holds}`]),
    "Next:",
    command("predict", head, unit === "row" ? "a text of your own" : "a sentence of your own"),
    `${command("evaluate", head, ...evaluate)}${remark === undefined ? "" : `  # ${remark}`}`,
  ];
}

/** The main number with its interval, and what simpler models reach on the same rows. */
export function scoreLines(evaluation: Evaluation, on = counted(evaluation.n, "held-out row")): string[] {
  const { macroF1, interval95, majority, overMajority, bagOfWords, overBagOfWords } = evaluation;
  const line = (name: string, value: number, compared: string): string =>
    `  ${name.padEnd(14)}  ${decimals(value)}  ${compared}`;
  return [
    `macro-F1 ${decimals(macroF1)} on ${on} (95 % interval ${range(interval95)})`,
    line("majority class", majority.macroF1, comparedText(macroF1 - majority.macroF1, overMajority?.interval95)),
    ...(bagOfWords === null
      ? []
      : [
          line(
            "bag of words",
            bagOfWords.macroF1,
            comparedText(macroF1 - bagOfWords.macroF1, overBagOfWords?.interval95),
          ),
        ]),
  ];
}

/** The same by cross-validation. */
export function crossValidationLines(cv: RepeatedCrossValidation): string[] {
  const scores = cv.perFold.map(({ macroF1 }) => macroF1);
  const spread: Interval = [Math.min(...scores), Math.max(...scores)];
  const times = cv.repeats === 1 ? "" : `, mean of ${cv.repeats} repeats`;
  return [
    ...scoreLines(cv, `all ${counted(cv.n, "row")}, by ${cv.folds}-fold cross-validation${times}`),
    `  accuracy        ${decimals(cv.accuracy)}  macro-F1 of the single folds ${range(spread)}`,
    ...repeatLines(cv),
  ];
}

function repeatLines({ repeats, perRepeat }: RepeatedCrossValidation): string[] {
  if (repeats === 1) return [];
  const scores = perRepeat.map(({ macroF1 }) => macroF1);
  const spread = range([Math.min(...scores), Math.max(...scores)]);
  return [`  macro-F1 of the single repeats ${spread}: the same rows in other folds, so no narrower interval.`];
}

export const multiLabelScoreLines = ({ macroF1, microF1, n, intervals95 }: MultiLabelEvaluation): string[] => [
  `macro-F1 ${decimals(macroF1)} on ${counted(n, "held-out row")} (95 % interval ${range(intervals95.macroF1)})`,
  `micro-F1 ${decimals(microF1)} (95 % interval ${range(intervals95.microF1)})`,
];

/** Below it, more is missed or wrong than is right. */
const POOR_F1 = 0.5;

/**
 * Entity F1 with its interval, precision and recall, how far it and the scores of entities can be believed, and what to do
 * where it is poor.
 *
 * @param isLastBest  whether the last epoch was the best
 */
export const entityScoreLines = (
  { dev, optimism, scoreCalibration }: Pick<TrainedTagger, "dev" | "optimism" | "scoreCalibration">,
  { isLastBest }: { readonly isLastBest: boolean },
): string[] => [
  `entity F1 ${decimals(dev.entityF1)} on ${counted(dev.n, "dev sentence")} with ${count(dev.entities)} ${dev.entities === 1 ? "entity" : "entities"} (95 % interval ${range(dev.interval95)})`,
  `  precision ${decimals(dev.entityPrecision)}, recall ${decimals(dev.entityRecall)}`,
  ...(dev.entityF1 < POOR_F1 ? [`  ${poorText(dev, isLastBest)}`] : []),
  `  epoch and outside bias were chosen on these sentences: F1 is ${optimismText(optimism, dev.n)}`,
  `  ${calibratedText(scoreCalibration)}`,
];

function calibratedText({ calibration, entities, logLoss }: TrainedTagger["scoreCalibration"]): string {
  const found = `${count(entities)} ${entities === 1 ? "entity" : "entities"} found on dev`;
  if (calibration === undefined || logLoss === null)
    return `entity scores are no probabilities: not calibrated (${found})`;
  return `entity scores are calibrated on ${found}: log loss ${decimals(logLoss.after)}, ${decimals(logLoss.before)} before`;
}

function poorText({ entityPrecision, entityRecall }: TaggingEvaluation, isLastBest: boolean): string {
  const what =
    entityPrecision === 0 && entityRecall === 0
      ? "poor: it finds none of the entities"
      : `poor: it misses ${percent(1 - entityRecall)} of the entities, and ${percent(1 - entityPrecision)} of what it finds is wrong`;
  const more = isLastBest ? "; the last epoch was the best: try more with --epochs" : "";
  return `${what}. More tagged sentences help most${more}`;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** A difference in words; with its paired interval also whether it is more than chance, which one with 0 in it is not. */
function comparedText(difference: number, interval95?: Interval): string {
  const size = decimals(Math.abs(difference));
  const isEqual = Number(size) === 0;
  const compared = isEqual ? "no difference here" : `the head is ${size} ${difference > 0 ? "better" : "worse"}`;
  if (interval95 === undefined) return compared;
  const [low, high] = interval95;
  const chance = isEqual ? "" : low > 0 || high < 0 ? ": beyond chance" : ": not beyond chance";
  return `${compared} (95 % interval ${signedRange(interval95)})${chance}`;
}
