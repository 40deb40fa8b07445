import type { Interval } from "../../metrics/intervals/bootstrap.js";
import type { TaggingEvaluation } from "../../tagging/evaluate.js";
import type { CurveShape, NextLabels, Worth } from "../curves/record.js";
import type { Divergence } from "../divergence/divergence.js";
import type { Drop } from "../experiment/drop.js";
import type { Advice, Leakage, Verdict } from "../experiment/record.js";

/** A strategy with so many tagged sentences of the target. */
export interface TaggingPoint {
  /** Tagged sentences of the target. */
  readonly n: number;
  /** Strict entity F1, mean over the draws of these sentences. */
  readonly entityF1: number;
  /** 95 % interval of the score of one more tagger that is trained on other sentences; holds the draw of the test sentences too. */
  readonly interval95: Interval;
  /** Draws of the sentences. */
  readonly draws: number;
}

export interface TaggingCurve {
  /** Trained on the target's sentences alone, on the source alone, or on both together. */
  readonly strategy: "target" | "source" | "both";
  readonly points: readonly TaggingPoint[];
}

/** Target sentences that are duplicates of training sentences; counted as in the leakage of texts. */
export interface TaggingLeakage extends Pick<Leakage, "exact" | "normalised" | "near" | "share" | "pairs"> {
  /** The target without them, as in `target`; null where there are none, or nothing else. */
  readonly targetWithout: { readonly n: number; readonly entityF1: number } | null;
  /** The target with them; null where `target` is that. */
  readonly targetWith: { readonly n: number; readonly entityF1: number } | null;
  /** Near duplicates of a training sentence of the target; no verdict and no `ceiling` or `joint` counts them. */
  readonly trainAndTarget: number;
}

/** How the entities of the target differ from the source's. */
export interface EntityShift {
  /** Share of each type among the entities of a side, sums to 1; types that either has. */
  readonly types: Readonly<Record<string, { readonly source: number; readonly target: number }>>;
  /** Entities in a sentence, mean. */
  readonly perSentence: { readonly source: number; readonly target: number };
  /** Share of the target's distinct entity strings, lower-cased, that are entities in the source, `[0, 1]`. */
  readonly stringsSeen: number;
  /** The same of all its entities, each time that they occur. */
  readonly entitiesSeen: number;
}

/**
 * How different the target's sentences and entities are from the source's. Vectors of sentences are means of those of their
 * words.
 */
export interface TaggingDivergence extends Divergence {
  readonly entities: EntityShift;
}

/** What a transfer experiment with entities found, in strict entity F1. Plain JSON. */
export interface TaggingTransfer extends Drop {
  readonly labels: readonly string[];
  readonly source: TaggingEvaluation;
  /**
   * Over the target's types, without the sentences that are also in the source, unless there are no others. Entities of
   * types that the target lacks are not counted, here and in `ceiling` and `joint`.
   */
  readonly target: TaggingEvaluation;
  /** Trained on the target's own sentences, and scored on those that are neither in these nor in the source. */
  readonly ceiling: TaggingEvaluation | null;
  /** Trained on those and the source. */
  readonly joint: TaggingEvaluation | null;
  readonly verdict: Verdict;
  /** Learning curves by tagged sentences of the target; without training sentences of it, or a verdict, empty. */
  readonly curves: readonly TaggingCurve[];
  /** How the taggers of the curves were trained, which are smaller than the others; null without curves. */
  readonly curveTaggers: string | null;
  /** What the curves show: higher start, slope, asymptote. */
  readonly shape: CurveShape | null;
  readonly worth: Worth | null;
  /** What the next tagged sentences of the target would bring. */
  readonly next: NextLabels | null;
  /** As `--map` takes it: brings the types of source and target together; null where they are the same. */
  readonly suggestedMap: string | null;
  readonly leakage: TaggingLeakage;
  readonly divergence: TaggingDivergence;
  readonly advice: Advice;
  /** What else is worth doing, the most important first. */
  readonly moreAdvice: readonly Advice[];
  /** What the reader should know before believing the numbers. */
  readonly warnings: readonly string[];
}
