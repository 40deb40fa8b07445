import { excerpt } from "../../../errors.js";
import { count, decimals, duration, pText, range, signed, signedRange, tauText } from "../../../text/numbers.js";
import type { LayerDifference, LayersRecord, MeasureAgreement } from "../../../transfer/layers/record.js";
import { html, joined, section, verbatim, type Content, type Html } from "../html.js";
import { pageText } from "../page.js";
import { shadedTable } from "../shadedTable.js";
import { definitions, table } from "../table.js";
import { encoderEntries, runEntries, warnings } from "./sections/provenance.js";

/** A comparison of layers as one self-contained page: style inside, no scripts, nothing fetched. */
export function layersReport(record: LayersRecord): string {
  const { corpora, advice, encoder } = record;
  const names = [corpora.corpus, corpora.target].flatMap((one) => (one === null ? [] : [one.files.join(", ")]));
  const body = html`<main>
    <header>
      <p class="kicker">headstart · layers</p>
      <h1>Which layer of ${verbatim(encoder.name)} serves ${joined(names.map(verbatim), " and ")}?</h1>
      <ul class="findings">
        <li>${sentence(advice.because)}</li>
      </ul>
      ${warnings(record)}
    </header>
    ${scores(record)}${measures(record)}${making(record)}
    <footer>
      Intervals are 95&nbsp;% intervals over the rows that are scored. They leave out that other training rows give
      other heads, and that C is chosen on the rows that are scored in-domain, alike for every layer. The numbers behind
      this page are in
      <code>record.json</code> beside it.
    </footer>
  </main>`;
  return pageText(`${excerpt(names.join(" → "))}: layers`, body);
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Macro-F1 of each layer; within a column the shade is darkest at the best layer and none at the worst. */
function scores({ layers, best }: LayersRecord): Html {
  const inDomain = shades(layers.map((one) => one.inDomain));
  const target = best.target === null ? undefined : shades(layers.map((one) => one.target!));
  const head = ["layer", "macro-F1 in-domain", ...(target ? ["macro-F1 on the target"] : [])];
  const body = layers.map(
    (one, i) =>
      html`<tr>
        <th scope="row">
          ${one.layer === 0 ? "0 (embeddings)" : i === layers.length - 1 ? `${one.layer} (last)` : one.layer}
        </th>
        ${cell(one.inDomain, one.inDomainInterval95, { shade: inDomain[i], over: one.overLast.inDomain, isBest: best.inDomain.layer === one.layer })}
        ${
          target === undefined
            ? null
            : cell(one.target!, one.targetInterval95!, {
                shade: target[i],
                over: one.overLast.target,
                isBest: best.target!.layer === one.layer,
              })
        }
      </tr>`,
  );
  return section(
    "scores",
    "Scores by layer",
    html`${shadedTable(
        "Macro-F1 with its interval, and the difference to the last layer with p for all layers together; the darker, the higher in its column",
        head.map((name) => html`<th scope="col">${name}</th>`),
        body,
      )}
      <p class="note">
        A score that is chosen as the highest is too high. On rows that the layer is not chosen on:
        ${freshText("in-domain", best.inDomain)}${best.target === null ? null : [", ", freshText("on the target", best.target)]}.
      </p>`,
  );
}

const freshText = (where: string, { onOtherRows }: LayersRecord["best"]["inDomain"]): string =>
  onOtherRows === null
    ? `${where} not known with so few rows`
    : `${where} ${decimals(onOtherRows.macroF1)} (${range(onOtherRows.interval95)})`;

/** From 0 at the least to 1 at the highest. */
function shades(values: readonly number[]): readonly number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (high === low ? 0 : (value - low) / (high - low)));
}

function cell(
  score: number,
  interval: readonly [number, number],
  { shade, over, isBest }: { readonly shade: number; readonly over: LayerDifference | null; readonly isBest: boolean },
): Html {
  const difference =
    over === null ? "the last" : `${signed(over.difference)} (${signedRange(over.interval95)}), p ${pText(over.p)}`;
  return html`<td style="background: rgb(var(--hit) / calc(${shade.toFixed(3)} * var(--depth)))">
    <b>${decimals(score)}${isBest ? " highest" : ""}</b>
    <small>${range(interval)}</small>
    <br /><small>${difference}</small>
  </td>`;
}

const MEASURES = [
  ["logMe", "LogME"],
  ["hScore", "H-score"],
  ["neighbors", "nearest neighbor"],
] as const;

function measures({ layers, agreements, best }: LayersRecord): Html {
  const hasTarget = best.target !== null;
  const body = layers.map((one) => [
    one.layer,
    ...MEASURES.map(([name]) => decimals(one[name])),
    ...(hasTarget ? [...MEASURES.map(([name]) => decimals(one.onTarget![name])), decimals(one.leep!)] : []),
  ]);
  const names = MEASURES.map(([, name]) => name);
  return section(
    "measures",
    "What measures say without training",
    html`${table(body, {
      caption: `Of the corpus${hasTarget ? ", then of the target with its labels" : ""}; up to 2,000 different texts, and the higher the better`,
      head: ["layer", ...names, ...(hasTarget ? [...names.map((name) => `${name}, target`), "LEEP, target"] : [])],
    })}${table(agreements.map(agreementRow), {
      caption: `How far each orders the ${count(layers.length)} layers as training does (Kendall’s tau-b, 1 for the same order). With so few layers it says little`,
      head: ["measure", "measured on", "order of the macro-F1", "tau-b", "p"],
    })}`,
  );
}

const agreementRow = ({ measure, rows, of, tau, p }: MeasureAgreement): readonly Content[] => [
  MEASURES.find(([name]) => name === measure)?.[1] ?? (measure === "leep" ? "LEEP" : "macro-F1 in-domain"),
  rows === "corpus" ? "the corpus" : "the target",
  of === "inDomain" ? "in-domain" : "on the target",
  tauText(tau),
  p === null ? "" : pText(p),
];

const making = (record: LayersRecord): Html =>
  section(
    "making",
    "How it was made",
    definitions([
      ["in-domain rows", `${count(record.n.inDomain)} scored: ${record.heldOut}`],
      ...(record.n.target === null ? [] : [["target rows", `${count(record.n.target)} scored`] as const]),
      ...encoderEntries(record),
      ["labels", joined(record.labels.map(verbatim), ", ")],
      ...runEntries(record),
      ["time taken", duration(record.seconds["all"])],
    ]),
  );
