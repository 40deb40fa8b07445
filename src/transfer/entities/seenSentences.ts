import { count, counted } from "../../text/numbers.js";
import { sharedText } from "../experiment/leakage.js";
import type { TaggingLeakage } from "./record.js";

/** What of the target was seen in training, which comes before all scores. @param n  target sentences */
export function seenSentences(
  { normalised, near, share, targetWithout, trainAndTarget }: TaggingLeakage,
  n: number,
): string[] {
  const alike = near - normalised;
  const nearly = alike === 0 ? "" : ` (${count(alike)} as near ${alike === 1 ? "duplicate" : "duplicates"})`;
  const shared = sharedText({ share, noun: "sentences" });
  const of = (some: number): string =>
    `${count(some)} of ${counted(n, "target sentence")} ${some === 1 ? "is" : "are"}`;
  const inSource =
    targetWithout === null
      ? "every target sentence is also in the source: its score is one of sentences seen in training and says nothing of new texts"
      : `${of(near)} also in the source${nearly}: scored without ${near === 1 ? "it" : "them"}`;
  return [
    ...(near === 0 ? [] : [inSource]),
    ...(shared === undefined || targetWithout === null ? [] : [shared]),
    ...(trainAndTarget === 0
      ? []
      : [`${of(trainAndTarget)} also in the target's training sentences: left out of the verdict`]),
  ];
}
