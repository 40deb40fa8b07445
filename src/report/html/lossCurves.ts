import { decimals } from "../../text/numbers.js";
import { html, type Html } from "./html.js";

/** Losses of one set of rows, from the first step of a training on. */
export interface LossCurve {
  readonly name: string;
  /** Its color. */
  readonly mark: "source" | "target";
  readonly values: readonly number[];
}

interface LossCurvesOptions {
  /** What a step is, such as "epoch". */
  readonly unit: string;
  /** The step whose weights were kept, from 1: a dashed line; 0 for none. */
  readonly best: number;
  /** The chart in words, for those who do not see it. */
  readonly label: string;
}

/** Width and height of the chart in its own units; the square leaves room for the axes. */
const SIZE = 100;
/** Points of a line at most; of a longer one every nth, and the last. */
const MOST_POINTS = 200;

/** Losses step by step, the axis going from the lowest to the highest of them. */
export function lossCurves(curves: readonly LossCurve[], { unit, best, label }: LossCurvesOptions): Html {
  const steps = Math.max(1, ...curves.map(({ values }) => values.length));
  const [low, high] = curves
    .flatMap(({ values }) => [...values])
    .reduce(([least, most], v) => [Math.min(least, v), Math.max(most, v)], [Infinity, -Infinity]);
  const across = (step: number): number => (steps === 1 ? SIZE / 2 : ((step - 1) / (steps - 1)) * SIZE);
  const up = (loss: number): number => (high > low ? SIZE - ((loss - low) / (high - low)) * SIZE : SIZE / 2);
  const heights = high > low ? [low, (low + high) / 2, high] : [low];
  return html`<svg class="plane" viewBox="-16 -12 122 130" role="img" aria-label="${label}">
    <title>${label}</title>
    ${heights.map((loss) => heightLine(loss, up(loss)))}
    ${best === 0 ? null : html`<line class="reference" x1="${place(across(best))}" x2="${place(across(best))}" y1="0" y2="100" />`}
    ${curves.map(({ mark, values }) => line(mark, values, { across, up }))}
    <text x="0" y="106">1</text>
    <text x="100" y="106" text-anchor="end">${steps}</text>
    <text x="50" y="115" text-anchor="middle">${unit}</text>
    ${curves.map(
      ({ name, mark, values }, i) =>
        html`<g class="${mark}"><path class="curve" stroke-dasharray="${DASHES[mark]}" d="M${52 * i} -7h8" /></g
          ><text x="${52 * i + 10}" y="-5.5">${name} ${decimals(values[values.length - 1])}</text>`,
    )}
  </svg>`;
}

/** Beside the color, so that no one needs to tell the colors apart. */
const DASHES = { source: "none", target: "3 1.5" } as const;

const place = (at: number): string => at.toFixed(2);

const heightLine = (loss: number, at: number): Html =>
  html`<line class="grid" x1="0" x2="100" y1="${place(at)}" y2="${place(at)}" /><text
      x="-2"
      y="${place(at)}"
      text-anchor="end"
      dy="1.5"
      >${decimals(loss)}</text
    >`;

function line(
  mark: LossCurve["mark"],
  values: readonly number[],
  { across, up }: Record<"across" | "up", (value: number) => number>,
): Html {
  const every = Math.ceil(values.length / MOST_POINTS);
  const shown = [...values.keys()].filter((i) => i % every === 0 || i === values.length - 1);
  const path = shown.map((i, at) => `${at === 0 ? "M" : "L"}${place(across(i + 1))} ${place(up(values[i]))}`).join("");
  return html`<g class="${mark}"><path class="curve" stroke-dasharray="${DASHES[mark]}" d="${path}" /></g>`;
}
