import { count, signed, signedRange } from "../../text/numbers.js";
import type { Verdict } from "../../transfer/experiment/record.js";

/** The verdict by target labels: its sentence, and a line a size; nothing for a single size. @param by  "target labels" */
export function byLabelsLines({ byLabels = [], says = "" }: Verdict, by: string): readonly string[] {
  if (byLabels.length < 2) return [];
  return [
    `by ${by}: ${says}`,
    ...byLabels.map(
      ({ n, difference, interval95, call }) =>
        `  ${count(n).padStart(7)}  ${signed(difference)} (95 % ${signedRange(interval95)})  ${call}`,
    ),
  ];
}
