import type { Interval } from "../../metrics/intervals/bootstrap.js";
import { html, type Html } from "./html.js";
import { placeOn, scaleOver, tickText, type Scale } from "./scale.js";

/*
 * Lines over the root of a number from 0. Positions are shares of the field, sizes and texts are pixels: the field stretches
 * with the page, what is written on it does not. Paths know no percentages, so they are drawn in a square of 100 by 100 that is
 * stretched, but for the width of its lines.
 */

/** How a line is drawn: dashes and a shape of its own beside its color, so that no one needs to tell the colors apart. */
export interface LineLook {
  readonly color: "source" | "target" | "trained" | "baseline";
  /** Lengths in pixels, as SVG takes them. */
  readonly dashes: string;
  /** A path around (0, 0), some 10 pixels wide. */
  readonly mark: string;
}

interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Drawn as a whisker. */
  readonly interval?: Interval | undefined;
}

export interface LineSeries extends LineLook {
  readonly name: string;
  /** What was measured, by x. */
  readonly points: readonly LinePoint[];
  /** What was fitted to it, and the area around that; else the points are joined. */
  readonly fit?: readonly LinePoint[] | undefined;
}

interface LineChartOptions {
  readonly x: string;
  readonly y: string;
  /** The chart in words, for those who do not see it. */
  readonly label: string;
  /** How an x is written. */
  readonly xText: (x: number) => string;
  /** A dashed line: beyond it nothing was measured. */
  readonly measuredTo?: number | undefined;
}

/** Shares of the field's width and height. */
interface Field {
  readonly scale: Scale;
  readonly across: (x: number) => number;
  readonly down: (y: number) => number;
}

const GAP_OF_NAMES = 0.07;
const GAP_OF_TICKS = 0.12;
/** Pixels between whiskers that would lie on one another. */
const SIDE_STEP = 7;

/** Lines with their names at the ends, or in a legend where the page is narrow. */
export function lineChart(series: readonly LineSeries[], options: LineChartOptions): Html {
  const { label, measuredTo } = options;
  const field = fieldOf(series);
  return html`<div class="lines">
    <div class="field">
      <svg width="100%" height="100%" overflow="visible" role="img" aria-label="${label}">
        <title>${label}</title>
        ${axes(series, field, options)}${measuredTo === undefined ? null : border(percent(field.across(measuredTo)))}
        ${stretched(series.map((one) => area(one, field)))}${stretched(series.map((one) => line(one, field)))}
        ${series.map((one) => measured(one, field, sideOfWhiskers(one, series)))}${names(series, field)}
      </svg>
    </div>
    <ul class="legend">
      ${series.map(({ name, ...look }) => html`<li>${sample(look)} ${name}</li>`)}
    </ul>
  </div>`;
}

/** The axis of y over all that is drawn. */
export const lineScale = (series: readonly Pick<LineSeries, "points" | "fit">[]): Scale =>
  scaleOver(
    series.flatMap(({ points, fit = [] }) =>
      [...points, ...fit].flatMap(({ y, interval = [y, y] }) => [y, ...interval]),
    ),
  );

function fieldOf(series: readonly LineSeries[]): Field {
  const scale = lineScale(series);
  const most = Math.max(1, ...series.flatMap(({ points, fit = [] }) => [...points, ...fit].map(({ x }) => x)));
  return { scale, across: (x) => Math.sqrt(x / most), down: (y) => 1 - placeOn(scale, y) };
}

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

const border = (x: string): Html => html`<line class="border" x1="${x}" x2="${x}" y1="0" y2="100%" />`;

function axes(series: readonly LineSeries[], field: Field, { x, y, xText }: LineChartOptions): Html {
  const { scale, across, down } = field;
  const sizes = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))];
  return html`${scale.ticks.map(
      (tick) =>
        html`<line class="grid" x1="0" x2="100%" y1="${percent(down(tick))}" y2="${percent(down(tick))}" /><text
            x="-8"
            y="${percent(down(tick))}"
            dy="4"
            text-anchor="end"
            >${tickText(scale, tick)}</text
          >`,
    )}${apart(sizes, across).map(
      (size) => html`<text x="${percent(across(size))}" y="100%" dy="18" text-anchor="middle">${xText(size)}</text>`,
    )}<text x="0" y="-12" dx="-40">${y}</text><text x="50%" y="100%" dy="38" text-anchor="middle">${x}</text>`;
}

