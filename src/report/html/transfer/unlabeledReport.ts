import { excerpt } from "../../../errors.js";
import type { TransferRecord } from "../../../transfer/experiment/record.js";
import { decimals, range, rows } from "../../../text/numbers.js";
import { html, section, type Html } from "../html.js";
import { pageText } from "../page.js";
import { adviceItem, decision } from "./decision.js";
import { adaptation } from "./sections/adaptation.js";
import { corpora } from "./sections/corpora.js";
import { divergence } from "./sections/divergence.js";
import { forecast } from "./sections/forecast.js";
import { labelShift } from "./sections/labelShift.js";
import { corpusNames } from "./sections/names.js";
import { making, warnings } from "./sections/provenance.js";
import { sources } from "./sections/sources.js";
import { suggestions } from "./sections/suggestions.js";

const CHAPTERS = [nextSteps, sources, forecast, labelShift, adaptation, suggestions, corpora, divergence, making];

/** The report of an experiment whose target has no labels: the forecast, and what else can be said without them. */
export function unlabeledReport(record: TransferRecord): string {
  const names = corpusNames(record);
  const { source } = record;
  const body = html`<main>
    <header>
      <p class="kicker">headstart · transfer report</p>
      <h1>${decision(record)}</h1>
      <p>
        In-domain its accuracy is ${decimals(source.accuracy)} (${range(source.intervals95.accuracy)},
        ${rows(source.n)}).
      </p>
      ${warnings(record)}
    </header>
    ${CHAPTERS.map((chapter) => chapter(record))}
    <footer>The numbers behind this page are in <code>record.json</code> beside it.</footer>
  </main>`;
  return pageText(`${excerpt(names.source)} → ${excerpt(names.target)}: transfer report`, body);
}

function nextSteps({ advice, moreAdvice }: TransferRecord): Html {
  return section(
    "todo",
    "What to do next",
    html`<ol class="advice">
      ${[advice, ...moreAdvice].map((one) => html`<li>${adviceItem(one)}</li>`)}
    </ol>`,
  );
}
