import type { LabelThresholds, RankingScore, ThresholdScore } from "../../metrics/labelThresholds.js";
import { count, decimals, percent, perThousand, range, thresholdText } from "../../text/numbers.js";
import { escapeControls } from "../../text/escape.js";
import { aligned } from "./evaluation.js";
import { fitted } from "./width.js";

const MOST_LABELS = 10;
const WIDEST_NAME = 32; // columns of a label

/** For each label what comes of predicting it from a probability on, and how well its probabilities rank the rows. */
export function thresholdLines(thresholds: Readonly<Record<string, LabelThresholds>>): readonly string[] {
  const names = Object.keys(thresholds);
  const shown = names.slice(0, MOST_LABELS);
  // With few labels there is room for thresholds that are there for comparison alone.
  const rows = shown.flatMap((label) => rowsOf(label, thresholds[label], names.length <= 3));
  const head = ["thresholds", "from", "precision", "recall", "false alarms per 1,000", ""];
  const scores = shown.map((label) => [
    nameOf(label),
    ...scoreCells(thresholds[label].averagePrecision),
    ...scoreCells(thresholds[label].auc),
  ]);
  const scoreHead = ["label by its probability", "average precision", "95 % interval", "ROC AUC", "95 % interval"];
  return [
    ...aligned([head, ...rows], ["left", "right", "right", "right", "right", "left"]),
    "  False alarms of a label are rows of other labels that are given it. The threshold without any is read off these rows: on",
    "  others like them its precision is lower, while the bound beside it holds.",
    "",
    ...aligned([scoreHead, ...scores], ["left", "right", "left", "right", "left"]),
    ...(names.length > MOST_LABELS ? [`  and ${count(names.length - MOST_LABELS)} more labels: --json has all`] : []),
  ];
}

function rowsOf(
  label: string,
  { at, negatives, withoutFalseAlarm }: LabelThresholds,
  isFull: boolean,
): readonly (readonly string[])[] {
  const compared = isFull ? at : [];
  const best =
    withoutFalseAlarm === null ? [] : [{ score: withoutFalseAlarm, note: boundText(withoutFalseAlarm, negatives) }];
  return [...compared.map((score) => ({ score, note: "" })), ...best].map(({ score, note }) => [
    nameOf(label),
    score.threshold === null ? "none" : thresholdText(score.threshold),
    share(score.precision),
    share(score.recall),
    score.falseAlarmRate === null ? "-" : perThousand(score.falseAlarmRate),
    note,
  ]);
}

/** What holds beyond these rows: the bound takes into account that the threshold was chosen on them. */
const boundText = ({ falseAlarms, falseAlarmsBelow }: ThresholdScore, negatives: number): string =>
  `${count(falseAlarms)} of ${count(negatives)} other rows: at most ${perThousand(falseAlarmsBelow)} at 95 %`;

const share = (value: number | null): string => (value === null ? "-" : percent(value));

const scoreCells = (score: RankingScore | null): readonly string[] =>
  score === null ? ["-", ""] : [decimals(score.value), range(score.interval95)];

const nameOf = (label: string): string => fitted(escapeControls(label), WIDEST_NAME);
