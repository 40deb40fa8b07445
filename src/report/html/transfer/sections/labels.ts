import type { Evaluation } from "../../../../metrics/classification.js";
import type { LabelScore } from "../../../../metrics/confusion.js";
import type { ScoredRecord as TransferRecord } from "./scored.js";
import { bar, shape } from "../../chart.js";
import { confusionGrid } from "../../confusionMatrix.js";
import { count, decimals, rows } from "../../../../text/numbers.js";
import { html, section, verbatim, type Content, type Html } from "../../html.js";
import { table } from "../../table.js";

type Side = "source" | "target";

const SIDES: Readonly<Record<Side, string>> = { source: "in-domain", target: "target" };

/** F1 of each label in-domain beside the target, and the numbers behind it. */
export function labels({ source, target }: TransferRecord): Html {
  const names = namesOf(source, target);
  return section(
    "labels",
    "Label by label",
    html`<p>
        F1 of each label: how well it is found without false alarms. ${shape("source")} outlined is in-domain,
        ${shape("target")} filled is on the target; n is the number of rows that truly have the label.
      </p>
      <div class="labels">${names.map((name) => labelBars(name, source, target))}</div>
      <details>
        <summary>Precision and recall</summary>
        ${precisionTable(names, source, target)}
      </details>`,
  );
}

/** The confusion matrices in-domain and on the target. */
export const confusions = ({ source, target }: TransferRecord): Html =>
  section(
    "confusions",
    "Confusion matrices",
    html`<p>
        Each line is a true label and shows what the head predicted for its rows: how many rows, and what share of the
        line. Correct predictions are on the framed diagonal.
      </p>
      <div class="pair">
        ${confusionGrid(source.confusion, html`In-domain (${rows(source.n)})`)}${confusionGrid(target.confusion, html`On the target (${rows(target.n)})`)}
      </div>`,
  );

/** Labels of either side, those of the head first. */
const namesOf = (source: Evaluation, target: Evaluation): readonly string[] => [
  ...new Set([...source.confusion.labels, ...target.confusion.labels]),
];

const scoreOf = (evaluation: Evaluation, name: string): LabelScore | undefined =>
  Object.hasOwn(evaluation.perLabel, name) ? evaluation.perLabel[name] : undefined;

const labelBars = (name: string, source: Evaluation, target: Evaluation): Html =>
  html`<div class="label">
    <h3>${verbatim(name)}</h3>
    ${labelBar("source", scoreOf(source, name))}${labelBar("target", scoreOf(target, name))}
  </div>`;

function labelBar(side: Side, score: LabelScore | undefined): Html {
  const name = html`<span class="side">${SIDES[side]}</span>`;
  if (score === undefined || score.support === 0) {
    return html`<div class="line">${name}<span class="note">no row has it</span></div>`;
  }
  const label = `F1 ${decimals(score.f1)}, n = ${score.support}`;
  return html`<div class="line">
    ${name}${bar(score.f1, side, label)}<span class="value"
      ><b>${decimals(score.f1)}</b> <small>${rows(score.support)}</small></span
    >
  </div>`;
}

function precisionTable(names: readonly string[], source: Evaluation, target: Evaluation): Html {
  const body = names.flatMap((name) => [scoreRow(name, "source", source), scoreRow(name, "target", target)]);
  return table(body, {
    caption:
      "Precision: how many of the rows given this label have it. Recall: how many of the rows that have it are found.",
    head: ["label", "where", "precision", "recall", "F1", "n"],
  });
}

function scoreRow(name: string, side: Side, evaluation: Evaluation): readonly Content[] {
  const score = scoreOf(evaluation, name);
  const numbers = score === undefined ? ["–", "–", "–"] : [score.precision, score.recall, score.f1].map(decimals);
  return [verbatim(name), SIDES[side], ...numbers, count(score?.support ?? 0)];
}
