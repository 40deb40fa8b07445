import type { TaggingCurve, TaggingTransfer } from "../../../transfer/entities/record.js";
import { count, decimals, range, signed, signedRange } from "../../../text/numbers.js";
import { html, section, type Html } from "../html.js";
import { table } from "../table.js";
import { strategyChart, strategyName } from "./sections/strategyChart.js";

/** Learning curves of taggers, with the source and without, and the verdict by tagged sentences; null where there are none. */
export function taggingCurvesSection({ curves, curveTaggers, verdict }: TaggingTransfer): Html | null {
  if (curves.length === 0) return null;
  const { byLabels = [], says = "" } = verdict;
  return section(
    "curves",
    "With the source and without",
    html`${says === "" ? null : html`<p dir="auto">${says[0].toUpperCase()}${says.slice(1)}.</p>`} ${picture(curves)}
      ${table(
        byLabels.map(({ n, difference, interval95, call }) => [
          count(n),
          call,
          signed(difference),
          signedRange(interval95),
        ]),
        {
          caption: "What the source adds, by tagged target sentences",
          head: ["tagged sentences", "call", "entity F1", "95 % interval"],
        },
      )}
      <p class="note">
        A whisker is where one more tagger scores that is trained on other sentences (95&nbsp;%). A call holds for all
        sizes together. Taggers of the sizes: ${curveTaggers ?? ""}. The last size is the verdict on the larger taggers,
        trained on all sentences.
      </p>
      <details>
        <summary>The numbers of the curves</summary>
        ${numbers(curves)}
      </details>`,
  );
}

const picture = (curves: readonly TaggingCurve[]): Html =>
  strategyChart(
    curves.map(({ strategy, points }) => ({
      strategy,
      points: points.map(({ entityF1, ...at }) => ({ ...at, macroF1: entityF1 })),
      fit: null,
    })),
    { metric: "entity F1", rows: "tagged target sentences" },
  );

const numbers = (curves: readonly TaggingCurve[]): Html =>
  table(
    curves.flatMap(({ strategy, points }) =>
      points.map(({ n, entityF1, interval95, draws }) => [
        strategyName(strategy),
        count(n),
        decimals(entityF1),
        range(interval95),
        count(draws),
      ]),
    ),
    {
      caption: "Entity F1 on the target by tagged target sentences",
      head: ["trained on", "tagged sentences", "entity F1", "95 % interval", "draws"],
    },
  );
