import type { LabelShift } from "../../../../transfer/divergence/labelShift.js";
import type { TransferRecord } from "../../../../transfer/experiment/record.js";
import { percent } from "../../../../text/numbers.js";
import { marksTrack, shape, type Mark } from "../../chart.js";
import { html, section, verbatim, type Html } from "../../html.js";
import { scaleOver, type Scale } from "../../scale.js";
import { axis } from "../../chart.js";
import { table } from "../../table.js";
import { axisNote } from "../../trackChart.js";

/** Labels that are drawn; more of them are in the table. */
const MOST_LABELS = 12;

interface Estimate {
  readonly mark: Mark;
  readonly name: string;
  readonly shares: Readonly<Record<string, number>>;
}

/** How often the target has each label, as it is estimated without its labels; null where that cannot be known. */
export function labelShift({ labelShift: shift, labels }: TransferRecord): Html | null {
  if (shift === null) return null;
  const estimates = estimatesOf(shift);
  const scale = scaleOver(estimates.flatMap(({ shares }) => labels.map((label) => shareOf(shares, label))));
  return section(
    "shares",
    "How often the target has each label",
    html`<p>
        Estimated from what the head predicts there, as if texts of one label were alike on both sides: by expectation
        maximization (EM) and from its confusions on held-out source rows
        (BBSE)${shift.bbse === null ? ", which say too little here" : ""}. ${axisNote(scale)}
      </p>
      <ul class="chart shares">
        ${labels.slice(0, MOST_LABELS).map((label) => labelRow(label, estimates, scale))}
        <li class="foot" aria-hidden="true"><span class="blank"></span>${axis(scale)}</li>
      </ul>
      <p class="note">${estimates.map(({ mark, name }) => html`${shape(mark)} ${name} `)}</p>
      <details>
        <summary>The shares in figures</summary>
        ${table(
          labels.map((label) => [verbatim(label), ...estimates.map(({ shares }) => percent(shareOf(shares, label)))]),
          { caption: "Share of each label", head: ["label", ...estimates.map(({ name }) => name)] },
        )}
      </details>`,
  );
}

const estimatesOf = ({ source, em, bbse, truth }: LabelShift): readonly Estimate[] => [
  { mark: "source", name: "source", shares: source },
  { mark: "trained", name: "target by EM", shares: em },
  ...(bbse === null ? [] : [{ mark: "baseline" as const, name: "target by BBSE", shares: bbse }]),
  ...(truth === null ? [] : [{ mark: "target" as const, name: "target as it is", shares: truth }]),
];

const shareOf = (shares: Readonly<Record<string, number>>, label: string): number =>
  Object.hasOwn(shares, label) ? shares[label] : 0;

function labelRow(label: string, estimates: readonly Estimate[], scale: Scale): Html {
  const own = estimates.map(({ mark, name, shares }) => ({ mark, name, value: shareOf(shares, label) }));
  const inWords = own.map(({ name, value }) => `${name} ${percent(value)}`).join(", ");
  return html`<li><span class="name">${verbatim(label)}</span>${marksTrack(own, { label: inWords, scale })}</li>`;
}
