import { html, type Html } from "./html.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";

/*
 * Charts are rows of small SVG tracks, one number each, between labels in HTML. Positions are percentages and sizes are
 * pixels, so a track stretches with the page and its marks and lines do not.
 */

/** What a number belongs to; each kind has a shape of its own, so that no one needs to tell the colors apart. */
export type Mark = "source" | "target" | "trained" | "baseline";

const SHAPES: Readonly<Record<Mark, string>> = {
  source: "M-5.5-5.5h11v11h-11z",
  target: "M-6.5 0a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0z",
  trained: "M0-7.5L7 5.5H-7z",
  baseline: "M0-7L7 0L0 7L-7 0z",
};

const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** Share of the track's width. */
const at = (value: number): string => `${(Math.min(1, Math.max(0, value)) * 100).toFixed(2)}%`;

interface TrackOptions {
  readonly mark: Mark;
  /** Drawn as a whisker. */
  readonly interval?: Interval | undefined;
  /** Value of a dashed line across the track, to compare with. */
  readonly reference?: number | undefined;
  /** The track in words, for those who do not see it. */
  readonly label: string;
}

/** A number between 0 and 1 as a mark on a line, with a whisker for its interval. */
export function intervalTrack(value: number, options: TrackOptions): Html {
  const { mark, interval, reference, label } = options;
  return html`<span class="plot"
    ><svg class="track" width="100%" height="100%" role="img" aria-label="${label}">
      <title>${label}</title>
      ${TICKS.map((tick) => vertical(tick, "grid"))}${reference === undefined ? null : vertical(reference, "reference")}
      <g class="${mark}">${interval === undefined ? null : whisker(interval)}${pathAt(value, "mark", SHAPES[mark])}</g>
    </svg></span
  >`;
}

const vertical = (value: number, name: string): Html =>
  html`<line class="${name}" x1="${at(value)}" x2="${at(value)}" y1="0" y2="100%" />`;

const whisker = ([low, high]: Interval): Html =>
  html`<line class="whisker" x1="${at(low)}" x2="${at(high)}" y1="50%" y2="50%" />${[low, high].map((end) =>
      pathAt(end, "whisker", "M0-5V5"),
    )}`;

/** A path around (0, 0), put on the middle line; paths know no percentages, a nested picture does. */
const pathAt = (value: number, name: string, path: string): Html =>
  html`<svg x="${at(value)}" y="50%" overflow="visible"><path class="${name}" d="${path}" /></svg>`;

/** The numbers under a column of tracks. */
export const axis = (): Html =>
  html`<span class="plot axis"
    ><svg class="track" width="100%" height="100%" aria-hidden="true">
      ${TICKS.map((tick) => html`<text x="${at(tick)}" y="13" text-anchor="middle">${tick}</text>`)}
    </svg></span
  >`;

/** The shape of a mark alone, for a legend or beside a name. */
export const shape = (mark: Mark): Html =>
  html`<svg class="shape" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
    <g class="${mark}"><path class="mark" d="${SHAPES[mark]}" /></g>
  </svg>`;

/** A number between 0 and 1 as a bar. */
export const bar = (value: number, mark: "source" | "target", label: string): Html =>
  html`<svg class="bar" width="100%" height="12" role="img" aria-label="${label}">
    <title>${label}</title>
    <rect class="rail" width="100%" height="12" rx="2" />
    <rect class="fill ${mark}" x="0" y="0.75" width="${at(value)}" height="10.5" rx="2" />
  </svg>`;
