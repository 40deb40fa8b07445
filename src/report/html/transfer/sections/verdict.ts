import type { Verdict } from "../../../../transfer/experiment/record.js";
import type { NextLabels, VerdictBySize, Worth } from "../../../../transfer/curves/record.js";
import type { ScoredRecord as TransferRecord } from "./scored.js";
import { DIFFERENCE_THAT_MATTERS } from "../../../../transfer/curves/bySize.js";
import { count, counted, decimals, rows, signed, signedRange } from "../../../../text/numbers.js";
import { html, section, type Content, type Html } from "../../html.js";
import { scaleOver } from "../../scale.js";
import { definitions } from "../../table.js";
import { trackChart } from "../../trackChart.js";

/** The verdict in two words, with a sign that does not need color. */
export const VERDICTS = {
  positive: { sign: "▲", words: "it raises the score" },
  neutral: { sign: "●", words: "no difference shown" },
  negative: { sign: "▼", words: "it lowers the score" },
  unknown: { sign: "?", words: "unknown" },
} as const;

/** Did the source help, with how many labels of the target, and the numbers behind it. */
export function verdict({ verdict: found, worth, next }: TransferRecord): Html {
  const { call, because } = found;
  const { sign, words } = VERDICTS[call];
  return section(
    "verdict",
    "Does the source help?",
    html`<p class="call">
        <span class="sign ${call}" aria-hidden="true">${sign}</span> <b>Beside the target’s own rows: ${words}.</b>
        <span dir="auto">${because[0].toUpperCase()}${because.slice(1)}.</span>
      </p>
      ${call === "unknown" ? howToKnow(found) : evidence(found)} ${bySize(found.byLabels ?? [])}
      ${labelsWorth(worth ?? null, next ?? null)}`,
  );
}

const howToKnow = ({ comparable }: Verdict): Html | null =>
  comparable === false
    ? null
    : html`<p>
        To know, label rows of the target other than those it is tested on, and pass them with
        <code>--target-train</code>: this page then has the learning curves with the source and without it, the verdict
        by number of labels, and what more labels would bring.
      </p>`;

function evidence({ standardErrors, n }: Verdict): Html | null {
  if (standardErrors === undefined || n === undefined) return null;
  return html`<p>
    The interval holds the draw of the target’s rows (paired, ${rows(n)}; standard error
    ${decimals(standardErrors.test)}) and that of the training rows of both (from pairs of heads trained on halves;
    ${decimals(standardErrors.training)}). It leaves out that texts of other times or places differ. Differences below
    ${String(DIFFERENCE_THAT_MATTERS)} are called neutral.
  </p>`;
}

function bySize(sizes: readonly VerdictBySize[]): Html | null {
  if (sizes.length === 0) return null;
  const tracks = sizes.map(({ n, difference, interval95, call, p }) => ({
    mark: "trained" as const,
    name: counted(n, "target row"),
    detail: html`<span class="sign ${call}" aria-hidden="true">${VERDICTS[call].sign}</span> ${VERDICTS[call].words}`,
    value: difference,
    interval: interval95,
    note: `p ${decimals(p)}`,
  }));
  const values = sizes.flatMap(({ difference, interval95 }) => [difference, ...interval95]);
  return html`<h3>By labeled target rows</h3>
    <p>
      Macro-F1 of “both” minus that of “target alone”; right of the dashed line the source helps. Each interval is for
      its size alone; the calls and the p hold for all sizes together (Holm).
    </p>
    ${trackChart(tracks, {
      what: "difference in macro-F1",
      scale: scaleOver([0, ...values], { within: [-1, 1] }),
      text: signed,
      reference: 0,
    })}`;
}

function labelsWorth(worth: Worth | null, next: NextLabels | null): Html | null {
  const entries: (readonly [Content, Content])[] = [
    ...(worth === null ? [] : [["what the source replaces", worthText(worth)] as const]),
    ...(next === null ? [] : [["what more labels bring", nextText(next)] as const]),
  ];
  return entries.length === 0 ? null : definitions(entries);
}

function worthText({ at, targetLabels, interval95 }: Worth): string {
  const beside = `Beside ${counted(at, "target row")}, `;
  if (targetLabels === null)
    return `${beside}the source does more than all labels of the target that there are would, alone.`;
  const spread =
    interval95 === null
      ? "its interval goes beyond the rows measured"
      : `95 % interval ${count(interval95[0])} to ${count(interval95[1])}`;
  return `${beside}the source does as much as about ${counted(targetLabels, "more target label")} (${spread}).`;
}

const nextText = ({ added, gain, interval95 }: NextLabels): string =>
  `${counted(added, "more target row")}: ${signed(gain)} macro-F1 by the fitted curve (95 % interval ${signedRange(interval95)}), where the curve goes on as it is.`;