/** Those of the sizes whose numbers do not run into one another on the axis: 0, the largest, and what fits between. */
function apart(sizes: readonly number[], across: Field["across"]): readonly number[] {
  let last = Infinity;
  const between = [...sizes]
    .sort((a, b) => b - a)
    .filter((size) => {
      if (last - across(size) < GAP_OF_TICKS || across(size) < GAP_OF_TICKS) return false;
      last = across(size);
      return true;
    });
  return [0, ...between];
}

const stretched = (drawn: readonly (Html | null)[]): Html =>
  html`<svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none" overflow="visible">
    ${drawn}
  </svg>`;

const path = (points: readonly { readonly x: number; readonly y: number }[], { across, down }: Field): string =>
  points
    .map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${(across(x) * 100).toFixed(2)} ${(down(y) * 100).toFixed(2)}`)
    .join("");

function area({ color, fit = [] }: LineSeries, field: Field): Html | null {
  const known = fit.flatMap(({ x, interval }) => (interval === undefined ? [] : [{ x, interval }]));
  if (known.length === 0) return null;
  const upper = known.map(({ x, interval }) => ({ x, y: interval[1] }));
  const lower = known.map(({ x, interval }) => ({ x, y: interval[0] })).reverse();
  return html`<g class="${color}"><path class="band" d="${path([...upper, ...lower], field)}Z" /></g>`;
}

const line = ({ color, dashes, points, fit = points }: LineSeries, field: Field): Html =>
  html`<g class="${color}"><path class="curve" stroke-dasharray="${dashes}" d="${path(fit, field)}" /></g>`;

/** Marks and whiskers, moved to the side by some pixels. */
const measured = ({ color, mark, points }: LineSeries, { across, down }: Field, aside: number): Html =>
  html`<g class="${color}">
    ${points.map(
      ({ x, y, interval }) =>
        html`<svg x="${percent(across(x))}" overflow="visible">
          ${
            interval === undefined
              ? null
              : whisker(
                  interval.map((end) => percent(down(end))),
                  String(aside),
                )
          }<svg y="${percent(down(y))}" overflow="visible">
            <path class="mark" transform="translate(${aside} 0)" d="${mark}" />
          </svg>
        </svg>`,
    )}
  </g>`;

/** Pixels by which the whiskers of a line are moved, so that those of another at the same place are seen too. */
function sideOfWhiskers(one: LineSeries, series: readonly LineSeries[]): number {
  const moved = series.filter(
    ({ points }) => points.length > 1 && points.some(({ interval }) => interval !== undefined),
  );
  return moved.includes(one) ? (moved.indexOf(one) - (moved.length - 1) / 2) * SIDE_STEP : 0;
}

const whisker = (ends: readonly string[], aside: string): Html =>
  html`<line class="whisker" x1="${aside}" x2="${aside}" y1="${ends[0]}" y2="${ends[1]}" />${ends.map(
      (end) =>
        html`<svg y="${end}" overflow="visible">
          <path class="whisker" transform="translate(${aside} 0)" d="M-3 0H3" />
        </svg>`,
    )}`;

/** The names to the right, each with the shape of its line and joined to its end, moved apart where ends are close. */
function names(series: readonly LineSeries[], field: Field): Html {
  const ends = series
    .map(({ points, fit = points, ...one }) => ({ ...one, end: fit[fit.length - 1] }))
    .sort((a, b) => b.end.y - a.end.y);
  const heights: number[] = [];
  for (const { end } of ends) heights.push(Math.max(field.down(end.y), (heights.at(-1) ?? -1) + GAP_OF_NAMES));
  const excess = Math.max(0, (heights.at(-1) ?? 0) - 1);
  return html`${stretched(
    ends.map(({ end }, i) => {
      const [x, y] = [field.across(end.x) * 100, field.down(end.y) * 100];
      return html`<path
        class="leader"
        d="M${x.toFixed(2)} ${y.toFixed(2)}L100 ${((heights[i] - excess) * 100).toFixed(2)}h1"
      />`;
    }),
  )}${ends.map(
    ({ name, color, mark }, i) =>
      html`<svg class="line-name" x="100%" y="${percent(heights[i] - excess)}" overflow="visible">
        <g class="${color}"><path class="mark" transform="translate(18 0)" d="${mark}" /></g>
        <text x="30" dy="4">${name}</text>
      </svg>`,
  )}`;
}

/** A short piece of a line with its mark, for the legend. */
const sample = ({ color, dashes, mark }: LineLook): Html =>
  html`<svg class="shape" width="36" height="16" viewBox="-18 -8 36 16" aria-hidden="true">
    <g class="${color}">
      <path class="curve" stroke-dasharray="${dashes}" d="M-18 0H18" />
      <path class="mark" d="${mark}" />
    </g>
  </svg>`;
