import type { TransferRecord } from "../../../../transfer/experiment/record.js";
import type { SourceChoice, SourceDifference, SourceScore } from "../../../../transfer/ranking/record.js";
import { count, decimals, rows as rowsText, signed, signedRange } from "../../../../text/numbers.js";
import { html, joined, section, verbatim, type Content, type Html } from "../../html.js";
import { scaleOver } from "../../scale.js";
import { table } from "../../table.js";
import { axisNote, trackChart, type TrackRow } from "../../trackChart.js";

/** Several sources beside one another, and how one was chosen; null where there was one. */
export function sources(record: TransferRecord): Html | null {
  const { sources: all = [], sourceChoice: choice } = record;
  if (all.length === 0) return null;
  const isScored = all.every(({ macroF1 }) => macroF1 !== null);
  const tracks = [...all.map((one) => trackOf(one, isScored)), ...togetherTrack(choice)];
  const scale = scaleOver(tracks.flatMap(({ value, interval = [value, value] }) => [value, ...interval]));
  return section(
    "sources",
    "Which source",
    html`${choice === undefined ? null : html`<p>Chosen by ${choice.by}: <span dir="auto">${choice.because}</span>.</p>`}
      <p>
        ${isScored ? "Macro-F1 on the same target rows, whose labels had no part in the choice." : "Accuracy on the target as it is forecast: it has no labels."}
        ${axisNote(scale)}
      </p>
      ${trackChart(tracks, { what: isScored ? "macro-F1 on the target" : "accuracy, forecast", scale, text: decimals })}
      <details>
        <summary>What each measure says of the sources</summary>
        ${measures(all)}
      </details>`,
  );
}

function trackOf(
  { files, rows, chosen, behind, macroF1, interval95, ...one }: SourceScore,
  isScored: boolean,
): TrackRow {
  const lead = behind === null ? "" : `the chosen one minus it: ${differenceText(behind)}`;
  return {
    mark: chosen ? "target" : "source",
    name: nameOf(files),
    detail: chosen ? "chosen" : lead,
    value: isScored ? (macroF1 ?? 0) : one.forecast,
    interval: isScored ? (interval95 ?? undefined) : one.forecastInterval95,
    note: rowsText(rows),
  };
}

function togetherTrack(choice: SourceChoice | undefined): readonly TrackRow[] {
  if (choice === undefined || choice.together === null) return [];
  const { rows, macroF1, interval95, overChosen } = choice.together;
  const detail = `minus the chosen one: ${differenceText(overChosen)}`;
  return [
    { mark: "trained", name: "all together", detail, value: macroF1, interval: interval95, note: rowsText(rows) },
  ];
}

const differenceText = ({ difference, interval95, p }: SourceDifference): string =>
  `${signed(difference)} (95\u00A0% ${signedRange(interval95)}, p ${decimals(p)})`;

const nameOf = (files: readonly string[]): Html => html`${joined(files.map(verbatim), ", ")}`;

const shown = (value: number | null): Content => (value === null ? "–" : decimals(value));

const measures = (all: readonly SourceScore[]): Html =>
  table(
    all.map((one) => [
      nameOf(one.files),
      count(one.rows),
      ...[
        one.onTargetTrain,
        one.forecast,
        one.agreement,
        one.proxyA,
        one.logMe,
        one.leep,
        one.hScore,
        one.neighbors,
      ].map(shown),
    ]),
    {
      caption: "With labels of the target where there are any; forecast, agreement and distance without",
      head: [
        "source",
        "rows",
        "on target train",
        "forecast",
        "agreement",
        "proxy A",
        "LogME",
        "LEEP",
        "H-score",
        "neighbors",
      ],
    },
  );
