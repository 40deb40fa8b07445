import { count, decimals, range } from "../../text/numbers.js";
import type { LayersRecord, MeasureAgreement } from "../../transfer/layers/record.js";
import { rankCorrelationText } from "./rankCorrelation.js";
import { padLeft } from "./width.js";

/** Names of the measures, for people. */
const MEASURE_NAMES: Readonly<Record<MeasureAgreement["measure"], string>> = {
  logMe: "LogME",
  hScore: "H-score",
  neighbors: "nearest neighbor",
  leep: "LEEP",
  inDomain: "macro-F1 in-domain",
};

const HEADS = ["layer", "macro-F1 in-domain", "on the target", "LogME", "H-score", "neighbor", "LEEP"];

/** A comparison of layers on a few lines: a table, what the measures are worth, and what to do. */
export function layersText(record: LayersRecord): readonly string[] {
  const { layers, agreements, advice, heldOut, n } = record;
  const hasTarget = record.best.target !== null;
  const body = layers.map((one) => [
    String(one.layer),
    `${decimals(one.inDomain)} (${range(one.inDomainInterval95)})`,
    one.target === null ? "" : `${decimals(one.target)} (${range(one.targetInterval95!)})`,
    one.logMe.toFixed(3),
    one.hScore.toFixed(3),
    decimals(one.neighbors),
    one.leep === null ? "" : decimals(one.leep),
  ]);
  const shown = [HEADS, ...body].map((cells) => cells.filter((_, c) => hasTarget || (c !== 2 && c !== 6)));
  const widths = shown[0].map((_, c) => Math.max(...shown.map((cells) => cells[c].length)));
  return [
    ...shown.map((cells) => cells.map((cell, c) => padLeft(cell, widths[c])).join("  ")),
    "",
    ...agreementLines(agreements),
    "",
    `in-domain: ${heldOut}; C is chosen on the same rows${hasTarget ? `; target: ${count(n.target!)} rows` : ""}`,
    `${advice.because}.`,
  ];
}

/** What the orders of the measures have in common with that of the scores. */
function agreementLines(agreements: readonly MeasureAgreement[]): readonly string[] {
  const [{ n }] = agreements;
  const lines = (["inDomain", "target"] as const).flatMap((of) => {
    const own = agreements.filter((one) => one.of === of);
    const named = (rows: MeasureAgreement["rows"]): string =>
      own.flatMap((one) => (one.rows === rows ? rankCorrelationText(MEASURE_NAMES[one.measure], one) : [])).join(", ");
    const what = of === "inDomain" ? "in-domain" : "on the target";
    return own.length === 0
      ? []
      : [
          `  with macro-F1 ${what}, measured on the corpus: ${named("corpus")}`,
          ...(of === "target" ? [`  with macro-F1 ${what}, measured on its labels: ${named("target")}`] : []),
        ];
  });
  return [`rank correlation over ${n} layers (Kendall's tau-b); with so few it says little:`, ...lines];
}
