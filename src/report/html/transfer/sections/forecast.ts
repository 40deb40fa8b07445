import type { Forecast } from "../../../../transfer/forecast/record.js";
import type { TransferRecord } from "../../../../transfer/experiment/record.js";
import { decimals, rows } from "../../../../text/numbers.js";
import { forecastNote } from "../../../../text/forecastNote.js";
import { html, section, type Html } from "../../html.js";
import { scaleOver } from "../../scale.js";
import { table } from "../../table.js";
import { axisNote, trackChart, type TrackRow } from "../../trackChart.js";

/** The accuracy on the target as it is forecast without its labels, beside what is measured. */
export function forecast({ forecast: found, source, target }: TransferRecord): Html {
  const { accuracy, interval95, method, methods, doubt } = found;
  const tracks: TrackRow[] = [
    { mark: "baseline", name: "Forecast", detail: method, value: accuracy, interval: interval95 },
    ...(target === null ? [] : [measured("target", "On the target", target)]),
    measured("source", "In-domain", source),
  ];
  const scale = scaleOver(tracks.flatMap(({ value, interval = [value, value] }) => [value, ...interval]));
  return section(
    "forecast",
    target === null ? "Forecast without labels" : "What a forecast without labels would say",
    html`<p>${outcomeText(found)} ${axisNote(scale)}</p>
      ${doubt === null ? null : html`<p dir="auto">${doubt}.</p>`}
      ${trackChart(tracks, { what: "accuracy", scale, text: decimals })}
      <p class="note">${forecastNote(found.measuredOn)}</p>
      <details>
        <summary>What single methods say</summary>
        ${table(
          methods.map(({ name, accuracy: one }) => [name, decimals(one)]),
          { caption: "Accuracy on the target, without its labels", head: ["method", "accuracy"] },
        )}
      </details>`,
  );
}

const measured = (
  mark: "source" | "target",
  name: string,
  { accuracy, intervals95, n }: TransferRecord["source"],
): TrackRow => ({ mark, name, detail: "measured", value: accuracy, interval: intervals95.accuracy, note: rows(n) });

function outcomeText({ truth, interval95: [low, high] }: Forecast): string {
  const made =
    "The accuracy of the head on the target, forecast from its probabilities there and on held-out source rows.";
  if (truth === null) return made;
  return low <= truth && truth <= high
    ? `${made} The measured accuracy lies inside the interval of the forecast.`
    : `${made} The measured accuracy lies outside the interval of the forecast: here it would have misled.`;
}
