import { intervalNote } from "../../../text/intervalNote.js";
import type { TransferRecord } from "../../../transfer/experiment/record.js";
import { isScored, type ScoredRecord } from "./sections/scored.js";
import { unlabeledReport } from "./unlabeledReport.js";
import { excerpt } from "../../../errors.js";
import { adaptation } from "./sections/adaptation.js";
import { calibration } from "./sections/calibration.js";
import { comparison } from "./sections/comparison.js";
import { corpora } from "./sections/corpora.js";
import { curves } from "./sections/curves.js";
import { divergence } from "./sections/divergence.js";
import { forecast } from "./sections/forecast.js";
import { labelShift } from "./sections/labelShift.js";
import { leakage } from "./sections/leakage.js";
import { sources } from "./sections/sources.js";
import { suggestions } from "./sections/suggestions.js";
import { verdict, VERDICTS } from "./sections/verdict.js";
import { whatToDo } from "./advice.js";
import { decision } from "./decision.js";
import { findings } from "./findings.js";
import { corpusNames } from "./sections/names.js";
import { decimals, range, rows, signed, signedRange } from "../../../text/numbers.js";
import { html, type Content, type Html } from "../html.js";
import { confusions, labels } from "./sections/labels.js";
import { making, warnings } from "./sections/provenance.js";
import { maps } from "./sections/maps.js";
import { mistakes } from "./sections/mistakes.js";
import { pageText } from "../page.js";

/** Chapters in their order, with their names in the list at the top; one that has nothing to show is left out. */
const CHAPTERS: readonly (readonly [id: string, name: string, chapter: (record: ScoredRecord) => Html | null])[] = [
  ["curves", "Curves", curves],
  ["verdict", "Verdict", verdict],
  ["todo", "What to do", whatToDo],
  ["comparison", "Comparison", comparison],
  ["sources", "Sources", sources],
  ["adaptation", "Adaptation", adaptation],
  ["maps", "Label maps", maps],
  ["labels", "Labels", labels],
  ["confusions", "Confusions", confusions],
  ["calibration", "Calibration", calibration],
  ["forecast", "Forecast", forecast],
  ["shares", "Label shares", labelShift],
  ["corpora", "Rows", corpora],
  ["leakage", "Seen before", leakage],
  ["divergence", "Distance", divergence],
  ["mistakes", "Mistakes", mistakes],
  ["suggestions", "Rows to label", suggestions],
  ["making", "Reproduce", making],
];

/**
 * A transfer experiment as one self-contained HTML page: style and charts inside, no scripts, nothing fetched.
 *
 * All texts, labels and file names are shown as they are and can do nothing else. The same record gives the same page.
 *
 * @returns the page, to be written as UTF-8
 * @example
 * const record = JSON.parse(await readFile("transfer/record.json", "utf8")) as TransferRecord;
 * console.log(renderTransferReport(record).startsWith("<!doctype html>")); // true
 */
export function renderTransferReport(record: TransferRecord): string {
  if (!isScored(record)) return unlabeledReport(record);
  const chapters = CHAPTERS.map(([id, name, chapter]) => ({ id, name, body: chapter(record) }));
  const shown = chapters.filter(({ body }) => body !== null);
  const body = html`<main>
    <header>
      <p class="kicker">headstart · transfer report</p>
      <h1>${decision(record)}</h1>
      <ul class="findings">
        ${findings(record).map((finding) => html`<li>${finding}</li>`)}
      </ul>
      ${tiles(record)}${warnings(record)}
      <nav aria-label="Chapters">${shown.map(({ name, id }) => html`<a href="#${id}">${name}</a>`)}</nav>
    </header>
    ${shown.map(({ body: chapter }) => chapter)}
    <footer>
      Intervals are 95&nbsp;% intervals. ${intervalNote("row")} That of the verdict also holds the draw of the training
      rows. The numbers behind this page are in
      <code>record.json</code> beside it.
    </footer>
  </main>`;
  const names = corpusNames(record);
  return pageText(`${excerpt(names.source)} → ${excerpt(names.target)}: transfer report`, body);
}

/** The four numbers to remember. */
function tiles(record: ScoredRecord): Html {
  const { source, target, drop } = record;
  const { sign, words } = VERDICTS[record.verdict.call];
  return html`<dl class="tiles">
    ${tile("In-domain, macro-F1", html`<b>${decimals(source.macroF1)}</b>`, `${range(source.interval95)}, ${rows(source.n)}`)}${tile(
      "On the target, macro-F1",
      html`<b>${decimals(target.macroF1)}</b>`,
      `${range(target.interval95)}, ${rows(target.n)}`,
    )}${tile("Drop, source minus target", html`<b>${signed(drop)}</b>`, signedRange(record.dropInterval95))}${tile(
      "Does the source help?",
      html`<b class="phrase"><span class="sign ${record.verdict.call}" aria-hidden="true">${sign}</span> ${words}</b>`,
      helpNote(record.verdict),
    )}
  </dl>`;
}

function helpNote({ call, comparable }: ScoredRecord["verdict"]): string {
  if (comparable === false) return "the labels do not match";
  return call === "unknown" ? "needs training rows of the target" : "beside the target’s own rows";
}

const tile = (name: string, value: Content, note: string): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}<small>${note}</small></dd>
  </div>`;
