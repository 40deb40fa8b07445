import type { Interval } from "../../metrics/intervals/bootstrap.js";
import { axis, intervalTrack, shape, type Mark } from "./chart.js";
import { html, type Content, type Html } from "./html.js";
import { tickText, type Scale } from "./scale.js";

/** A line of the chart: a name, a number on the axis, and the number in figures. */
export interface TrackRow {
  readonly mark: Mark;
  readonly name: Content;
  /** What it is, under the name. */
  readonly detail?: Content | undefined;
  readonly value: number;
  readonly interval?: Interval | undefined;
  /** Under the figures, such as how many rows. */
  readonly note?: string | undefined;
}

interface TrackChartOptions {
  /** What is measured, such as "macro-F1". */
  readonly what: string;
  readonly scale: Scale;
  /** How a value is written; its interval likewise. */
  readonly text: (value: number) => string;
  /** Value of a dashed line across all tracks. */
  readonly reference?: number | undefined;
}

/** Numbers with their intervals on one axis, each in figures beside its track. */
export const trackChart = (rows: readonly TrackRow[], options: TrackChartOptions): Html =>
  html`<ul class="chart">
    ${rows.map((row) => trackRow(row, options))}
    <li class="foot" aria-hidden="true">
      <span class="blank"></span>${axis(options.scale)}<span class="blank"></span>
    </li>
  </ul>`;

function trackRow(
  { mark, name, detail, value, interval, note }: TrackRow,
  { what, scale, text, reference }: TrackChartOptions,
): Html {
  const spread = interval === undefined ? undefined : `${text(interval[0])} to ${text(interval[1])}`;
  const parts = [`${what} ${text(value)}`, ...(spread === undefined ? [] : [`95 % interval ${spread}`])];
  const label = [...parts, ...(note === undefined ? [] : [note])].join(", ").replaceAll("\u00a0", " ");
  const below = [spread, note].filter((part) => part !== undefined);
  return html`<li>
    <span class="name">${shape(mark)} ${name}${detail === undefined ? null : html`<small>${detail}</small>`}</span
    >${intervalTrack(value, { mark, interval, reference, label, scale })}<span class="value"
      ><b>${text(value)}</b
      ><small>${below.map((part, i) => html`<span>${part}</span>${i === below.length - 1 ? null : ", "}`)}</small></span
    >
  </li>`;
}

/** Where the axis begins, if not at 0; in a sentence. */
export const axisNote = (scale: Scale): string =>
  scale.low === 0
    ? `The axis runs from 0 to ${endText(scale, scale.high)}.`
    : `The axis does not start at 0: it runs from ${endText(scale, scale.low)} to ${endText(scale, scale.high)}.`;

/** An end of the axis, which is a tick or where no number can be beyond it. */
const endText = (scale: Scale, end: number): string =>
  Number.isInteger(end) ? tickText({ ...scale, ticks: [] }, end) : tickText(scale, end);
