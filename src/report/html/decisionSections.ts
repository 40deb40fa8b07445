import { thresholdWords } from "../../classification/decision/choice.js";
import type { Reliability } from "../../classification/reliability.js";
import type { LabelThresholds, RankingScore, ThresholdScore } from "../../metrics/labelThresholds.js";
import { count, decimals, percent, perThousand, range, thresholdText } from "../../text/numbers.js";
import { html, section, verbatim, type Content, type Html } from "./html.js";
import { plot } from "./plot.js";
import { CONTRADICTED, claimText, isContradicted, refusalText } from "../../classification/decision/claimWords.js";
import { table } from "./table.js";

/** With a capital and a period. */
const sentence = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}.`;

/** Labels whose curves are drawn. */
const MOST_LABELS = 12;

/** The rule in force: what it reaches here and what is claimed of it; null where there is none. */
export function ruleSection({ choice }: Reliability): Html | null {
  if (choice === null) return null;
  const { goal, coverage, accuracy, interval95, precision, costs, claims } = choice;
  const reached = interval95 === null ? "" : ` (${range(interval95)})`;
  const body = Object.entries(precision).map(([label, own]) => {
    return [verbatim(label), thresholdWords(choice, label), own === null ? "not predicted" : percent(own)];
  });
  return section(
    "rule",
    "Rule in force",
    html`<p>
        Goal: ${verbatim(goal)}. The head predicts a label for ${percent(coverage)} of the
        rows${accuracy === null ? "" : `; ${percent(accuracy)} of these predictions are right${reached}`}.
      </p>
      ${claims.map((claim) => html`<p>${verbatim(sentence(claim.isGranted ? claimText(claim) : refusalText(claim)))}</p>`)}
      ${isContradicted(choice) ? html`<p><b>${sentence(CONTRADICTED)}</b></p>` : null}
      ${table(body, { caption: "Labels under the rule", head: ["label", "probability from", "precision here"] })}
      ${costs === null ? null : costTable(costs)}`,
  );
}

const costTable = ({ labels, matrix }: NonNullable<NonNullable<Reliability["choice"]>["costs"]>): Html =>
  table(
    labels.map((label, t) => [verbatim(label), ...matrix[t].map(String)]),
    { caption: "Costs", head: ["true ↓ predicted →", ...labels.map((label) => verbatim(label))] },
  );

/** Precision-recall and ROC curve of each label, with the numbers behind them. */
export function thresholdsSection({ thresholds }: Reliability): Html {
  const all = Object.keys(thresholds);
  const body = all.map((label): Content[] => {
    const { averagePrecision, auc, withoutFalseAlarm, negatives } = thresholds[label];
    return [verbatim(label), scoreCell(averagePrecision), scoreCell(auc), ...bestCells(withoutFalseAlarm, negatives)];
  });
  const head = [
    "label",
    "average precision",
    "ROC AUC",
    "no false alarm here from",
    "recall there",
    "false alarms there",
  ];
  return section(
    "thresholds",
    "Thresholds",
    html`<p>
        What comes of predicting a label from a probability on, whatever the rule in force. The threshold without a
        false alarm is read off these rows: on others its precision is lower, while the bound beside it holds there with
        95&nbsp;% confidence.
      </p>
      ${table(body, { caption: "Labels by their probability", head })}
      ${all.slice(0, MOST_LABELS).map((label) => curves(label, thresholds[label]))}`,
  );
}

function curves(label: string, { curve, averagePrecision, auc }: LabelThresholds): Html {
  const recalls = curve.map(({ recall, precision }) => ({ x: recall, y: precision, radius: 0.8 }));
  const rates = curve.map(({ falseAlarmRate, recall }) => ({ x: falseAlarmRate, y: recall, radius: 0.8 }));
  const body = curve.map(({ threshold, precision, recall, falseAlarmRate }) => [
    thresholdText(threshold),
    decimals(precision),
    decimals(recall),
    perThousand(falseAlarmRate),
  ]);
  const area = (score: RankingScore | null): string => (score === null ? "" : `, area ${decimals(score.value)}`);
  return html`<h3>${verbatim(label)}</h3>
    ${plot(recalls, { x: "recall", y: "precision", joined: true, label: `Precision-recall curve${area(averagePrecision)}` })}
    ${plot(rates, { x: "false alarm rate", y: "recall", joined: true, diagonal: false, label: `ROC curve${area(auc)}` })}
    <details>
      <summary>The numbers behind the curves</summary>
      ${table(body, { caption: verbatim(label), head: ["probability from", "precision", "recall", "false alarms per 1,000"] })}
    </details>`;
}

const scoreCell = (score: RankingScore | null): Content =>
  score === null ? "–" : html`${decimals(score.value)} <small>${range(score.interval95)}</small>`;

function bestCells(score: ThresholdScore | null, negatives: number): Content[] {
  if (score === null) return ["–", "–", "–"];
  const { threshold, recall, falseAlarms, falseAlarmsBelow } = score;
  return [
    threshold === null ? "none" : thresholdText(threshold),
    recall === null ? "–" : percent(recall),
    html`${count(falseAlarms)} of ${count(negatives)}
      <small>at most ${perThousand(falseAlarmsBelow)} per 1,000</small>`,
  ];
}
