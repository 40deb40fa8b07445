import type { Leakage, LeakageExample } from "../../../transfer/experiment/record.js";
import type { ScoredRecord as TransferRecord } from "./scored.js";
import { DIFFERENCE_THAT_MATTERS } from "../../../transfer/curves/bySize.js";
import { count, counted, decimals, percent, range, rows } from "../../../text/numbers.js";
import { advice } from "./advice.js";
import { html, quotation, section, type Content, type Html } from "../html.js";
import { definitions } from "../table.js";

const MOST_EXAMPLES = 5;

/** The verdict in two words, with a sign that does not need color. */
export const VERDICTS = {
  positive: { sign: "▲", words: "it raises the score" },
  neutral: { sign: "●", words: "no difference shown" },
  negative: { sign: "▼", words: "it lowers the score" },
  unknown: { sign: "?", words: "unknown" },
} as const;

/** Did the source help, the numbers behind the verdict, and what to do next. */
export function verdict(record: TransferRecord): Html {
  const { call, because, standardErrors, n } = record.verdict;
  const { sign, words } = VERDICTS[call];
  const evidence =
    standardErrors === undefined || n === undefined
      ? null
      : html`<p>
          The interval holds the draw of the target’s rows (paired, ${rows(n)}; standard error
          ${decimals(standardErrors.test)}) and that of the training rows of both (from pairs of heads trained on
          halves; ${decimals(standardErrors.training)}). It leaves out that texts of other times or places differ.
          Differences below ${String(DIFFERENCE_THAT_MATTERS)} are called neutral.
        </p>`;
  return section(
    "verdict",
    "Does the source help?",
    html`<p class="call">
        <span class="sign ${call}" aria-hidden="true">${sign}</span> <b>Beside the target’s own rows: ${words}.</b>
        <span dir="auto">${because[0].toUpperCase()}${because.slice(1)}.</span>
      </p>
      ${evidence}
      <h3>What to do next</h3>
      <ol class="advice">
        ${advice(record).map((piece) => html`<li>${piece}</li>`)}
      </ol>`,
  );
}

/** Target rows that the head saw in training. */
export function leakage({ leakage: found, target, corpora }: TransferRecord): Html {
  const all = found.targetWith?.n ?? target.n;
  const share = percent(all === 0 ? 0 : found.normalised / all);
  const exact = found.normalised === 0 ? "" : `; ${count(found.exact)} of them character for character`;
  const entries: (readonly [Content, Content])[] = [
    [
      html`<b>${counted(found.normalised, "row")}</b>`,
      `of the ${counted(all, "target row")} (${share}) are also in the source, ignoring case, links, mentions and punctuation${exact}.`,
    ],
  ];
  if (corpora.targetTrain !== null) {
    entries.push([
      html`<b>${counted(found.trainAndTarget, "row")}</b>`,
      "of the target are also among the rows that the ceiling is trained on; the ceiling, both together and the verdict leave them out.",
    ]);
  }
  return section(
    "leakage",
    "Seen before",
    html`<p>Rows that the head has already seen in training make its score look better than it is.</p>
      ${definitions(entries)}${withAndWithout(found, target)}${examplesOf(found.examples)}`,
  );
}

function withAndWithout({ targetWith, normalised }: Leakage, target: TransferRecord["target"]): Html | null {
  if (normalised === 0) return html`<p>There are none. Near duplicates are not looked for.</p>`;
  if (targetWith === null)
    return html`<p>No row of the target is left without them, so there is no score on unseen texts.</p>`;
  return html`<p>
    All scores on the target leave them out: macro-F1 <b>${decimals(target.macroF1)}</b> (${range(target.interval95)},
    ${rows(target.n)}). With them it is <b>${decimals(targetWith.macroF1)}</b> (${range(targetWith.interval95)},
    ${rows(targetWith.n)}).
  </p>`;
}

function examplesOf(examples: readonly LeakageExample[]): Html | null {
  if (examples.length === 0) return null;
  const shown = examples.slice(0, MOST_EXAMPLES);
  return html`<details>
    <summary>${counted(shown.length, "example")}</summary>
    <ul class="texts">
      ${shown.map(
        ({ source, target }) =>
          html`<li>
            <span class="note">source</span>${quotation(source)}<span class="note">target</span>${quotation(target)}
          </li>`,
      )}
    </ul>
  </details>`;
}
