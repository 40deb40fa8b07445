import type { TargetCalibration, TransferRecord } from "../../../../transfer/experiment/record.js";
import { decimals, range, rows } from "../../../../text/numbers.js";
import { html, section, type Html } from "../../html.js";
import { binsBehind, reliabilityDiagram } from "../../reliabilityDiagram.js";

/** With a larger p these rows do not show that the probabilities are off. */
const LEVEL = 0.05;

/** Whether the head's probabilities hold on the target, as a reliability diagram; null where it has no labels. */
export function calibration({ calibration: found }: TransferRecord): Html | null {
  if (found === undefined) return null;
  return section(
    "calibration",
    "Are the probabilities right on the target?",
    html`<p>${outcomeText(found)}</p>
      ${found.p > LEVEL ? null : diagram(found)} ${binsBehind(found.bins, "target rows")}`,
  );
}

function outcomeText({ ece, interval95, p, n, bins }: TargetCalibration): string {
  const measured = `${decimals(ece)} (95 % interval ${range(interval95)}, p ${decimals(p)}, ${rows(n)})`;
  if (p > LEVEL) return `These rows do not show that they are off: calibration error ${measured}.`;
  const excess = bins.reduce((sum, bin) => sum + bin.count * (bin.confidence - bin.accuracy), 0);
  const how =
    excess > 0
      ? "The head is more certain than it is right, so its mistakes are confident ones"
      : "The head is right more often than it is certain";
  return `${how}: calibration error ${measured}. Thresholds chosen on the source’s rows do not hold here; calibrate on labeled target rows before probabilities decide anything.`;
}

const diagram = ({ bins, ece }: TargetCalibration): Html =>
  html`${reliabilityDiagram(bins, `Reliability diagram on the target, calibration error ${decimals(ece)}`)}
    <p class="note">
      Each mark is a bin of the rows. On the dashed line the probabilities are right; below it the head is too certain.
    </p>`;
