import { count, counted, percent } from "../../text/numbers.js";
import type { Leakage } from "./record.js";

/** Share of the target that may be in the source before the verdict says so. */
const ALARMING = 0.05;
/** Share above which source and target are mostly the same texts. */
const MOSTLY = 0.5;

export interface TargetShare {
  /** Of the target that is in the source or near it. */
  readonly share: number;
  /** @default "rows" */
  readonly noun?: "rows" | "sentences" | undefined;
}

/** Whether source and target are mostly the same texts, so that they are not two domains. */
export const isMostlyShared = ({ share }: TargetShare): boolean => share > MOSTLY;

/** How much of the target the source holds, and what follows, for the reader; undefined where it is little. */
export function sharedText({ share, noun = "rows" }: TargetShare): string | undefined {
  if (share <= ALARMING) return undefined;
  const what = `${percent(share)} of the target ${noun} are in the source or near duplicates of its ${noun}`;
  return isMostlyShared({ share })
    ? `${what}: this is not a transfer experiment`
    : `${what}: the two overlap, and the ${noun} left may still be closer to the source than new texts will be`;
}

interface SeenOptions {
  /** Target rows. */
  readonly n: number;
  /** Whether some of them are in the source, and some are not. */
  readonly hasBoth: boolean;
  /** Whether they have labels. @default true */
  readonly isScored?: boolean | undefined;
  /** @default "row" */
  readonly unit?: "row" | "sentence" | undefined;
}

/** What of the target was seen in training, which comes before all scores. */
export function seenInTraining(
  { normalised, near, share, trainAndTarget }: Pick<Leakage, "normalised" | "near" | "share" | "trainAndTarget">,
  { n, hasBoth, isScored = true, unit = "row" }: SeenOptions,
): string[] {
  const of = (some: number): string => `${count(some)} of ${counted(n, `target ${unit}`)} ${some === 1 ? "is" : "are"}`;
  const shared = sharedText({ share, noun: `${unit}s` });
  const alike = near - normalised;
  const nearly = alike === 0 ? "" : ` (${count(alike)} as near ${alike === 1 ? "duplicate" : "duplicates"})`;
  const inSource = hasBoth
    ? `${of(near)} also in the source${nearly}: ${isScored ? "scored" : "the forecast is"} without ${near === 1 ? "it" : "them"}`
    : `every target ${unit} is also in the source: its score is one of ${unit}s seen in training and says nothing of new texts`;
  return [
    ...(near === 0 ? [] : [inSource]),
    ...(shared === undefined || !hasBoth ? [] : [shared]),
    ...(trainAndTarget === 0 || !isScored
      ? []
      : [
          `${of(trainAndTarget)} also in the target's training ${unit}s: left out where ${LEARNER[unit]} trained on these are compared`,
        ]),
  ];
}

const LEARNER = { row: "heads", sentence: "taggers" } as const;
