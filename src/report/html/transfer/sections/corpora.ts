import type { CorpusSummary, TransferRecord } from "../../../../transfer/experiment/record.js";
import { count, percent } from "../../../../text/numbers.js";
import { html, section, verbatim, type Content, type Html } from "../../html.js";
import { definitions, table } from "../../table.js";

interface Part {
  readonly name: string;
  readonly corpus: CorpusSummary;
  /** What it is used for. */
  readonly use: Content;
}

/** What was read, what was left out, and how the labels are distributed. */
export function corpora(record: TransferRecord): Html {
  const parts = partsOf(record);
  return section(
    "corpora",
    "The rows",
    html`<div class="cards">${parts.map(card)}</div>
      ${sharesTable(record.labels, parts)}`,
  );
}

function partsOf({ corpora: { source, sourceDev, target, targetTrain } }: TransferRecord): readonly Part[] {
  const parts: Part[] = [
    { name: "source", corpus: source, use: "the head is trained on it" },
    { name: "source test", corpus: sourceDev, use: sourceDev.how },
    { name: "target", corpus: target, use: "the head is tested on it" },
  ];
  if (targetTrain !== null) {
    parts.push({ name: "target train", corpus: targetTrain, use: "for the ceiling and for training on both" });
  }
  return parts;
}

const card = ({ name, corpus, use }: Part): Html =>
  html`<div class="card">
    <h3>${name}</h3>
    <p class="note" dir="auto">${use}</p>
    <p class="files">${corpus.files.map((file) => html`${verbatim(file === "-" ? "the pipe" : file)} `)}</p>
    ${definitions([
      ["rows used", count(corpus.rows)],
      ["could not be read", count(corpus.rejected)],
      ["dropped by the map", count(corpus.dropped)],
      ...(corpus.seen === undefined ? [] : [["left out, among the training rows", count(corpus.seen)] as const]),
    ])}
  </div>`;

const sharesTable = (labels: readonly string[], parts: readonly Part[]): Html =>
  table(
    labels.map((label) => [verbatim(label), ...parts.map(({ corpus }) => shareCell(corpus, label))]),
    { caption: "Share of each label, and rows", head: ["label", ...parts.map(({ name }) => name)] },
  );

/** A corpus without labels has no shares of them. */
const shareCell = (corpus: CorpusSummary, label: string): Content =>
  Object.keys(corpus.labels).length === 0 && corpus.rows > 0
    ? "–"
    : html`${percent(labelShare(corpus, label))}
        <small>${count(Object.hasOwn(corpus.labels, label) ? corpus.labels[label] : 0)}</small>`;

/** Share of a corpus' rows with that label; 0 when it has none. */
export const labelShare = (corpus: CorpusSummary, label: string): number =>
  corpus.rows === 0 || !Object.hasOwn(corpus.labels, label) ? 0 : corpus.labels[label] / corpus.rows;
