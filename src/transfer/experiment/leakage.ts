import {
  evaluateHead,
  type EvaluateOptions,
  type Evaluated,
  type EvaluatedHead,
} from "../../classification/evaluate.js";
import { duplicatesBetween, type Duplicates } from "../../dataset/duplicates.js";
import {
  isLabeled,
  pickRows as pickLabeled,
  type LabeledVectors,
  type TextVectors,
} from "../../dataset/labeledVectors.js";
import { takeRows, type Matrix } from "../../math/matrix.js";
import { count, counted, percent } from "../../text/numbers.js";
import { newRows } from "../../dataset/seenRows.js";
import type { Leakage, LeakagePair, LeakageSide, Verdict } from "./record.js";

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
/** Share of the target that may be in the source before the verdict says so. */
const ALARMING = 0.05;
/** Share above which source and target are mostly the same texts. */
const MOSTLY = 0.5;

/** Scores the head that was trained on the source on target rows it has not seen. */
export function scoreTarget(
  trained: EvaluatedHead,
  { source, target, targetTrain }: Rows,
  how: Pick<EvaluateOptions, "seed" | "file" | "map">,
): TargetScores {
  const found = duplicatesOf(source, target);
  const ownFound = targetTrain && duplicatesOf(targetTrain, target);
  const n = target.texts.length;
  const hasBoth = found.near.length > 0 && found.near.length < n;
  const rows = hasBoth ? withoutRows(target, found.near) : target;
  const evaluate = (some: TextVectors): Evaluated | null => (isLabeled(some) ? evaluateHead(trained, some, how) : null);
  const scored = evaluate(rows);
  const leakage: Leakage = {
    ...countsOf(found),
    targetWithout: hasBoth ? (scored?.evaluation ?? null) : null,
    targetWith: hasBoth ? (evaluate(target)?.evaluation ?? null) : null,
    examples: examplesOf(source.texts, target.texts, found),
    trainAndTarget: ownFound?.near.length ?? 0,
    pairs: [],
  };
  return {
    rows,
    scored,
    leakage,
    unseen: withoutRows(target, [...found.near, ...(ownFound?.near ?? [])]),
    warnings: warningsOf(leakage, { n, hasBoth, isScored: scored !== null }),
  };
}

/** Rows of a corpus of the run; without vectors they are compared by their words alone. */
interface Compared {
  readonly texts: readonly string[];
  readonly vectors?: Matrix | undefined;
}

const duplicatesOf = (known: Compared, to: Compared): Duplicates =>
  duplicatesBetween(
    known.texts,
    to.texts,
    known.vectors && to.vectors && { source: known.vectors, target: to.vectors },
  );

function withoutRows({ texts, labels, vectors }: TextVectors, left: Iterable<number>): TextVectors {
  const leftOut = new Set(left);
  const rows = [...texts.keys()].filter((r) => !leftOut.has(r));
  return {
    texts: rows.map((r) => texts[r]),
    labels: labels && rows.map((r) => labels[r]),
    vectors: takeRows(vectors, rows),
  };
}

/** How many of the target's texts the source has duplicates of. */
export const leakageCounts = (source: readonly string[], target: readonly string[]): ReturnType<typeof countsOf> =>
  countsOf(duplicatesBetween(source, target));

function countsOf({ exact, normalized, near, rows }: Duplicates): Omit<LeakagePair, "from" | "to"> {
  return {
    exact: exact.length,
    normalised: normalized.length,
    near: near.length,
    share: rows === 0 ? 0 : near.length / rows,
  };
}

function examplesOf(
  source: readonly string[],
  target: readonly string[],
  { near, sourceRows }: Duplicates,
): Leakage["examples"] {
  return Array.from(near.subarray(0, EXAMPLES), (r, i) => ({ source: source[sourceRows[i]], target: target[r] }));
}

const SIDES = ["source", "sourceDev", "targetTrain", "target"] as const satisfies readonly LeakageSide[];

/**
 * Duplicates within each corpus of a run, and from each to those after it: source, source dev, target training, target. Only
 * rows of the target, whose scores hang on it, are also compared by their vectors.
 */
export function leakagePairs(corpora: Readonly<Partial<Record<LeakageSide, Compared | undefined>>>): LeakagePair[] {
  const given = SIDES.flatMap((side) => {
    const corpus = corpora[side];
    return corpus === undefined ? [] : [{ side, corpus }];
  });
  return given.flatMap(({ side: from, corpus: known }, i) =>
    given.slice(i).map(({ side: to, corpus }) => {
      if (to === from) return { from, to, ...countsOf(duplicatesBetween(undefined, corpus.texts)) };
      return { from, to, ...countsOf(duplicatesOf(known, to === "target" ? corpus : { texts: corpus.texts })) };
    }),
  );
}

/** Held-out rows without near duplicates of training rows, unless there are no others. */
export function withoutNear(train: LabeledVectors, dev: LabeledVectors): LabeledVectors {
  const rows = newRows(train.texts, dev.texts);
  return rows.length === 0 || rows.length === dev.texts.length ? dev : pickLabeled(dev, rows);
}

/** The verdict, saying so where too much of the target is in the source for the pair to be two domains. */
export function withLeakage(verdict: Verdict, found: TargetShare): Verdict {
  const text = sharedText(found);
  return text === undefined ? verdict : { ...verdict, because: `${verdict.because}; ${text}` };
}

/** Whether source and target are mostly the same texts, so that they are not two domains. */
export const isMostlyShared = ({ share }: TargetShare): boolean => share > MOSTLY;

interface TargetShare {
  /** Of the target that is in the source or near it. */
  readonly share: number;
  /** @default "rows" */
  readonly noun?: "rows" | "sentences" | undefined;
}

/** How much of the target the source holds, and what follows, for the reader; undefined where it is little. */
export function sharedText({ share, noun = "rows" }: TargetShare): string | undefined {
  if (share <= ALARMING) return undefined;
  const what = `${percent(share)} of the target ${noun} are in the source or near duplicates of its ${noun}`;
  return isMostlyShared({ share })
    ? `${what}: this is not a transfer experiment`
    : `${what}: the two overlap, and the ${noun} left may still be closer to the source than new texts will be`;
}

function warningsOf(
  { normalised, near, share, trainAndTarget }: Leakage,
  { n, hasBoth, isScored }: { readonly n: number; readonly hasBoth: boolean; readonly isScored: boolean },
): string[] {
  const of = (some: number): string => `${count(some)} of ${counted(n, "target row")} ${some === 1 ? "is" : "are"}`;
  const shared = sharedText({ share });
  const alike = near - normalised;
  const nearly = alike === 0 ? "" : ` (${count(alike)} as near ${alike === 1 ? "duplicate" : "duplicates"})`;
  const inSource = !hasBoth
    ? "every target row is also in the source: its score is one of rows seen in training and says nothing of new texts"
    : `${of(near)} also in the source${nearly}: ${isScored ? "scored" : "the forecast is"} without ${near === 1 ? "it" : "them"}`;
  return [
    ...(near === 0 ? [] : [inSource]),
    ...(shared === undefined || !hasBoth ? [] : [shared]),
    ...(trainAndTarget === 0 || !isScored
      ? []
      : [
          `${of(trainAndTarget)} also in the target's training rows: left out where heads trained on these are compared`,
        ]),
  ];
}
