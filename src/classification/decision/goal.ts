import { HeadstartError } from "../../errors.js";
import { quotedLabels } from "../../dataset/mapLabels.js";

/** What the predictions that are made must fulfill. */
export type SelectiveGoal =
  /** Least precision of each label, the head abstaining below; or of one label, its other texts getting other labels. */
  | { readonly kind: "precision"; readonly least: number; readonly label?: string | undefined }
  /** Highest error rate of all predictions together. */
  | { readonly kind: "risk"; readonly most: number }
  /** Highest share of the texts of other labels that get this one. */
  | { readonly kind: "falseAlarms"; readonly most: number; readonly label: string }
  /** Probability from which each of these labels is predicted; below, the most probable other label is. */
  | { readonly kind: "threshold"; readonly from: ReadonlyMap<string, number> }
  /** Share of the texts that get a prediction, the most confident ones. */
  | { readonly kind: "coverage"; readonly share: number }
  /** Cost of each label where it is predicted wrongly, and of single mistakes; 1 where neither names a mistake. */
  | {
      readonly kind: "costs";
      readonly costs: ReadonlyMap<string, number>;
      readonly pairs?: readonly MistakeCost[] | undefined;
    };

/** What it costs to predict one label where another is true. */
export interface MistakeCost {
  readonly truth: string;
  readonly predicted: string;
  readonly cost: number;
}

/** Whether a rule for the goal is worked out from the dev rows of a head. */
export const needsDevRows = ({ kind }: SelectiveGoal): boolean => kind !== "threshold" && kind !== "costs";

/** Index of a label. @throws HeadstartError E_USAGE where the head has none of the name */
export function labelOf(label: string, labels: readonly string[]): number {
  const index = labels.indexOf(label);
  if (index >= 0) return index;
  throw new HeadstartError(
    "E_USAGE",
    `${quotedLabels([label])} is not a label of the head. Give one of ${quotedLabels(labels)}`,
  );
}

/** `[labels, labels]`: costs by true and predicted label, 0 where both are the same. */
export function costMatrix(
  labels: readonly string[],
  { costs, pairs = [] }: Extract<SelectiveGoal, { readonly kind: "costs" }>,
): Float64Array {
  const n = labels.length;
  const own = new Float64Array(n).fill(1);
  for (const [label, cost] of costs) own[labelOf(label, labels)] = cost;
  const matrix = Float64Array.from({ length: n * n }, (_, at) => (Math.floor(at / n) === at % n ? 0 : own[at % n]));
  for (const { truth, predicted, cost } of pairs)
    matrix[labelOf(truth, labels) * n + labelOf(predicted, labels)] = cost;
  return matrix;
}

/** The goal in words. */
export function goalWords(goal: SelectiveGoal): string {
  switch (goal.kind) {
    case "precision":
      return `a precision of at least ${exactPercent(goal.least)} for ${goal.label === undefined ? "each label" : `"${goal.label}"`}`;
    case "risk":
      return `at most ${exactPercent(goal.most)} of the predictions wrong`;
    case "falseAlarms":
      return `"${goal.label}" for at most ${exactPercent(goal.most)} of the texts of other labels`;
    case "threshold":
      return [...goal.from].map(([label, from]) => `"${label}" from a probability of ${from} on`).join(", ");
    case "coverage":
      return `a prediction for the most confident ${exactPercent(goal.share)} of the texts`;
    case "costs":
      return "least expected cost";
  }
}

/** "99.9 %": as many digits as the share has, which a rounded one would not show. */
export const exactPercent = (share: number): string => `${Number((share * 100).toPrecision(10))} %`;
