import type { Strategy, StrategyCurve, StrategyPoint } from "../../../transfer/curves/record.js";
import { count, decimals } from "../../../text/numbers.js";
import { html, type Html } from "../html.js";

/** How a strategy is drawn: dashes and a shape of its own beside its color, so that no one needs to tell the colors apart. */
interface Look {
  readonly name: string;
  readonly color: "source" | "target" | "trained" | "baseline";
  readonly dashes: string;
  /** Around (0, 0). */
  readonly mark: string;
}

const LOOKS: Readonly<Record<Strategy, Look>> = {
  target: { name: "target alone", color: "target", dashes: "none", mark: "M-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0z" },
  source: { name: "source alone", color: "source", dashes: "1 1.5", mark: "M-1.7-1.7h3.4v3.4h-3.4z" },
  both: { name: "both", color: "trained", dashes: "4 1.5", mark: "M0-2.2L2 1.6H-2z" },
  weighted: { name: "both, weighted", color: "baseline", dashes: "2 1.5", mark: "M0-2.2L2.2 0L0 2.2L-2.2 0z" },
  started: { name: "started from source", color: "source", dashes: "5 1.5 1 1.5", mark: "M-2-1.6H2L0 2.2z" },
};

/** Name of a strategy for readers. */
export const strategyName = (strategy: Strategy): string => LOOKS[strategy].name;

const STEP = 0.1; // of the scores' axis
const BETWEEN_NAMES = 6; // so that names at the line ends do not overlap

/** The score by labeled target rows (root axis from 0), a line and a band for each strategy with its name at the end. */
export function strategyChart(curves: readonly StrategyCurve[], metric = "macro-F1"): Html {
  const all = curves.flatMap(({ points }) => points);
  const [low, high] = scoreRange(all);
  const most = Math.max(1, ...all.map(({ n }) => n));
  const x = (n: number): string => (Math.sqrt(n / most) * 130).toFixed(2);
  const height = (score: number): number => 100 - ((score - low) / (high - low)) * 100;
  const y = (score: number): string => height(score).toFixed(2);
  const ticks = Array.from({ length: Math.round((high - low) / STEP) + 1 }, (_, i) => low + i * STEP);
  const sizes = apart(
    [...new Set(all.map(({ n }) => n))].sort((a, b) => a - b),
    most,
  );
  const label = inWords(curves, metric);
  return html`<svg class="plane wide" viewBox="-21 -4 205 122" role="img" aria-label="${label}">
    <title>${label}</title>
    ${ticks.map((tick) => html`<line class="grid" x1="0" x2="130" y1="${y(tick)}" y2="${y(tick)}" /><text x="-2" y="${y(tick)}" text-anchor="end" dy="1.5">${tick.toFixed(1)}</text>`)}
    ${sizes.map((n) => html`<text x="${x(n)}" y="106" text-anchor="middle">${count(n)}</text>`)}
    ${curves.map((one) => line(one, x, y))} ${lineEnds(curves, x, height)}
    <text x="65" y="115" text-anchor="middle">labeled target rows</text>
    <text x="-16" y="50" text-anchor="middle" transform="rotate(-90 -16 50)">${metric}</text>
  </svg>`;
}

/** The scores and intervals, out to the next tenths. */
export function scoreRange(points: readonly StrategyPoint[]): readonly [low: number, high: number] {
  const ends = points.flatMap(({ macroF1, interval95 }) => [macroF1, ...interval95]);
  const low = Math.max(0, Math.floor(Math.min(...ends) / STEP + 1e-9) * STEP);
  const high = Math.min(1, Math.ceil(Math.max(...ends) / STEP - 1e-9) * STEP);
  return high - low < STEP / 2 ? [Math.max(0, high - STEP), Math.max(high, STEP)] : [low, high];
}

function line({ strategy, points }: StrategyCurve, x: (n: number) => string, y: (score: number) => string): Html {
  const { color, dashes, mark } = LOOKS[strategy];
  const path = (of: readonly (readonly [number, number])[]): string =>
    of.map(([n, score], i) => `${i === 0 ? "M" : "L"}${x(n)} ${y(score)}`).join("");
  const upper = points.map(({ n, interval95 }) => [n, interval95[1]] as const);
  const lower = points.map(({ n, interval95 }) => [n, interval95[0]] as const).reverse();
  return html`<g class="${color}">
    <path class="band" d="${path([...upper, ...lower])}Z" />
    <path class="curve" stroke-dasharray="${dashes}" d="${path(points.map(({ n, macroF1 }) => [n, macroF1]))}" />
    ${points.map(
      ({ n, macroF1, interval95 }) =>
        html`<line class="whisker" x1="${x(n)}" x2="${x(n)}" y1="${y(interval95[0])}" y2="${y(interval95[1])}" /><path
            class="mark"
            transform="translate(${x(n)} ${y(macroF1)})"
            d="${mark}"
          />`,
    )}
  </g>`;
}

/** The names beside the last points, moved apart where the lines end close to one another. */
function lineEnds(curves: readonly StrategyCurve[], x: (n: number) => string, y: (score: number) => number): Html[] {
  const ends = curves
    .map(({ strategy, points }) => ({ strategy, last: points[points.length - 1] }))
    .sort((a, b) => b.last.macroF1 - a.last.macroF1);
  let above = -Infinity;
  return ends.map(({ strategy, last }) => {
    above = Math.max(y(last.macroF1), above + BETWEEN_NAMES);
    return html`<text x="${(Number(x(last.n)) + 4).toFixed(2)}" y="${above.toFixed(2)}" dy="1.5"
      >${strategyName(strategy)}</text
    >`;
  });
}

/** Those of the sizes whose numbers do not run into one another on the axis. */
function apart(sizes: readonly number[], most: number): readonly number[] {
  let last = -Infinity;
  return sizes.filter((n) => {
    const place = Math.sqrt(n / most) * 130;
    if (place - last < 11) return false;
    last = place;
    return true;
  });
}

function inWords(curves: readonly StrategyCurve[], metric: string): string {
  const parts = curves.map(({ strategy, points }) => {
    const [first, last] = [points[0], points[points.length - 1]];
    const from = `${strategyName(strategy)}: ${decimals(first.macroF1)} with ${count(first.n)} labeled target rows`;
    return points.length === 1 ? from : `${from}, ${decimals(last.macroF1)} with ${count(last.n)}`;
  });
  return `${metric[0].toUpperCase()}${metric.slice(1)} by labeled target rows. ${parts.join("; ")}.`;
}
