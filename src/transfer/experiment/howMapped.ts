import type { MapScore } from "./record.js";

/** What a map does with a label that the target lacks. */
export const HOW_MAPPED: Readonly<Record<MapScore["how"], string>> = {
  renormalize: "trained with the label, whose probability goes to the others in proportion",
  drop: "trained without the rows of the label",
  merge: "trained with its rows as those of another label",
};
