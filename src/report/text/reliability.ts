import type { Reliability } from "../../classification/reliability.js";
import type { CalibrationScore } from "../../metrics/calibrationScore.js";
import { count, decimals, percent, range, thresholdText } from "../../text/numbers.js";
import { missesCoverage } from "../../metrics/conformal.js";
import { choiceLines } from "./choice.js";
import { aligned } from "./evaluation.js";
import { thresholdLines } from "./thresholds.js";

/** Coverages that the terminal shows of the risk-coverage curve. */
const SHOWN = [0.5, 0.8, 0.9, 1];

/** How reliable a head is, as plain text for a terminal; ends without a line break. */
export const reliabilityText = (reliability: Reliability): string =>
  joined([
    calibrationLines(reliability),
    reliabilityLines(reliability.calibration),
    riskLines(reliability),
    setLines(reliability),
    thresholdLines(reliability.thresholds),
    choiceLines(reliability),
  ]);

/** The part that everybody needs to know: calibration, a target coverage that is missed, thresholds, the rule in force. */
export const reliabilityBrief = (reliability: Reliability): string =>
  joined([
    calibrationLines(reliability),
    brokenLines(reliability),
    thresholdLines(reliability.thresholds),
    choiceLines(reliability),
  ]);

function joined(blocks: readonly (readonly string[])[]): string {
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.trimEnd()).join("\n"))
    .join("\n\n");
}

function calibrationLines({ temperature, calibration, uncalibrated }: Reliability): readonly string[] {
  const cells = (name: string, score: CalibrationScore): string[] => [
    name,
    decimals(score.logLoss),
    decimals(score.brier),
    decimals(score.ece),
    range(score.intervals95.ece),
    decimals(score.p),
  ];
  const rows =
    uncalibrated === null
      ? [cells("never calibrated", calibration)]
      : [
          cells("before scaling", uncalibrated),
          cells(`after (temperature ${decimals(temperature ?? 1)})`, calibration),
        ];
  const head = ["calibration", "log loss", "Brier", "error", "95 % interval", "p"];
  return [
    ...aligned([head, ...rows], ["left", "right", "right", "right", "left", "right"]),
    "  error: mean gap between probability and accuracy, less what calibrated probabilities would show on as many rows;",
    "  p: of the test that the probabilities are calibrated; by another method than the interval, so that near 0.05 they may differ",
  ];
}

function reliabilityLines({ bins }: CalibrationScore): readonly string[] {
  const head = ["confidence", "mean", "accuracy", "rows", ""];
  const rows = bins.map(({ low, high, confidence, accuracy, count: n }) => [
    `${low.toFixed(2)} to ${high.toFixed(2)}`,
    confidence.toFixed(2),
    accuracy.toFixed(2),
    count(n),
    "#".repeat(Math.round(accuracy * 20)),
  ]);
  return aligned([head, ...rows], ["left", "right", "right", "right", "left"]);
}

function riskLines({ riskCoverage, aurc }: Reliability): readonly string[] {
  const points = SHOWN.map((share) => riskCoverage[Math.round(share * riskCoverage.length) - 1]);
  const head = ["coverage", "error rate", "confidence from"];
  const rows = points.map(({ coverage, risk, threshold }) => [
    percent(coverage),
    percent(risk),
    thresholdText(threshold),
  ]);
  return [
    ...aligned([head, ...rows], ["right", "right", "right"]),
    `  area under the risk-coverage curve ${decimals(aurc)}`,
  ];
}

function setLines({ sets }: Reliability): readonly string[] {
  if (sets.length === 0) return [];
  const head = ["prediction sets for", "coverage", "95 % interval", "labels", "single"];
  const rows = sets.map(({ target, coverage, interval95, meanSize, single }) => [
    percent(target),
    percent(coverage),
    range(interval95),
    meanSize.toFixed(2),
    percent(single),
  ]);
  return [...aligned([head, ...rows], ["right", "right", "left", "right", "right"]), ...brokenLines({ sets })];
}

const brokenLines = ({ sets }: Pick<Reliability, "sets">): readonly string[] =>
  missesCoverage(sets)
    ? [
        "  prediction sets contain the true label less often than on rows like the held-out rows: these differ from them (where",
        "  they do not, this is said in at most 5 % of cases)",
      ]
    : [];
