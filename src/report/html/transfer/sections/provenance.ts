import type { TransferRecord } from "../../../../transfer/experiment/record.js";
import { count, duration } from "../../../../text/numbers.js";
import { html, isolated, joined, section, verbatim, type Content, type Html } from "../../html.js";
import { definitions } from "../../table.js";
import { reproducingCommand } from "./reproduce.js";

/** All it takes to make these numbers again. */
export function making(record: TransferRecord): Html {
  const { sourceHead: head, labels } = record;
  const entries: readonly Entry[] = [
    ...encoderEntries(record),
    [
      "head",
      html`${head.kind}, trained on ${count(head.n)} rows; C ${String(head.C)},
        <span dir="auto">${head.chosenBy}</span>`,
    ],
    ["labels", joined(labels.map(verbatim), ", ")],
    ...runEntries(record),
    ["time taken", timeTaken(record.seconds)],
  ];
  return section(
    "making",
    "How to reproduce it",
    html`<p>With the same files, encoder and version, this command gives the same numbers:</p>
      <pre><code>${isolated(reproducingCommand(record))}</code></pre>
      ${definitions(entries)}`,
  );
}

type Entry = readonly [name: Content, meaning: Content];

/** The encoder, for the definitions of any record. */
export const encoderEntries = ({ encoder }: Pick<TransferRecord, "encoder">): readonly Entry[] => [
  [
    "encoder",
    html`${verbatim(encoder.name)}, frozen, ${count(encoder.width)} numbers per text
      <ul>
        ${encoder.decisions.map((one) => html`<li dir="auto">${one}</li>`)}
      </ul>`,
  ],
  ["its fingerprint", html`<code>${verbatim(encoder.fingerprint)}</code>`],
];

/** What else it takes to repeat a run, likewise. */
export const runEntries = ({
  map,
  seed,
  headstart,
  createdAt,
}: Pick<TransferRecord, "map" | "seed" | "headstart" | "createdAt">): readonly Entry[] => [
  ["label map", labelMap(map)],
  ["seed", String(seed)],
  ["headstart", verbatim(headstart)],
  ["made", html`<time datetime="${createdAt}">${verbatim(createdAt)}</time>`],
];

/** What the reader should know first; null where there is nothing. */
export function warnings({ warnings: all }: Pick<TransferRecord, "warnings">): Html | null {
  if (all.length === 0) return null;
  return html`<aside class="warnings" aria-label="Warnings">
    <b>Before you rely on the numbers</b>
    <ul>
      ${all.map((one) => html`<li dir="auto">${one}</li>`)}
    </ul>
  </aside>`;
}

function labelMap(map: Readonly<Record<string, string>>): Content {
  const entries = Object.entries(map);
  if (entries.length === 0) return "none: labels are used as they stand";
  return html`<ul>
    ${entries.map(([from, to]) => html`<li>${verbatim(from)} → ${to === "drop" ? html`<i>dropped</i>` : verbatim(to)}</li>`)}
  </ul>`;
}

const timeTaken = (seconds: Readonly<Record<string, number>>): Content =>
  joined(
    Object.entries(seconds).map(([step, taken]) => html`${verbatim(step)} ${duration(taken)}`),
    ", ",
  );
