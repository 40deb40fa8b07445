import type { ReliabilityBin } from "../../metrics/calibration.js";
import { count, decimals, range } from "../../text/numbers.js";
import { html, type Html } from "./html.js";
import { plot } from "./plot.js";
import { table } from "./table.js";

/** Accuracy by confidence, a mark for each bin, larger for more rows; on the dashed line probabilities are calibrated. */
export function reliabilityDiagram(bins: readonly ReliabilityBin[], label: string): Html {
  const most = bins.reduce((top, bin) => Math.max(top, bin.count), 1);
  const points = bins.map(({ confidence, accuracy, count: n }) => ({
    x: confidence,
    y: accuracy,
    radius: 1 + 1.5 * Math.sqrt(n / most),
  }));
  return plot(points, { x: "confidence", y: "accuracy", diagonal: true, label });
}

/** The numbers behind the diagram. @param rows  what is in the bins, such as "target rows" */
export const binsBehind = (bins: readonly ReliabilityBin[], rows: string): Html =>
  html`<details>
    <summary>The ${rows} by confidence</summary>
    ${table(
      bins.map(({ low, high, confidence, accuracy, count: n }) => [
        range([low, high]),
        decimals(confidence),
        decimals(accuracy),
        count(n),
      ]),
      { caption: "By the probability of the predicted label", head: ["probability", "mean", "accuracy", "rows"] },
    )}
  </details>`;
