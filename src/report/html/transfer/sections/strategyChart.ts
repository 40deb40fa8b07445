import type { Strategy, StrategyCurve } from "../../../../transfer/curves/record.js";
import { count, decimals } from "../../../../text/numbers.js";
import type { Html } from "../../html.js";
import { lineChart, lineScale, type LineLook, type LineSeries } from "../../lineChart.js";
import type { Scale } from "../../scale.js";

const LOOKS: Readonly<Record<Strategy, LineLook & { readonly name: string }>> = {
  target: { name: "target alone", color: "target", dashes: "none", mark: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z" },
  both: { name: "both", color: "trained", dashes: "9 4", mark: "M0-5.5L5 4H-5z" },
  source: { name: "source alone", color: "source", dashes: "2 4", mark: "M-4.5-4.5h9v9h-9z" },
  weighted: { name: "both, weighted", color: "baseline", dashes: "5 4", mark: "M0-5.5L5.5 0L0 5.5L-5.5 0z" },
  started: { name: "started from source", color: "source", dashes: "11 4 2 4", mark: "M-5-4H5L0 5.5z" },
};

/** Whether to take the source's rows along or not: these two are drawn with their whiskers and bands. */
const MAIN: readonly Strategy[] = ["target", "both"];

/** Name of a strategy for readers. */
export const strategyName = (strategy: Strategy): string => LOOKS[strategy].name;

/** What the axes are of. */
interface Axes {
  readonly metric: string;
  readonly rows: string;
}

const OF_TEXTS: Axes = { metric: "macro-F1", rows: "labeled target rows" };

/** The score by labeled target rows (root axis from 0), a line for each strategy. */
export function strategyChart(curves: readonly StrategyCurve[], { metric, rows }: Axes = OF_TEXTS): Html {
  const series = seriesOf(curves);
  const measuredTo = Math.max(0, ...curves.flatMap(({ points }) => points.map(({ n }) => n)));
  return lineChart(series, {
    x: rows,
    y: metric,
    xText: count,
    label: inWords(curves, { metric, rows }),
    measuredTo: isForecast(curves) ? measuredTo : undefined,
  });
}

/** Whether lines go on beyond the rows that were measured. */
export const isForecast = (curves: readonly StrategyCurve[]): boolean =>
  curves.some(({ strategy, fit }) => fit !== null && MAIN.includes(strategy));

/** The axis of the scores. */
export const strategyScale = (curves: readonly StrategyCurve[]): Scale => lineScale(seriesOf(curves));

function seriesOf(curves: readonly StrategyCurve[]): readonly LineSeries[] {
  const most = Math.max(...curves.flatMap(({ points, fit }) => [...points, ...(fit?.band ?? [])].map(({ n }) => n)));
  return (Object.keys(LOOKS) as Strategy[]).flatMap((strategy) =>
    curves
      .filter((curve) => curve.strategy === strategy && curve.points.length > 0)
      .map((curve) => oneSeries(curve, most)),
  );
}

function oneSeries({ strategy, points, fit }: StrategyCurve, most: number): LineSeries {
  const isMain = MAIN.includes(strategy);
  const hasWhiskers = isMain || strategy === "source";
  return {
    ...LOOKS[strategy],
    points: points.map(({ n, macroF1, interval95 }) => ({
      x: n,
      y: macroF1,
      interval: hasWhiskers ? interval95 : undefined,
    })),
    fit:
      strategy === "source"
        ? level(points, most)
        : isMain && fit !== null
          ? fit.band.map(({ n, macroF1, interval95 }) => ({ x: n, y: macroF1, interval: interval95 }))
          : undefined,
  };
}

/** Across the whole chart: what takes no rows of the target scores the same with any number of them. */
const level = ([{ macroF1 }]: StrategyCurve["points"], most: number): LineSeries["fit"] =>
  [0, most].map((x) => ({ x, y: macroF1 }));

function inWords(curves: readonly StrategyCurve[], { metric, rows }: Axes): string {
  const parts = curves
    .filter(({ points }) => points.length > 0)
    .map(({ strategy, points }) => {
      const [first, last] = [points[0], points[points.length - 1]];
      const from = `${strategyName(strategy)}: ${decimals(first.macroF1)} with ${count(first.n)} ${rows}`;
      return points.length === 1 ? from : `${from}, ${decimals(last.macroF1)} with ${count(last.n)}`;
    });
  return `${metric[0].toUpperCase()}${metric.slice(1)} by ${rows}. ${parts.join("; ")}.`;
}
