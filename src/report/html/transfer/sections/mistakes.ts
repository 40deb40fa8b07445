import type { TransferMistake } from "../../../../transfer/experiment/record.js";
import type { ScoredRecord as TransferRecord } from "./scored.js";
import { count, decimals, percent } from "../../../../text/numbers.js";
import { html, quotation, section, verbatim, type Html } from "../../html.js";

const MOST_SHOWN = 30;

/** The most confident mistakes on the target. */
export function mistakes({ mistakes: all, target }: TransferRecord): Html {
  const right = target.confusion.counts.reduce((sum, cells, c) => sum + cells[c], 0);
  const wrong = target.n - right;
  const shown = all.slice(0, MOST_SHOWN);
  const intro =
    wrong === 0
      ? html`<p>The head is right on every one of the target’s ${count(target.n)} rows.</p>`
      : html`<p>
          The head is wrong on ${count(wrong)} of ${count(target.n)} target rows (${percent(wrong / target.n)}). These
          ${count(shown.length)} are the most confident: some are hard texts, some have labels that mean something else
          here, some have wrong labels.
        </p>`;
  return section(
    "mistakes",
    "Confident mistakes",
    html`${intro}
      <ol class="texts">
        ${shown.map(mistake)}
      </ol>`,
  );
}

const mistake = ({ text, truth, predicted, probability }: TransferMistake): Html =>
  html`<li>
    ${quotation(text)}
    <p class="labeled">
      <span>true <b>${verbatim(truth)}</b></span> <span>predicted <b>${verbatim(predicted)}</b></span>
      <span>probability <b>${decimals(probability)}</b></span>
    </p>
  </li>`;
