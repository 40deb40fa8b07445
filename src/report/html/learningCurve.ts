import type { LearningCurve } from "../../head/file/schema.js";
import { count, decimals, range } from "../../text/numbers.js";
import { html, section, type Html } from "./html.js";
import { lineChart, lineScale, type LineSeries } from "./lineChart.js";
import { table } from "./table.js";
import { axisNote } from "./trackChart.js";

/** The curve as a chart with the band of each size, what it says, and its numbers. */
export function learningCurveSection(curve: LearningCurve | undefined): Html | null {
  if (curve === undefined || curve.points.length === 0) return null;
  const { points, scoredOn, says } = curve;
  const body = points.map(({ rows, perLabel, draws, macroF1, band95 }) => [
    `${count(rows)}${perLabel === null ? "" : ` (${count(perLabel)} a label)`}`,
    count(draws),
    decimals(macroF1.mean),
    range([macroF1.lowest, macroF1.highest]),
    range(band95),
  ]);
  const head = ["rows", "draws", "mean", "lowest to highest", "95 % band"];
  return section(
    "learningCurve",
    "Learning curve",
    html`<p>
        ${says[0].toUpperCase()}${says.slice(1)}. The band is where another head lies that is trained on so many other
        rows. ${axisNote(lineScale([seriesOf(points)]))}
      </p>
      ${chart(curve)} ${table(body, { caption: `Macro-F1 on ${scoredOn}`, head })}`,
  );
}

function chart({ points }: LearningCurve): Html {
  const [first, last] = [points[0], points[points.length - 1]];
  return lineChart([seriesOf(points)], {
    x: "training rows",
    y: "macro-F1",
    xText: count,
    label: `Macro-F1 from ${decimals(first.macroF1.mean)} with ${count(first.rows)} rows to ${decimals(last.macroF1.mean)} with ${count(last.rows)}`,
  });
}

const seriesOf = (points: LearningCurve["points"]): LineSeries => ({
  name: "mean",
  color: "source",
  dashes: "none",
  mark: "M-4.5-4.5h9v9h-9z",
  points: points.map(({ rows, macroF1, band95 }) => ({ x: rows, y: macroF1.mean, interval: band95 })),
});
