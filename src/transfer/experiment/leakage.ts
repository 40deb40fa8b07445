import {
  evaluateHead,
  type EvaluateOptions,
  type Evaluated,
  type EvaluatedHead,
} from "../../classification/evaluate.js";
import { duplicatesBetween, normalizedText } from "../../dataset/duplicates.js";
import { isLabeled, type LabeledVectors, type TextVectors } from "../../dataset/labeledVectors.js";
import { takeRows } from "../../math/matrix.js";
import { count, counted } from "../../text/numbers.js";
import { unseenRows } from "../../dataset/seenRows.js";
import type { Leakage } from "./record.js";

/** Rows that heads are trained on, and those they are scored on. */
interface Rows {
  readonly source: LabeledVectors;
  readonly target: TextVectors;
  readonly targetTrain: LabeledVectors | undefined;
}

/** The head on the target, without the rows that it has seen, and what these are. */
export interface TargetScores {
  /** The rows that are not in the source; all of them where there are no others. */
  readonly rows: TextVectors;
  /** On these rows; null where they have no labels. */
  readonly scored: Evaluated | null;
  readonly leakage: Leakage;
  /** Target rows of which neither the source nor the target's training rows have the text. */
  readonly unseen: TextVectors;
  /** What of this comes before all scores. */
  readonly warnings: readonly string[];
}

const EXAMPLES = 5;

/** Scores the head that was trained on the source on target rows it has not seen. */
export function scoreTarget(
  trained: EvaluatedHead,
  { source, target, targetTrain }: Rows,
  how: Pick<EvaluateOptions, "seed" | "file" | "map">,
): TargetScores {
  const unseen = unseenRows(source.texts, target.texts);
  const hasBoth = unseen.length > 0 && unseen.length < target.texts.length;
  const rows = hasBoth ? pickRows(target, unseen) : target;
  const evaluate = (some: TextVectors): Evaluated | null => (isLabeled(some) ? evaluateHead(trained, some, how) : null);
  const scored = evaluate(rows);
  const own = targetTrain?.texts ?? [];
  const found = duplicatesBetween(source.texts, target.texts);
  const leakage: Leakage = {
    exact: found.exact.length,
    normalised: found.normalized.length,
    targetWithout: hasBoth ? (scored?.evaluation ?? null) : null,
    targetWith: hasBoth ? (evaluate(target)?.evaluation ?? null) : null,
    examples: examplesOf(source.texts, target.texts, found.normalized),
    trainAndTarget: duplicatesBetween(own, target.texts).normalized.length,
  };
  return {
    rows,
    scored,
    leakage,
    unseen: pickRows(target, unseenRows([...source.texts, ...own], target.texts)),
    warnings: warningsOf(leakage, { n: target.texts.length, hasBoth, isScored: scored !== null }),
  };
}

const pickRows = ({ texts, labels, vectors }: TextVectors, rows: Int32Array): TextVectors => ({
  texts: Array.from(rows, (r) => texts[r]),
  labels: labels && Array.from(rows, (r) => labels[r]),
  vectors: takeRows(vectors, rows),
});

function examplesOf(source: readonly string[], target: readonly string[], rows: Int32Array): Leakage["examples"] {
  const bySense = new Map(source.map((text) => [normalizedText(text), text]));
  return Array.from(rows.subarray(0, EXAMPLES), (r) => ({
    source: bySense.get(normalizedText(target[r]))!,
    target: target[r],
  }));
}

function warningsOf(
  { normalised, trainAndTarget }: Leakage,
  { n, hasBoth, isScored }: { readonly n: number; readonly hasBoth: boolean; readonly isScored: boolean },
): string[] {
  const of = (some: number): string => `${count(some)} of ${counted(n, "target row")} ${some === 1 ? "is" : "are"}`;
  const inSource = !hasBoth
    ? "every target row is also in the source: its score is one of rows seen in training and says nothing of new texts"
    : `${of(normalised)} also in the source: ${isScored ? "scored" : "the forecast is"} without ${normalised === 1 ? "it" : "them"}`;
  return [
    ...(normalised === 0 ? [] : [inSource]),
    ...(trainAndTarget === 0 || !isScored
      ? []
      : [
          `${of(trainAndTarget)} also in the target's training rows: left out where heads trained on these are compared`,
        ]),
  ];
}
