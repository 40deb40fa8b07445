import { counted, count, decimals, duration, percent, range, signed, signedRange } from "../../../text/numbers.js";
import { intervalNote } from "../../../text/intervalNote.js";
import type { MatrixCell, MatrixRecord } from "../../../transfer/matrix/record.js";
import { html, joined, section, verbatim, type Content, type Html } from "../html.js";
import { pageText } from "../page.js";
import { definitions, table } from "../table.js";
import { heatMap, signedHeatMap } from "./heatMap.js";
import { encoderEntries, runEntries, warnings } from "./sections/provenance.js";

const CALLS: Readonly<Record<MatrixCell["call"], string>> = {
  positive: "helps",
  negative: "harms",
  neutral: "not known",
  unknown: "unknown",
};

/**
 * Every domain to every other as one self-contained HTML page; all names are shown as they are and can do nothing else.
 *
 * @returns the page, to be written as UTF-8
 */
export function matrixReport(record: MatrixRecord): string {
  const { summary, domains } = record;
  const body = html`<main>
    <header>
      <p class="kicker">headstart · transfer matrix</p>
      <h1>${counted(domains.length, "domain")}, each to every other</h1>
      <ul class="findings">
        ${summary.says.map((one) => html`<li dir="auto">${one[0].toUpperCase()}${one.slice(1)}.</li>`)}
      </ul>
      ${warnings(record)}
      <nav aria-label="Chapters">
        <a href="#scores">Scores</a><a href="#help">Does the source help?</a><a href="#sources">Best sources</a
        ><a href="#pairs">All pairs</a><a href="#rows">Rows</a><a href="#making">How it was made</a>
      </nav>
    </header>
    ${[scores, help, sources, pairs, rows, making].map((chapter) => chapter(record))}
    <footer>
      Intervals are 95&nbsp;% intervals. ${intervalNote("row")} The numbers behind this page are in
      <code>record.json</code> beside it.
    </footer>
  </main>`;
  return pageText(`${counted(domains.length, "domain")}: transfer matrix`, body);
}

const namesOf = ({ domains }: MatrixRecord): readonly string[] => domains.map(({ name }) => name);

function scores(record: MatrixRecord): Html {
  const own = new Map(record.domains.map((domain) => [domain.name, domain]));
  return section(
    "scores",
    "Scores",
    html`<p>
        Macro-F1 of a head that is trained on the domain of the row and tested on that of the column; on the diagonal on
        other rows of its own domain. Below it the drop from there.
      </p>
      ${heatMap(namesOf(record), record.cells, {
        caption: "Macro-F1, and the drop",
        value: ({ macroF1 }) => macroF1,
        note: ({ drop }) => (drop === null ? "not comparable" : signed(drop)),
        own: (name) => own.get(name)!.macroF1,
      })}`,
  );
}

const help = (record: MatrixRecord): Html =>
  section(
    "help",
    "Does the source help?",
    html`<p>
        Macro-F1 on the domain of the column: trained on its own rows and those of the row’s domain, minus trained on
        its own rows alone. “Helps” and “harms” hold for all pairs together (Holm) and are of 0.01 or more.
      </p>
      ${signedHeatMap(namesOf(record), record.cells, {
        caption: "Difference in macro-F1 by adding the source",
        value: ({ difference }) => difference,
        note: ({ call }) => CALLS[call],
      })}`,
  );

function sources({ summary }: MatrixRecord): Html {
  const names = (all: readonly string[]): Content => (all.length === 0 ? "–" : joined(all.map(verbatim), ", "));
  return section(
    "sources",
    "Best sources",
    html`${table(
      summary.targets.map(({ target, best, macroF1, helped, harmed }) => [
        verbatim(target),
        best === null ? "–" : verbatim(best),
        macroF1 === null ? "–" : decimals(macroF1),
        names(helped),
        names(harmed),
      ]),
      {
        caption: "By target: the source with the highest macro-F1, of which others may be as good; and who helps",
        head: ["target", "best source", "macro-F1", "helped by", "harmed by"],
      },
    )}${table(
      summary.sources.map(({ source, macroF1, behind, targets, helps, harms }) => [
        verbatim(source),
        decimals(macroF1),
        signed(-behind),
        count(targets),
        count(helps),
        count(harms),
      ]),
      {
        caption: "By source, over its targets: mean macro-F1, and minus that of the targets’ own heads",
        head: ["source", "macro-F1", "to own heads", "targets", "helps", "harms"],
      },
    )}`,
  );
}

const pairs = ({ cells }: MatrixRecord): Html =>
  section(
    "pairs",
    "All pairs",
    table(cells.map(pairRow), {
      caption: "The forecast is of the accuracy, made without labels of the target",
      head: ["source → target", "macro-F1", "accuracy", "forecast", "drop", "distance", "adding the source", "rows"],
    }),
  );

function pairRow(cell: MatrixCell): readonly Content[] {
  const { macroF1, interval95, accuracy, forecast, drop, dropInterval95, distance, n } = cell;
  const name = html`${verbatim(cell.source)} → ${verbatim(cell.target)}`;
  if (macroF1 === null) return [name, "–", "–", "–", "–", "–", html`<span dir="auto">${cell.because}</span>`, "–"];
  return [
    name,
    html`${decimals(macroF1)} <small>${range(interval95!)}</small>`,
    percent(accuracy!),
    html`${percent(forecast!.accuracy)} <small>${forecast!.interval95.map(percent).join(" to ")}</small>`,
    html`${signed(drop!)} <small>${signedRange(dropInterval95!)}</small>`,
    distance === null ? "–" : distance.toFixed(2),
    html`${CALLS[cell.call]}, ${signed(cell.difference!)} <small>${signedRange(cell.differenceInterval95!)}</small>`,
    count(n),
  ];
}

const rows = ({ domains }: MatrixRecord): Html =>
  section(
    "rows",
    "The rows",
    table(
      domains.map(({ name, corpus, train, test, macroF1, interval95 }) => [
        verbatim(name),
        verbatim(corpus.files.map((file) => (file === "-" ? "the pipe" : file)).join(", ")),
        count(corpus.rows),
        count(corpus.rejected),
        count(corpus.dropped),
        count(train),
        count(test),
        html`${decimals(macroF1)} <small>${range(interval95)}</small>`,
      ]),
      {
        caption: "Each file is split once: equal texts on one side, no near duplicate of a training row is tested on",
        head: ["domain", "file", "used", "not read", "dropped", "to train", "to test", "in-domain"],
      },
    ),
  );

const making = (record: MatrixRecord): Html =>
  section(
    "making",
    "How it was made",
    definitions([
      ...encoderEntries(record),
      ...runEntries(record),
      ["time taken", `${duration(record.seconds["all"])}, of it to embed ${duration(record.seconds["embed"])}`],
    ]),
  );
