import { html, type Html } from "./html.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";
import { placeOn, sideOf, tickText, WHOLE_SCALE, type Scale } from "./scale.js";

/*
 * Charts are rows of small SVG tracks, one number each, between labels in HTML. Positions are percentages and sizes are
 * pixels, so a track stretches with the page and its marks and lines do not.
 */

/** What a number belongs to; each kind has a shape of its own, so that no one needs to tell the colors apart. */
export type Mark = "source" | "target" | "trained" | "baseline";

const SHAPES: Readonly<Record<Mark, string>> = {
  source: "M-5-5h10v10h-10z",
  target: "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0z",
  trained: "M0-6.5L6 5H-6z",
  baseline: "M0-6.5L6.5 0L0 6.5L-6.5 0z",
};
/** Instead of the shape, where a number lies off the axis. */
const ARROWS = { before: "M5-6L-5 0L5 6z", after: "M-5-6L5 0L-5 6z" } as const;

/** Ends of a whisker stand out above and below the mark, so that one narrower than the mark is seen too. */
const WHISKER_END = "M0-9V9";

/** Share of the track's width. */
const at = (scale: Scale, value: number): string => `${(placeOn(scale, value) * 100).toFixed(2)}%`;

interface TrackOptions {
  readonly mark: Mark;
  /** Drawn as a whisker. */
  readonly interval?: Interval | undefined;
  /** Value of a dashed line across the track, to compare with. */
  readonly reference?: number | undefined;
  /** The track in words, for those who do not see it. */
  readonly label: string;
  /** @default from 0 to 1 */
  readonly scale?: Scale | undefined;
}

/** A number as a mark on a line, with a whisker for its interval; off the scale, as an arrow at its end. */
export function intervalTrack(value: number, options: TrackOptions): Html {
  const { mark, interval, reference, label, scale = WHOLE_SCALE } = options;
  const side = sideOf(scale, value);
  const shapeHere = side === undefined ? SHAPES[mark] : ARROWS[side];
  return html`<span class="plot"
    ><svg class="track" width="100%" height="100%" role="img" aria-label="${label}">
      <title>${label}</title>
      ${scale.ticks.map((tick) => vertical(at(scale, tick), "grid"))}${reference === undefined ? null : vertical(at(scale, reference), "reference")}
      <g class="${mark}">
        ${interval === undefined ? null : whisker(scale, interval)}${pathAt(at(scale, value), "mark", shapeHere)}
      </g>
    </svg></span
  >`;
}

/** Several numbers as marks on one track, one below the other, so that equal ones are all seen. */
export const marksTrack = (
  marks: readonly { readonly mark: Mark; readonly value: number }[],
  { label, scale = WHOLE_SCALE }: Pick<TrackOptions, "label" | "scale">,
): Html =>
  html`<span class="plot"
    ><svg class="track" width="100%" height="100%" role="img" aria-label="${label}">
      <title>${label}</title>
      ${scale.ticks.map((tick) => vertical(at(scale, tick), "grid"))}
      ${marks.map(({ mark, value }, i) => {
        const y = `${(((i + 1) / (marks.length + 1)) * 100).toFixed(1)}%`;
        return html`<g class="${mark}">${pathAt(at(scale, value), "mark", SHAPES[mark], y)}</g>`;
      })}
    </svg></span
  >`;

const vertical = (x: string, name: string): Html => html`<line class="${name}" x1="${x}" x2="${x}" y1="0" y2="100%" />`;

const whisker = (scale: Scale, [low, high]: Interval): Html =>
  html`<line class="whisker" x1="${at(scale, low)}" x2="${at(scale, high)}" y1="50%" y2="50%" />${[low, high].map(
      (end) => (sideOf(scale, end) === undefined ? pathAt(at(scale, end), "whisker", WHISKER_END) : null),
    )}`;

/** A path around (0, 0), put on the middle line; paths know no percentages, a nested picture does. */
const pathAt = (x: string, name: string, path: string, y = "50%"): Html =>
  html`<svg x="${x}" y="${y}" overflow="visible"><path class="${name}" d="${path}" /></svg>`;

/** The numbers under a column of tracks. */
export const axis = (scale: Scale = WHOLE_SCALE): Html =>
  html`<span class="plot axis"
    ><svg class="track" width="100%" height="100%" aria-hidden="true">
      ${scale.ticks.map((tick) => html`<text x="${at(scale, tick)}" y="13" text-anchor="middle">${tickText(scale, tick)}</text>`)}
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
    <rect class="fill ${mark}" x="0" y="0.75" width="${at(WHOLE_SCALE, value)}" height="10.5" rx="2" />
  </svg>`;
