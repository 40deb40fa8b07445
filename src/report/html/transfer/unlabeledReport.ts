import { excerpt } from "../../../errors.js";
import type { TransferRecord } from "../../../transfer/experiment/record.js";
import { decimals, range, rows } from "../../../text/numbers.js";
import { html, section, verbatim, type Html } from "../html.js";
import { pageText } from "../page.js";
import { table } from "../table.js";
import { corpora } from "./corpora.js";
import { divergence } from "./distance.js";
import { corpusNames } from "./findings.js";
import { making, warnings } from "./provenance.js";

/** The report of an experiment whose target has no labels: the forecast, and what else can be said without them. */
export function unlabeledReport(record: TransferRecord): string {
  const names = corpusNames(record);
  const { forecast, source } = record;
  const body = html`<main>
    <header>
      <p class="kicker">headstart · transfer report</p>
      <h1>
        Trained on ${verbatim(names.source)}, the head’s accuracy on ${verbatim(names.target)}, which has no labels, is
        forecast as ${decimals(forecast.accuracy)}
      </h1>
      <p>
        95&nbsp;% interval ${range(forecast.interval95)}. In-domain the accuracy is ${decimals(source.accuracy)}
        (${rows(source.n)}).
      </p>
      ${warnings(record)}
    </header>
    ${forecastSection(record)}${corpora(record)}${divergence(record)}${making(record)}
  </main>`;
  return pageText(`${excerpt(names.source)} → ${excerpt(names.target)}: transfer report`, body);
}

function forecastSection({ forecast: { method, methods, measuredOn } }: TransferRecord): Html {
  const lines = methods.map(({ name, accuracy }) => [name, decimals(accuracy)]);
  return section(
    "forecast",
    "Forecast without labels",
    html`<p>
        By ${method}. On ${String(measuredOn.pairs)} pairs of domains whose accuracy is known it was off by
        ${decimals(measuredOn.meanAbsoluteError)} in the mean. Domains, labels and encoders unlike those may be off by
        more.
      </p>
      ${table(lines, { caption: "What single methods say", head: ["method", "accuracy on the target"] })}`,
  );
}
