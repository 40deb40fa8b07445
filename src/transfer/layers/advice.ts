import { counted, decimals, pText, range, signed, signedRange } from "../../text/numbers.js";
import type { BestLayer, LayersRecord } from "./record.js";

type Judged = Pick<LayersRecord, "best" | "n" | "layers">;

/** Which layer to take, and why: another than the last needs a difference that is more than chance. */
export function layerAdvice({ best, n, layers }: Judged): LayersRecord["advice"] {
  const [judge, rows, where] =
    best.target === null ? [best.inDomain, n.inDomain, "in-domain"] : [best.target, n.target!, "on the target"];
  const last = layers[layers.length - 1].layer;
  return {
    layer: judge.isCertain ? judge.layer : last,
    because: reason(judge, { rows, where, last, others: layers.length - 1 }),
  };
}

function reason(
  { layer, macroF1, overLast, isCertain, onOtherRows }: BestLayer,
  {
    rows,
    where,
    last,
    others,
  }: { readonly rows: number; readonly where: string; readonly last: number; readonly others: number },
): string {
  const score = `${decimals(macroF1)} macro-F1 on ${counted(rows, "row")}`;
  if (overLast === null) return `the last layer, ${last}, is the best ${where}: ${score}`;
  const { difference, interval95, p } = overLast;
  const over = `${signed(difference)} over the last layer, ${last} (95 % ${signedRange(interval95)}; p ${pText(p)} for ${others} layers together)`;
  const fresh =
    onOtherRows === null
      ? ""
      : `; on rows that it is not chosen on, expect ${decimals(onOtherRows.macroF1)} (95 % ${range(onOtherRows.interval95)})`;
  if (isCertain) return `layer ${layer} is the best ${where}: ${score}, ${over}${fresh}`;
  return `layer ${layer} has the highest score ${where}, ${score}, ${over}: that may be chance, so keep the last layer`;
}
