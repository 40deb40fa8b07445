import { decimals, signed, signedRange } from "../../text/numbers.js";
import { DIFFERENCE_THAT_MATTERS } from "../curves/bySize.js";
import { holm, pOfZero } from "../curves/uncertainty.js";
import { differenceOf, errorsOf, verdictOf } from "../experiment/verdict.js";
import { scoredRows, type JointPredictions, type Pair } from "./joint.js";
import type { MatrixCell } from "./record.js";

type Called = Pick<MatrixCell, "call" | "difference" | "differenceInterval95" | "p" | "because">;

const SIGNIFICANT = 0.05;

/** Whether each source helps its target: positive and negative hold for all pairs together (Holm) and matter. */
export function callsOf(pairs: readonly Pair[], predictions: readonly JointPredictions[]): Called[] {
  const varying = predictions.map(({ labels, truth, alone, both, halves }, i) =>
    differenceOf({
      ceiling: { labels, truth, predicted: alone },
      joint: { labels, truth, predicted: both },
      texts: scoredRows(pairs[i]).texts,
      halves,
    }),
  );
  const ps = holm(varying.map((one) => pOfZero(one.difference, errorsOf(one))));
  return varying.map((one, i) => {
    const { difference, interval95 } = verdictOf(one);
    return { ...callBy(difference!, interval95!, ps[i]), difference, differenceInterval95: interval95, p: ps[i] };
  });
}

function callBy(
  difference: number,
  interval95: readonly [number, number],
  p: number,
): Pick<MatrixCell, "call" | "because"> {
  const by = `${signed(difference)} (95 % interval ${signedRange(interval95)}; p over all pairs ${decimals(p)})`;
  if (p >= SIGNIFICANT)
    return { call: "neutral", because: `these rows cannot tell whether adding the source changes macro-F1: ${by}` };
  if (Math.abs(difference) < DIFFERENCE_THAT_MATTERS)
    return { call: "neutral", because: `adding the source changes macro-F1 by less than matters: ${by}` };
  return difference > 0
    ? { call: "positive", because: `adding the source raises macro-F1: ${by}` }
    : { call: "negative", because: `adding the source lowers macro-F1: ${by}` };
}
