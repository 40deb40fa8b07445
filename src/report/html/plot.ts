import { html, type Content, type Html } from "./html.js";

/*
 * Charts of two numbers, each from 0 to 1: a square of 100 by 100 with room for the axes, which grows with the page.
 */

/** A point with the room that it takes for its rows. */
interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** Radius in hundredths of the axis. @default 1.6 */
  readonly radius?: number | undefined;
}

interface PlotOptions {
  /** What the axes show. */
  readonly x: string;
  readonly y: string;
  /** The chart in words, for those who do not see it. */
  readonly label: string;
  /** Draws the line on which x and y are equal. @default false */
  readonly diagonal?: boolean | undefined;
  /** Joins the points. @default false */
  readonly joined?: boolean | undefined;
  /** Largest y of the axis. @default 1 */
  readonly top?: number | undefined;
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** Points between 0 and 1 on two axes. */
export function plot(points: readonly PlotPoint[], options: PlotOptions): Html {
  const { x, y, label, diagonal = false, joined = false, top = 1 } = options;
  const place = (p: PlotPoint): PlotPoint => ({ ...p, x: p.x * 100, y: 100 - (Math.min(p.y, top) / top) * 100 });
  const placed = points.map(place);
  const path = placed.map((p, i) => `${i === 0 ? "M" : "L"}${p.x.toFixed(2)} ${p.y.toFixed(2)}`).join("");
  return html`<svg class="plane" viewBox="-21 -4 127 122" role="img" aria-label="${label}">
    <title>${label}</title>
    ${TICKS.map((tick) => grid(tick, (tick * top).toFixed(3)))}
    ${diagonal ? html`<line class="reference" x1="0" y1="100" x2="100" y2="0" />` : null}
    <g class="source">
      ${joined && path !== "" ? html`<path class="curve" d="${path}" />` : null}${placed.map(
        (p) => html`<circle class="mark" cx="${p.x.toFixed(2)}" cy="${p.y.toFixed(2)}" r="${p.radius ?? 1.6}" />`,
      )}
    </g>
    ${axisName(x, "50", "115")}
    <text x="-16" y="50" text-anchor="middle" transform="rotate(-90 -16 50)">${y}</text>
  </svg>`;
}

const grid = (tick: number, height: string): Html => {
  const at = (tick * 100).toFixed(0);
  const up = (100 - tick * 100).toFixed(0);
  return html`<line class="grid" x1="0" x2="100" y1="${up}" y2="${up}" /><line
      class="grid"
      x1="${at}"
      x2="${at}"
      y1="0"
      y2="100"
    /><text x="${at}" y="106" text-anchor="middle">${tick}</text
    ><text x="-2" y="${up}" text-anchor="end" dy="1.5">${height.replace(/\.?0+$/, "") || "0"}</text>`;
};

const axisName = (name: Content, x: string, y: string): Html =>
  html`<text x="${x}" y="${y}" text-anchor="middle">${name}</text>`;
