import type { TransferRecord } from "../../../../transfer/experiment/record.js";
import type { SuggestedRow } from "../../../../transfer/suggest/suggestions.js";
import { count, counted, decimals } from "../../../../text/numbers.js";
import { html, quotation, section, verbatim, type Html } from "../../html.js";

const MOST_SHOWN = 50;

/** Target rows to label first; null where none were asked for. */
export function suggestions({ suggestions: found }: TransferRecord): Html | null {
  if (found === undefined || found.rows.length === 0) return null;
  const shown = found.rows.slice(0, MOST_SHOWN);
  const more = found.rows.length - shown.length;
  return section(
    "suggestions",
    "Rows to label first",
    html`<p>
        ${counted(found.rows.length, "target row")} that stand for many others, the one that stands for most first. They
        are in <code>suggest.csv</code> beside this page: fill in the column “${verbatim(found.labelColumn)}” and pass
        the file as <code>--target-train</code>.
      </p>
      <details>
        <summary>The texts</summary>
        <ol class="texts">
          ${shown.map(suggestedRow)}
        </ol>
        ${more > 0 ? html`<p class="note">and ${count(more)} more in the file</p>` : null}
      </details>`,
  );
}

const suggestedRow = ({ file, line, text, predicted, probability }: SuggestedRow): Html =>
  html`<li>
    ${quotation(text)}
    <p class="labeled">
      <span>${verbatim(file)}, line ${count(line)}</span>
      <span>predicted <b>${verbatim(predicted)}</b></span>
      <span>probability <b>${decimals(probability)}</b></span>
    </p>
  </li>`;
