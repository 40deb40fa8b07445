import type { CurveDifference, CurveShape } from "../../../transfer/curves/record.js";
import type { TransferRecord } from "../../../transfer/experiment/record.js";
import { count, decimals, range, signed, signedRange } from "../../../text/numbers.js";
import { html, section, type Html } from "../html.js";
import { definitions, table } from "../table.js";
import { strategyChart, strategyName } from "./strategyChart.js";

/** The learning curves with the source and without, as a picture with its numbers behind it; null where none were measured. */
export function curves(record: TransferRecord): Html | null {
  const drawn = (record.curves ?? []).filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return null;
  const { says } = record.verdict;
  return section(
    "curves",
    "With the source and without",
    html`${says === undefined ? null : html`<p dir="auto">${says[0].toUpperCase()}${says.slice(1)}.</p>`}${strategyChart(drawn)}
      <p class="note">
        The scores’ axis shows the range that matters and need not start at 0. A band is where the score of one more
        head lies that is trained on other rows (95&nbsp;%); the axis of the rows grows with their square root.
      </p>
      <details>
        <summary>The numbers of the picture</summary>
        ${numbers(drawn)}
      </details>
      ${record.shape ? shapeOf(record.shape) : null}`,
  );
}

const numbers = (drawn: NonNullable<TransferRecord["curves"]>): Html =>
  table(
    drawn.flatMap(({ strategy, points }) =>
      points.map(({ n, macroF1, interval95, draws }) => [
        strategyName(strategy),
        count(n),
        decimals(macroF1),
        range(interval95),
        count(draws),
      ]),
    ),
    {
      caption: "Macro-F1 on the target by labeled target rows",
      head: ["trained on", "target rows", "macro-F1", "95 % interval", "draws"],
    },
  );

const shapeOf = ({ start, slope, asymptote }: CurveShape): Html =>
  definitions([
    ["start, with the source minus without", difference(start)],
    ["slope, for a doubling of the rows", difference(slope)],
    ["with the most rows measured", difference(asymptote)],
  ]);

const difference = ({ difference: by, interval95 }: CurveDifference): string =>
  `${signed(by)} (95 % interval ${signedRange(interval95)})`;
