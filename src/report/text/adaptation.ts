import { counted, decimals, signed, signedRange } from "../../text/numbers.js";
import type { AdaptationChoice, AdaptationScore } from "../../transfer/adaptation/record.js";

/** What adapting a head to the target brings, as lines of a name and what stands behind it. */
export function adaptationLines(
  scores: readonly AdaptationScore[],
  choice?: AdaptationChoice,
): readonly (readonly [name: string, value: string])[] {
  const chosen =
    choice === undefined
      ? []
      : [["adaptation by auto", `${choice.name}: ${choice.because}. Rule: ${choice.rule}`] as const];
  return [...scores.map((score) => [nameOf(score), valueOf(score)] as const), ...chosen];
}

const nameOf = ({ name }: AdaptationScore): string =>
  name === "none" ? "macro-F1 not adapted" : `macro-F1 adapted by ${name}`;

function valueOf({ macroF1, difference, interval95, effectiveRows }: AdaptationScore): string {
  const weighted =
    effectiveRows === undefined ? "" : `; its source rows vary like ${counted(Math.round(effectiveRows), "row")}`;
  if (macroF1 === null) return `not known without labeled target rows to score it on${weighted}`;
  const compared =
    difference === null ? "" : `, ${signed(difference)} (95 % ${signedRange(interval95!)}, over the target's rows)`;
  return `${decimals(macroF1)}${compared}${weighted}`;
}
