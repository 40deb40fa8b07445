/**
 * What the intervals of an evaluation are about, and what they leave out; a sentence, for once in an output.
 *
 * @param unit  what is evaluated: "row" or "sentence", of which a head or a tagger learns
 */
export const intervalNote = (unit: "row" | "sentence"): string =>
  `Intervals are for new ${unit}s of this kind; that other training ${unit}s give another ${unit === "row" ? "head" : "tagger"} is left out.`;
