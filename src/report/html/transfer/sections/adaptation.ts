import type { AdaptationName, AdaptationScore } from "../../../../transfer/adaptation/record.js";
import type { TransferRecord } from "../../../../transfer/experiment/record.js";
import { decimals, signed } from "../../../../text/numbers.js";
import { html, section, type Html } from "../../html.js";
import { scaleOver } from "../../scale.js";
import { trackChart } from "../../trackChart.js";

const MEANINGS: Readonly<Partial<Record<AdaptationName, string>>> = {
  center: "each side’s vectors moved to the same mean",
  coral: "the source’s covariances made those of the target",
  weights: "source rows count for more the more they are like the target’s",
  prior: "probabilities adjusted to the target’s estimated label shares",
  "self-train": "trained further on the target rows it is most confident of",
  easyadapt: "shared and own weights for source and target",
  l2sp: "trained on the target’s rows, pulled towards the head of the source",
};

/** Heads adapted to the target beside the one that is not; null where none were asked for. */
export function adaptation({ adaptation: scores = [], target }: TransferRecord): Html | null {
  const compared = scores.flatMap((one) => (isCompared(one) ? [one] : []));
  if (compared.length === 0)
    return scores.length === 0 || target !== null
      ? null
      : section(
          "adaptation",
          "Adapted to the target",
          html`<p>Whether an adaptation helps cannot be known without labels of the target: it has none.</p>`,
        );
  const none = scores.find(({ name }) => name === "none")?.macroF1 ?? null;
  return section(
    "adaptation",
    "Adapted to the target",
    html`<p>
        Macro-F1 of each head minus that of the head as it is${none === null ? "" : `, ${decimals(none)}`}, on the same
        target rows. The intervals are over draws of these rows, for these heads. None is chosen by its score here: the
        best of several looks better than it is.
      </p>
      ${trackChart(compared.map(trackOf), {
        what: "difference in macro-F1",
        scale: scaleOver([0, ...compared.flatMap(({ difference, interval95 }) => [difference, ...interval95])], {
          within: [-1, 1],
        }),
        text: signed,
        reference: 0,
      })}`,
  );
}

type Compared = AdaptationScore & {
  readonly [name in "macroF1" | "difference" | "interval95"]: NonNullable<AdaptationScore[name]>;
};

const isCompared = (one: AdaptationScore): one is Compared =>
  one.macroF1 !== null && one.difference !== null && one.interval95 !== null;

const trackOf = ({ name, macroF1, difference, interval95, chosen }: Compared) => ({
  mark: "trained" as const,
  name: html`${name}${chosen ? " (in the head written)" : ""}`,
  detail: MEANINGS[name],
  value: difference,
  interval: interval95,
  note: `macro-F1 ${decimals(macroF1)}`,
});
