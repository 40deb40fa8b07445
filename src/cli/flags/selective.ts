import { InvalidArgumentError, type Command } from "commander";
import { fitDecisionRule, type DecisionRule, type SelectiveGoal } from "../../classification/selectivePrediction.js";
import { calibrationSetOf, predictionSetThreshold, type CalibratedHead } from "../../classification/reliability.js";
import { parseLabelMap, type LabelMap } from "../../dataset/labelMap.js";
import { HeadstartError } from "../../errors.js";

/** Flags that say what is wanted of the answers. */
export interface SelectiveFlags {
  readonly minPrecision?: number | undefined;
  readonly maxRisk?: number | undefined;
  readonly coverage?: number | undefined;
  readonly costs?: string | undefined;
}

/** Declares the flags; a head without dev answers cannot grant them. */
export function withSelectiveFlags(command: Command): Command {
  return command
    .option("--min-precision <share>", "answer a label only where it is right at least so often, such as 0.95", share)
    .option("--max-risk <share>", "answer only so much that at most this share of the answers is wrong", share)
    .option("--coverage <share>", "answer only this share of the texts, the surest ones", share)
    .option("--costs <costs>", 'what wrong answers cost, such as "spam=10,ham=1"; the cheapest answer is given');
}

/** A number between 0 and 1, both left out. */
export function share(value: string): number {
  const number = Number(value);
  if (value.trim() !== "" && number > 0 && number < 1) return number;
  throw new InvalidArgumentError("Give a share between 0 and 1, such as 0.9.");
}

/** @throws HeadstartError E_USAGE when there are several, or costs are not numbers of the head's labels */
export function selectiveGoalOf(flags: SelectiveFlags, labels: readonly string[]): SelectiveGoal | undefined {
  const { minPrecision, maxRisk, coverage, costs } = flags;
  const goals: SelectiveGoal[] = [
    ...(minPrecision === undefined ? [] : [{ kind: "precision", least: minPrecision } as const]),
    ...(maxRisk === undefined ? [] : [{ kind: "risk", most: maxRisk } as const]),
    ...(coverage === undefined ? [] : [{ kind: "coverage", share: coverage } as const]),
    ...(costs === undefined ? [] : [{ kind: "costs", costs: costsOf(costs, labels) } as const]),
  ];
  if (goals.length <= 1) return goals[0];
  throw new HeadstartError("E_USAGE", "Give one of --min-precision, --max-risk, --coverage and --costs, not several");
}

function costsOf(written: string, labels: readonly string[]): ReadonlyMap<string, number> {
  const costs = new Map<string, number>();
  for (const [label, text] of parseLabelMap(written)) {
    const cost = Number(text);
    if (!labels.includes(label) || !(cost > 0 && cost < Infinity)) {
      const known = labels.map((name) => `"${name}"`).join(", ");
      const message = `Cannot read the costs: "${label}=${text}" is not a label of the head (${known}) with a number above 0`;
      throw new HeadstartError("E_USAGE", `${message}. Write them as ${labels[0]}=10`);
    }
    costs.set(label, cost);
  }
  return costs;
}

/** What was promised for every answer. */
export interface PredictionSetOptions {
  readonly rule?: DecisionRule | undefined;
  /** Least probability of a label in a label set. */
  readonly predictionSetThreshold?: number | undefined;
}

/**
 * The rule and the threshold of label sets that a head's dev answers give for the flags.
 *
 * @throws HeadstartError E_HEAD_MISMATCH when the head has no dev answers and something was asked for
 */
export function promiseOf(
  promising: CalibratedHead & { readonly path: string },
  {
    goal,
    sets,
    map,
  }: {
    readonly goal: SelectiveGoal | undefined;
    readonly sets: number | undefined;
    readonly map?: LabelMap | undefined;
  },
): PredictionSetOptions {
  if (goal === undefined && sets === undefined) return {};
  const calibrationSet = calibrationSetOf(promising, map);
  if (calibrationSet === undefined) {
    throw new HeadstartError(
      "E_HEAD_MISMATCH",
      `The head ${promising.path} keeps no answers on dev rows, from which thresholds and label sets are worked out. Train it again`,
    );
  }
  return {
    ...(goal === undefined ? {} : { rule: fitDecisionRule(goal, calibrationSet) }),
    ...(sets === undefined ? {} : { predictionSetThreshold: predictionSetThreshold(calibrationSet, sets) }),
  };
}
