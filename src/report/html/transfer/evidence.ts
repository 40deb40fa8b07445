import type { Divergence } from "../../../transfer/divergence/divergence.js";
import type { Leakage, LeakageExample, TransferRecord } from "../../../transfer/experiment/record.js";
import { count, counted, decimals, percent, range, rows, signed, signedRange } from "../../../text/numbers.js";
import { advice } from "./advice.js";
import { html, quotation, section, type Content, type Html } from "../html.js";
import { definitions } from "../table.js";

const MOST_EXAMPLES = 5;

/** The verdict in two words, with a sign that does not need color. */
export const VERDICTS = {
  positive: { sign: "▲", words: "it helps" },
  neutral: { sign: "●", words: "no difference seen" },
  negative: { sign: "▼", words: "it hurts" },
  unknown: { sign: "?", words: "unknown" },
} as const;

/** Did the source help, the numbers behind the verdict, and what to do next. */
export function verdict(record: TransferRecord): Html {
  const { call, difference, interval95, because } = record.verdict;
  const { sign, words } = VERDICTS[call];
  const evidence =
    difference === null || interval95 === null
      ? null
      : html`<p>
          Trained on both minus trained on the target alone: <b>${signed(difference)}</b> macro-F1, 95&nbsp;% interval
          ${signedRange(interval95)} (paired bootstrap over the same target rows, ${rows(record.target.n)}).
        </p>`;
  return section(
    "verdict",
    "Does the source help?",
    html`<p class="call">
        <span class="sign ${call}" aria-hidden="true">${sign}</span> <b>Beside the target’s own rows: ${words}.</b>
        <span dir="auto">${because}</span>
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
  const share = percent(target.n === 0 ? 0 : found.normalised / target.n);
  const exact = found.normalised === 0 ? "" : `; ${count(found.exact)} of them character for character`;
  const entries: (readonly [Content, Content])[] = [
    [
      html`<b>${counted(found.normalised, "row")}</b>`,
      `of the ${counted(target.n, "target row")} (${share}) are also in the source, ignoring case, links, mentions and punctuation${exact}.`,
    ],
  ];
  if (corpora.targetTrain !== null) {
    entries.push([
      html`<b>${counted(found.trainAndTarget, "row")}</b>`,
      "of the target are also among the rows that the ceiling is trained on.",
    ]);
  }
  return section(
    "leakage",
    "Seen before",
    html`<p>Rows that the head has already seen in training make its score look better than it is.</p>
      ${definitions(entries)}${withAndWithout(found, target)}${examplesOf(found.examples)}`,
  );
}

function withAndWithout({ targetWithout, normalised }: Leakage, target: TransferRecord["target"]): Html | null {
  if (normalised === 0) return html`<p>There are none, so the target’s score needs no correction.</p>`;
  if (targetWithout === null)
    return html`<p>No row of the target is left without them, so there is no score on unseen texts.</p>`;
  return html`<p>
    Macro-F1 with them <b>${decimals(target.macroF1)}</b> (${range(target.interval95)}, ${rows(target.n)}), without them
    <b>${decimals(targetWithout.macroF1)}</b> (${range(targetWithout.interval95)}, ${rows(targetWithout.n)}).
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

/** How far apart the texts of the two corpora are. */
export function divergence({ divergence: apart }: TransferRecord): Html {
  return section(
    "divergence",
    "How far apart the texts are",
    html`<p>
        These numbers compare the texts of source and target; labels play no part, so they explain a loss but do not
        predict it.
      </p>
      ${definitions([
        [
          html`<b>${decimals(apart.proxyA)}</b> proxy A-distance`,
          html`How well a model can distinguish source vectors from target vectors, 0 (guessing) to 2 (always): here
          ${distanceWords(apart)}.`,
        ],
        [
          html`<b>${decimals(apart.jensenShannon)}</b> Jensen-Shannon divergence`,
          html`How much the word frequencies differ, 0 (not at all) to 1 (no word in common).`,
        ],
        [
          html`<b>${percent(apart.vocabularySeen)}</b> of the words seen`,
          html`The share of the target’s distinct words that also occur in the source; the head learned nothing from the
          words in the remaining ${percent(1 - apart.vocabularySeen)}, though the encoder may know them.`,
        ],
      ])}`,
  );
}

function distanceWords({ proxyA }: Divergence): string {
  if (proxyA < 0.4) return "hardly better than guessing";
  if (proxyA < 1.2) return "often, but by no means always";
  if (proxyA < 1.8) return "mostly; the domains are clearly different";
  return "almost always; this is so for most pairs of text types, so little follows from it";
}
