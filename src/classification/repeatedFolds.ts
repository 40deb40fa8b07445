import type { LabeledVectors } from "../dataset/labeledVectors.js";
import { excerpt, HeadstartError } from "../errors.js";
import type { Interval } from "../metrics/intervals/bootstrap.js";
import type { Evaluation, Score } from "../metrics/classification.js";
import type { LabelScore } from "../metrics/confusion.js";
import { crossValidate, type CrossValidateOptions, type CrossValidation } from "./crossValidate.js";

/** How rows are cross-validated: the number of folds, and how often they are dealt anew; "5x2" is 5 folds, 2 repeats. */
export type CrossValidationPlan =
  number | `${number}x${number}` | { readonly folds: number; readonly repeats?: number | undefined };

/** Scores of one repeat. */
export interface RepeatScore extends Score {
  /** Of its folds, and of what is trained. */
  readonly seed: number;
}

/**
 * Cross-validated scores, the mean over the repeats. Repeats are no new rows: the interval is as wide as that of one. The
 * confusion matrix is that of the first. Plain JSON.
 */
export interface RepeatedCrossValidation extends CrossValidation {
  readonly repeats: number;
  readonly perRepeat: readonly RepeatScore[];
}

/** A plan as numbers. @throws HeadstartError E_USAGE for what is none */
export function foldsOf(plan: CrossValidationPlan): { readonly folds: number; readonly repeats: number } {
  const { folds, repeats } = typeof plan === "object" ? { repeats: 1, ...plan } : written(String(plan));
  if (folds >= 2 && repeats !== undefined && repeats >= 1 && Number.isInteger(folds) && Number.isInteger(repeats)) {
    return { folds, repeats };
  }
  const given = typeof plan === "object" ? `${folds}x${repeats}` : excerpt(String(plan));
  throw new HeadstartError(
    "E_USAGE",
    `Cannot cross-validate in ${given} folds. Give a whole number of at least 2, such as 5, or 5x2 for 2 repeats`,
  );
}

function written(text: string): { readonly folds: number; readonly repeats: number } {
  const [, folds = NaN, repeats = 1] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  return { folds: Number(folds), repeats: Number(repeats) };
}

/**
 * Cross-validates as crossValidate() does, several times, with the folds of the seeds `seed`, `seed + 1` and so on.
 *
 * @throws HeadstartError as crossValidate()
 * @example
 * const { macroF1, interval95, perRepeat } = await repeatCrossValidation(data, "3x2");
 * console.log(perRepeat.length, macroF1 > interval95[0]); // 2 true
 */
export async function repeatCrossValidation(
  data: LabeledVectors,
  plan: CrossValidationPlan,
  { seed = 1, onFold, ...options }: Omit<CrossValidateOptions, "folds"> = {},
): Promise<RepeatedCrossValidation> {
  const { folds, repeats } = foldsOf(plan);
  const found: CrossValidation[] = [];
  for (let r = 0; r < repeats; r++) {
    const before = r * folds;
    found.push(
      await crossValidate(data, {
        ...options,
        folds,
        seed: seed + r,
        onFold: (done) => onFold?.(before + done, folds * repeats),
      }),
    );
  }
  const perRepeat = found.map(({ accuracy, macroF1 }, r) => ({ seed: seed + r, accuracy, macroF1 }));
  return { ...meanOf(found), repeats, perRepeat, perFold: found.flatMap(({ perFold }) => perFold) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean of intervals is as wide as one of them. */
const meanInterval = (intervals: readonly Interval[]): Interval => [
  mean(intervals.map(([low]) => low)),
  mean(intervals.map(([, high]) => high)),
];

function meanOf(found: readonly CrossValidation[]): CrossValidation {
  const [first] = found;
  if (found.length === 1) return first;
  const of = (pick: (one: Evaluation) => number): number => mean(found.map(pick));
  const interval = (pick: (one: Evaluation) => Interval): Interval => meanInterval(found.map(pick));
  const score = (pick: (one: Evaluation) => Score): Score => ({
    accuracy: of((one) => pick(one).accuracy),
    macroF1: of((one) => pick(one).macroF1),
  });
  const advantages = found.flatMap(({ overBagOfWords }) => overBagOfWords ?? []);
  return {
    ...first,
    accuracy: of(({ accuracy }) => accuracy),
    macroF1: of(({ macroF1 }) => macroF1),
    macroRecall: of(({ macroRecall }) => macroRecall),
    interval95: interval(({ interval95 }) => interval95),
    intervals95: {
      accuracy: interval(({ intervals95 }) => intervals95.accuracy),
      macroF1: interval(({ intervals95 }) => intervals95.macroF1),
      macroRecall: interval(({ intervals95 }) => intervals95.macroRecall),
    },
    perLabel: meanPerLabel(found),
    majority: score(({ majority }) => majority),
    bagOfWords: first.bagOfWords === null ? null : score(({ bagOfWords }) => bagOfWords!),
    overBagOfWords:
      advantages.length === 0
        ? undefined
        : {
            macroF1: mean(advantages.map(({ macroF1 }) => macroF1)),
            interval95: meanInterval(advantages.map(({ interval95 }) => interval95)),
            // The same rows are tested several times, so the least favorable test is what can be said.
            mcnemarP: Math.max(...advantages.map(({ mcnemarP }) => mcnemarP)),
          },
  };
}

function meanPerLabel(found: readonly CrossValidation[]): Record<string, LabelScore> {
  const scores: Record<string, LabelScore> = Object.create(null) as Record<string, LabelScore>;
  for (const label of found[0].confusion.labels) {
    const own = found.map(({ perLabel }) => perLabel[label]);
    scores[label] = {
      ...own[0],
      precision: mean(own.map(({ precision }) => precision)),
      recall: mean(own.map(({ recall }) => recall)),
      f1: mean(own.map(({ f1 }) => f1)),
    };
  }
  return scores;
}
