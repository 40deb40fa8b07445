import type { Evaluation, Score } from "../../../../metrics/classification.js";
import type { ScoredRecord as TransferRecord } from "./scored.js";
import { shape, type Mark } from "../../chart.js";
import { decimals, rows } from "../../../../text/numbers.js";
import { html, section, verbatim, type Content, type Html } from "../../html.js";
import { scaleOver, sideOf } from "../../scale.js";
import { axisNote, trackChart, type TrackRow } from "../../trackChart.js";
import { corpusNames } from "./names.js";

/** Everything that was scored, on one axis. */
export function comparison(record: TransferRecord): Html {
  const compared = candidates(record);
  // Baselines far below would leave the heads and their intervals little of the axis.
  const scale = scaleOver(
    compared.flatMap(({ value, interval }) => (interval === undefined ? [] : [value, ...interval])),
  );
  const isOff = compared.some(({ value }) => sideOf(scale, value) !== undefined);
  return section(
    "comparison",
    "How it compares",
    html`<p>
        Macro-F1 (the mean over the labels of how well each is found, 1 is perfect). The line through a mark is its
        95&nbsp;% interval; the dashed line is the head’s score on the target.
        ${axisNote(scale)}${isOff ? " An arrow stands for a score off the axis." : null}
      </p>
      ${trackChart(compared, { what: "macro-F1", scale, text: decimals, reference: record.target.macroF1 })}
      <p class="note">
        ${shape("source")} in-domain ${shape("target")} on the target ${shape("trained")} trained with rows of the
        target ${shape("baseline")} simple baselines on the target. Macro-F1 averages over the labels that occur in the
        truth or in the predictions.
      </p>`,
  );
}

function candidates(record: TransferRecord): readonly TrackRow[] {
  const { source, target, ceiling, joint, leakage } = record;
  const names = corpusNames(record);
  const home = html`In-domain: ${verbatim(names.source)}`;
  const away = html`Target: ${verbatim(names.target)}`;
  const always: readonly (TrackRow | null)[] = [
    candidate("source", home, "trained on the source, tested on its held-out rows", source),
    candidate(
      "target",
      away,
      leakage.targetWith === null ? "the same head" : "the same head, rows it has not seen",
      target,
    ),
    candidate(
      "target",
      "Target with the duplicates",
      "the same head, also on rows of its training",
      leakage.targetWith,
    ),
    candidate("trained", "Ceiling", "trained on rows of the target alone", ceiling),
    candidate("trained", "Both together", "trained on the source and rows of the target", joint),
    baseline("Bag of words", "counts words, trained on the source", target, target.bagOfWords),
    baseline("Majority class", "always the same label", target, target.majority),
  ];
  return always.filter((one) => one !== null);
}

const candidate = (mark: Mark, name: Content, detail: string, score: Evaluation | null): TrackRow | null =>
  score === null ? null : { mark, name, detail, value: score.macroF1, interval: score.interval95, note: rows(score.n) };

const baseline = (name: string, detail: string, { n }: Evaluation, score: Score | null): TrackRow | null =>
  score === null ? null : { mark: "baseline", name, detail, value: score.macroF1, note: rows(n) };
