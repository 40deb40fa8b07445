import type { AdaptationName } from "../../../../transfer/adaptation/adapt.js";
import type { AdaptationChoice, AdaptationScore } from "../../../../transfer/adaptation/record.js";
import type { TransferRecord } from "../../../../transfer/experiment/record.js";
import { counted, decimals, signed } from "../../../../text/numbers.js";
import { html, section, type Html } from "../../html.js";
import { scaleOver } from "../../scale.js";
import { trackChart, type TrackRow } from "../../trackChart.js";

const MEANINGS: Readonly<Record<Exclude<AdaptationName, "none">, string>> = {
  center: "each side’s vectors moved to the same mean",
  coral: "the source’s covariances made those of the target",
  weights: "source rows count for more the more they are like the target’s",
  prior: "probabilities adjusted to the target’s estimated label shares",
  "self-train": "trained further on the target rows it is most confident of",
  shift: "the shift of the labels’ scores on the target removed",
  easyadapt: "trained on labeled rows of both, with shared weights and own ones",
  l2sp: "trained on labeled target rows, pulled towards the head of the source",
};

/** Heads adapted to the target beside the one that is not; null where none were asked for. */
export function adaptation({ adaptation: scores = [], adaptationChoice, target }: TransferRecord): Html | null {
  const compared = scores.flatMap((one) => (isCompared(one) ? [one] : []));
  if (compared.length === 0)
    return scores.length === 0 || scores.some(({ macroF1 }) => macroF1 !== null)
      ? null
      : section(
          "adaptation",
          "Adapted to the target",
          html`<p>
              Whether an adaptation helps cannot be known without labels of the target:
              ${target === null ? "it has none" : "every row of it is also one of its training rows"}.
            </p>
            ${choiceText(adaptationChoice)}`,
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
      ${choiceText(adaptationChoice)}
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

/** What was chosen, by what rule; the reason names a label of the user's. */
const choiceText = (choice: AdaptationChoice | undefined): Html | null =>
  choice === undefined
    ? null
    : html`<p>
        Without a look at the target’s labels <b>${choice.name}</b> was chosen:
        <span dir="auto">${choice.because}</span>. The rule is ${choice.rule}.
      </p>`;

type Compared = AdaptationScore & {
  readonly [name in "macroF1" | "difference" | "interval95"]: NonNullable<AdaptationScore[name]>;
};

const isCompared = (one: AdaptationScore): one is Compared =>
  one.macroF1 !== null && one.difference !== null && one.interval95 !== null;

const trackOf = ({ name, macroF1, difference, interval95, chosen, effectiveRows }: Compared): TrackRow => ({
  mark: "trained" as const,
  name: html`${name}${chosen ? " (in the head written)" : ""}`,
  detail: detailOf(name, effectiveRows),
  value: difference,
  interval: interval95,
  note: `macro-F1 ${decimals(macroF1)}`,
});

function detailOf(name: AdaptationName, effectiveRows: number | undefined): string | undefined {
  const meaning = name === "none" ? undefined : MEANINGS[name];
  return effectiveRows === undefined
    ? meaning
    : `${meaning}; they vary like ${counted(Math.round(effectiveRows), "row")} of equal weight`;
}
