import { pText, tauText } from "../../text/numbers.js";

/** A measure with how well it orders a few things, as an item of a list. */
export const rankCorrelationText = (
  name: string,
  { tau, p }: { readonly tau: number | null; readonly p: number | null },
): string => `${name} ${tauText(tau)}${p === null ? "" : ` (p ${pText(p)})`}`;
