import { intervalNote } from "../../../text/intervalNote.js";
import type { TransferRecord } from "../../../transfer/experiment/record.js";
import { isScored, type ScoredRecord } from "./scored.js";
import { unlabeledReport } from "./unlabeledReport.js";
import { excerpt } from "../../../errors.js";
import { comparison } from "./comparison.js";
import { corpora } from "./corpora.js";
import { curves } from "./curves.js";
import { divergence } from "./distance.js";
import { leakage, verdict, VERDICTS } from "./evidence.js";
import { corpusNames, findings, headline } from "./findings.js";
import { decimals, range, rows, signed, signedRange } from "../../../text/numbers.js";
import { html, type Content, type Html } from "../html.js";
import { confusions, labels } from "./labels.js";
import { making, warnings } from "./provenance.js";
import { mistakes } from "./mistakes.js";
import { pageText } from "../page.js";

const CHAPTERS = [
  ["comparison", "Comparison"],
  ["verdict", "Verdict and advice"],
  ["labels", "Labels"],
  ["confusions", "Confusions"],
  ["corpora", "Rows"],
  ["leakage", "Seen before"],
  ["divergence", "Distance"],
  ["mistakes", "Mistakes"],
  ["making", "How it was made"],
] as const;

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
  const picture = curves(record);
  const body = html`<main>
    <header>
      <p class="kicker">headstart · transfer report</p>
      <h1>${headline(record)}</h1>
      <ul class="findings">
        ${findings(record).map((finding) => html`<li>${finding}</li>`)}
      </ul>
      ${tiles(record)}${warnings(record)}
      <nav aria-label="Chapters">
        ${picture === null ? null : html`<a href="#curves">Curves</a>`}${CHAPTERS.map(([id, name]) => html`<a href="#${id}">${name}</a>`)}
      </nav>
    </header>
    ${picture}${[comparison, verdict, labels, confusions, corpora, leakage, divergence, mistakes, making].map((chapter) => chapter(record))}
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
      record.verdict.call === "unknown" ? "needs training rows of the target" : "beside the target’s own rows",
    )}
  </dl>`;
}

const tile = (name: string, value: Content, note: string): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}<small>${note}</small></dd>
  </div>`;
