import type { CurveDifference, CurveShape } from "../../../../transfer/curves/record.js";
import type { TransferRecord } from "../../../../transfer/experiment/record.js";
import { count, decimals, range, signed, signedRange } from "../../../../text/numbers.js";
import { html, section, type Html } from "../../html.js";
import { definitions, table } from "../../table.js";
import { axisNote } from "../../trackChart.js";
import { isForecast, strategyChart, strategyName, strategyScale } from "./strategyChart.js";

type Curves = NonNullable<TransferRecord["curves"]>;

/** The learning curves with the source and without, as a picture with its numbers behind it; null where none were measured. */
export function curves(record: TransferRecord): Html | null {
  const drawn = (record.curves ?? []).filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return null;
  const { says = "" } = record.verdict;
  return section(
    "curves",
    "With the source and without",
    html`${says === "" ? null : html`<p dir="auto">${says[0].toUpperCase()}${says.slice(1)}.</p>`}${strategyChart(drawn)}
      <p class="note">${howToRead(drawn)}</p>
      <details>
        <summary>The numbers behind the curves</summary>
        ${numbers(drawn)}
      </details>
      ${record.shape ? shapeOf(record.shape) : null}`,
  );
}

function howToRead(drawn: Curves): string {
  const whiskers =
    "A mark is the mean over draws of the target rows. A whisker is where one more head scores, trained on other rows, in 95 % of cases.";
  const fitted =
    " The lines of “target alone” and “both” are fitted to the marks, with a 95 % band for the mean; right of the dashed line they are forecast, not measured.";
  return `${whiskers}${isForecast(drawn) ? fitted : ""} ${axisNote(strategyScale(drawn))} The axis of the rows grows with their square root.`;
}

const numbers = (drawn: Curves): Html =>
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
  html`<h3>What the source changes</h3>
    ${definitions([
      ["start, at the fewest target rows", difference(start)],
      ["slope, per doubling of the rows", difference(slope)],
      ["end, at the most target rows", difference(asymptote)],
    ])}`;

const difference = ({ difference: by, interval95 }: CurveDifference): string =>
  `${signed(by)} macro-F1 with the source (95 % interval ${signedRange(interval95)})`;
