import type { LearningCurve } from "../../head/file/schema.js";
import { count, decimals, range } from "../../text/numbers.js";
import { html, section, type Html } from "./html.js";
import { table } from "./table.js";

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
        rows.
      </p>
      ${chart(curve)} ${table(body, { caption: `Macro-F1 on ${scoredOn}`, head })}`,
  );
}

/** Macro-F1 from 0 to 1 over the logarithm of the rows, in a square of 100 by 100. */
function chart({ points }: LearningCurve): Html {
  const logs = points.map(({ rows }) => Math.log(Math.max(1, rows)));
  const [least, most] = [Math.min(...logs), Math.max(...logs)];
  const across = (i: number): string => (most > least ? ((logs[i] - least) / (most - least)) * 100 : 50).toFixed(2);
  const up = (value: number): string => (100 - value * 100).toFixed(2);
  const path = points.map(({ macroF1 }, i) => `${i === 0 ? "M" : "L"}${across(i)} ${up(macroF1.mean)}`).join("");
  const [first, last] = [points[0], points[points.length - 1]];
  const label = `Macro-F1 from ${decimals(first.macroF1.mean)} with ${count(first.rows)} rows to ${decimals(last.macroF1.mean)} with ${count(last.rows)}`;
  return html`<svg class="plane" viewBox="-21 -4 127 122" role="img" aria-label="${label}">
    <title>${label}</title>
    ${[0, 0.25, 0.5, 0.75, 1].map(
      (tick) =>
        html`<line class="grid" x1="0" x2="100" y1="${up(tick)}" y2="${up(tick)}" /><text
            x="-2"
            y="${up(tick)}"
            text-anchor="end"
            dy="1.5"
            >${tick}</text
          >`,
    )}
    <g class="source">
      <path class="curve" d="${path}" />
      ${points.map(
        ({ macroF1, band95: [low, high] }, i) =>
          html`<line class="whisker" x1="${across(i)}" x2="${across(i)}" y1="${up(low)}" y2="${up(high)}" /><circle
              class="mark"
              cx="${across(i)}"
              cy="${up(macroF1.mean)}"
              r="1.6"
            />`,
      )}
    </g>
    ${points.map(({ rows }, i) => html`<text x="${across(i)}" y="106" text-anchor="middle">${count(rows)}</text>`)}
    <text x="50" y="115" text-anchor="middle">training rows</text>
    <text x="-16" y="50" text-anchor="middle" transform="rotate(-90 -16 50)">macro-F1</text>
  </svg>`;
}
