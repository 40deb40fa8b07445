import { InvalidArgumentError, type Option } from "commander";
import type { SelectiveGoal } from "../../classification/selectivePrediction.js";
import { parseLabelMap } from "../../dataset/labelMap.js";
import { HeadstartError } from "../../errors.js";
import { flag } from "./flag.js";

/** Flags of selective prediction. */
export interface SelectiveFlags {
  readonly minPrecision?: number | undefined;
  readonly maxRisk?: number | undefined;
  readonly coverage?: number | undefined;
  readonly costs?: string | undefined;
}

/** They need a head that keeps predictions on dev rows. */
export const selectiveFlags = (): Option[] => [
  flag("predictions", "--min-precision <share>", "predict a label only at this precision, such as 0.95").argParser(
    share,
  ),
  flag("predictions", "--max-risk <share>", "predict so many texts that the error rate stays below this").argParser(
    share,
  ),
  flag("predictions", "--coverage <share>", "predict this share of the texts, most confident first").argParser(share),
  flag("predictions", "--costs <costs>", 'costs of wrong predictions, such as "spam=10,ham=1"'),
];

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
