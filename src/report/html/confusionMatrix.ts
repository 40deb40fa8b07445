import type { Confusion } from "../../metrics/classification.js";
import { count, percent } from "../../text/numbers.js";
import { html, verbatim, type Content, type Html } from "./html.js";
import { shadedCell, shadedTable } from "./shadedTable.js";
import { table } from "./table.js";

const MOST_LABELS = 12; // a wider grid cannot be read on paper
const MOST_CONFUSIONS = 15;

/**
 * A confusion matrix as a shaded table: rows are the truth, columns the prediction, the share is of the row.
 *
 * With more than 12 labels it becomes a list of the most frequent confusions.
 */
export function confusionGrid(confusion: Confusion, caption: Content): Html {
  if (confusion.labels.length > MOST_LABELS) return frequentConfusions(confusion, caption);
  const { labels, counts, abstained } = confusion;
  return shadedTable(
    caption,
    html`<td class="corner">true ↓ predicted →</td>
      ${labels.map((label) => html`<th scope="col">${verbatim(label)}</th>`)}
      ${abstained === undefined ? null : html`<th scope="col">abstained</th>`}`,
    labels.map((label, t) => gridRow(label, abstained === undefined ? counts[t] : [...counts[t], abstained[t]], t)),
  );
}

function gridRow(label: string, cells: readonly number[], truth: number): Html {
  const support = cells.reduce((sum, cell) => sum + cell, 0);
  return html`<tr>
    <th scope="row">${verbatim(label)}</th>
    ${cells.map((cell, p) => {
      const share = support === 0 ? 0 : cell / support;
      const kind = p === truth ? "hit" : "miss";
      return shadedCell({ kind, share }, count(cell), support === 0 ? "–" : percent(share));
    })}
  </tr>`;
}

function frequentConfusions(confusion: Confusion, caption: Content): Html {
  const body = rankedConfusions(confusion, MOST_CONFUSIONS).map(({ truth, predicted, rows, share }) => [
    verbatim(truth),
    verbatim(predicted),
    count(rows),
    percent(share),
  ]);
  return table(body, {
    caption: [caption, ": the most frequent confusions"],
    head: ["true", "predicted", "rows", "of the true"],
  });
}

/** Rows of one label that were taken for another. */
interface RankedConfusion {
  readonly truth: string;
  readonly predicted: string;
  readonly rows: number;
  /** Of the rows with that truth. */
  readonly share: number;
}

/** The `most` largest cells off the diagonal, largest first; empty cells are left out. */
export function rankedConfusions({ labels, counts, abstained }: Confusion, most: number): readonly RankedConfusion[] {
  return counts
    .flatMap((cells, t) => {
      const support = cells.reduce((sum, cell) => sum + cell, abstained?.[t] ?? 0);
      return cells.flatMap((rows, p) =>
        p === t || rows === 0 ? [] : [{ truth: labels[t], predicted: labels[p], rows, share: rows / support }],
      );
    })
    .sort((a, b) => b.rows - a.rows)
    .slice(0, most);
}
