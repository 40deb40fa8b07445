import type { Leakage, LeakageExample, LeakagePair, LeakageSide } from "../../../../transfer/experiment/record.js";
import type { ScoredRecord as TransferRecord } from "./scored.js";
import { count, counted, decimals, percent, range, rows } from "../../../../text/numbers.js";
import { html, quotation, section, type Content, type Html } from "../../html.js";
import { definitions, table } from "../../table.js";

const MOST_EXAMPLES = 5;

const SIDES: Readonly<Record<LeakageSide, string>> = {
  source: "source",
  sourceDev: "source test",
  targetTrain: "target train",
  target: "target",
};

/** Target rows that the head saw in training. */
export function leakage({ leakage: found, target, corpora }: TransferRecord): Html {
  const all = found.targetWith?.n ?? target.n;
  const share = percent(found.share);
  const exact =
    found.near === 0
      ? ""
      : `: ${count(found.exact)} character for character, ${count(found.normalised)} ignoring case, links, mentions and punctuation, the others with at most one word in eight changed, with text added, or with nearly the same vector and letters`;
  const entries: (readonly [Content, Content])[] = [
    [
      html`<b>${counted(found.near, "row")}</b>`,
      `of the ${counted(all, "target row")} (${share}) are also in the source${exact}.`,
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
      ${definitions(entries)}${withAndWithout(found, target)}${examplesOf(found.examples)}${pairsOf(found.pairs)}`,
  );
}

function withAndWithout({ targetWith, near }: Leakage, target: TransferRecord["target"]): Html | null {
  if (near === 0)
    return html`<p>There are none, nor near duplicates: texts with a word in eight changed, or a sentence added.</p>`;
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

/** Duplicates within and between the corpora, where there are any. */
function pairsOf(pairs: readonly LeakagePair[]): Html | null {
  const found = pairs.filter(({ near }) => near > 0);
  if (found.length === 0) return null;
  const body = found.map(({ from, to, exact, normalised, near, share }) => [
    from === to ? `within ${SIDES[to]}` : `${SIDES[to]} rows also in ${SIDES[from]}`,
    count(exact),
    count(normalised),
    count(near),
    percent(share),
  ]);
  const head = ["rows", "exact", "normalized", "near", "of all rows"];
  return html`<details>
    <summary>Duplicates within and between all corpora</summary>
    ${table(body, { caption: "Each count holds those before it", head })}
  </details>`;
}
