import { InvalidArgumentError, type Option } from "commander";
import type { MistakeCost, SelectiveGoal } from "../../classification/decision/goal.js";
import { parseLabelMap } from "../../dataset/labelMap.js";
import { quotedLabels } from "../../dataset/mapLabels.js";
import { excerpt, HeadstartError } from "../../errors.js";
import { shellWord } from "../../text/shell.js";
import { flag } from "./flag.js";

/** Flags of selective prediction. */
export interface SelectiveFlags {
  readonly minPrecision?: string | undefined;
  readonly maxRisk?: number | undefined;
  readonly maxFalseAlarms?: string | undefined;
  readonly threshold?: string | undefined;
  readonly coverage?: number | undefined;
  readonly costs?: string | undefined;
}

/** Most of them need a head that keeps predictions on dev rows. */
export const selectiveFlags = (): Option[] => [
  flag("predictions", "--threshold <share>", "predict a label from there on, such as spam=0.7"),
  flag("predictions", "--min-precision <share>", "least precision of predictions: 0.95, spam=0.99"),
  flag("advanced", "--max-false-alarms <share>", "most false alarms among other texts, such as spam=0.001"),
  flag("predictions", "--max-risk <share>", "predict as many texts as this error rate allows").argParser(share),
  flag("advanced", "--coverage <share>", "predict this share of the texts, most confident first").argParser(share),
  flag("predictions", "--costs <costs>", 'costs of mistakes: "spam=10", or by true label "ham>spam=10"'),
];

/** A number between 0 and 1, both left out. */
export function share(value: string): number {
  const number = shareIn(value);
  if (number !== undefined) return number;
  throw new InvalidArgumentError("Give a share between 0 and 1, such as 0.9.");
}

function shareIn(value: string): number | undefined {
  const number = Number(value);
  return value.trim() !== "" && number > 0 && number < 1 ? number : undefined;
}

/** @throws HeadstartError E_USAGE when there are several, or one is not about the head's labels */
export function selectiveGoalOf(flags: SelectiveFlags, labels: readonly string[]): SelectiveGoal | undefined {
  const { minPrecision, maxRisk, maxFalseAlarms, threshold, coverage, costs } = flags;
  const goals: SelectiveGoal[] = [
    ...(threshold === undefined
      ? []
      : [{ kind: "threshold", from: sharesOf("--threshold", threshold, labels) } as const]),
    ...(minPrecision === undefined ? [] : [precisionGoal(minPrecision, labels)]),
    ...(maxRisk === undefined ? [] : [{ kind: "risk", most: maxRisk } as const]),
    ...(maxFalseAlarms === undefined ? [] : [falseAlarmsGoal(maxFalseAlarms, labels)]),
    ...(coverage === undefined ? [] : [{ kind: "coverage", share: coverage } as const]),
    ...(costs === undefined ? [] : [costsGoal(costs, labels)]),
  ];
  if (goals.length <= 1) return goals[0];
  throw usage(
    "Give one of --threshold, --min-precision, --max-risk, --max-false-alarms, --coverage and --costs, not several",
  );
}

function precisionGoal(written: string, labels: readonly string[]): SelectiveGoal {
  const least = shareIn(written);
  if (least !== undefined) return { kind: "precision", least };
  const [label, own] = oneOf("--min-precision", written, labels);
  return { kind: "precision", least: own, label };
}

function falseAlarmsGoal(written: string, labels: readonly string[]): SelectiveGoal {
  const [label, most] = oneOf("--max-false-alarms", written, labels);
  return { kind: "falseAlarms", most, label };
}

function oneOf(name: string, written: string, labels: readonly string[]): readonly [label: string, share: number] {
  const [first, ...more] = sharesOf(name, written, labels);
  if (more.length === 0) return first;
  throw usage(
    `${name} ${excerpt(written)} names several labels. Give one, as ${name} ${shellWord(`${itemOf(first[0])}=${first[1]}`)}`,
  );
}

/** Labels with a number each, such as `spam=0.7,ham=0.9`. */
function sharesOf(name: string, written: string, labels: readonly string[]): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const [label, text] of itemsOf(name, { written, labels, example: "0.9" })) {
    const number = shareIn(text ?? "");
    if (!labels.includes(label)) throw refusal(name, `"${excerpt(label)}" is not a label of the head`, labels, "0.9");
    if (number === undefined) {
      throw refusal(name, `"${excerpt(text ?? "drop")}" is not a share between 0 and 1`, labels, "0.9");
    }
    shares.set(label, number);
  }
  return shares;
}

function costsGoal(written: string, labels: readonly string[]): SelectiveGoal {
  const costs = new Map<string, number>();
  const pairs: MistakeCost[] = [];
  for (const [mistake, text] of itemsOf("--costs", { written, labels, example: "10" })) {
    const cost = Number(text);
    const pair = pairOf(mistake, labels);
    const isLabel = labels.includes(mistake);
    const wrong = (found: string): HeadstartError => refusal("--costs", found, labels, "10");
    if (isLabel && pair !== undefined) throw wrong(`"${excerpt(mistake)}" is both a label and a pair of labels`);
    if (!isLabel && pair === undefined)
      throw wrong(`"${excerpt(mistake)}" is not a label of the head, nor a pair of two`);
    if (text === undefined || text.trim() === "" || !(cost >= 0 && cost < Infinity)) {
      throw wrong(`"${excerpt(text ?? "drop")}" is not a number of at least 0`);
    }
    if (pair === undefined) costs.set(mistake, cost);
    else pairs.push({ ...pair, cost });
  }
  return { kind: "costs", costs, pairs };
}

/** The true and the predicted label of `ham>spam`; undefined where it is no pair of two labels, or is one in several ways. */
function pairOf(written: string, labels: readonly string[]): Omit<MistakeCost, "cost"> | undefined {
  const found = [...written.matchAll(/>/g)].flatMap(({ index }) => {
    const [truth, predicted] = [written.slice(0, index).trim(), written.slice(index + 1).trim()];
    const areLabels = labels.includes(truth) && labels.includes(predicted) && truth !== predicted;
    return areLabels ? [{ truth, predicted }] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

interface Written {
  readonly written: string;
  readonly labels: readonly string[];
  /** A value that would do. */
  readonly example: string;
}

/** Names with what stands behind their "=", quoted like the labels of a map. */
function itemsOf(name: string, { written, labels, example }: Written): ReadonlyMap<string, string | undefined> {
  try {
    return parseLabelMap(written);
  } catch (error) {
    if (!(error instanceof HeadstartError)) throw error;
    throw refusal(name, `"${excerpt(written)}" is not a label with a number, or several of them`, labels, example);
  }
}

function refusal(name: string, found: string, labels: readonly string[], example: string): HeadstartError {
  const [first, second] = labels.map(itemOf);
  const written = (value: string): string => `${name} ${shellWord(value)}`;
  const others: Readonly<Record<string, string>> = {
    "--costs": `, or ${written(`${first}>${second}=${example}`)} for a "${second}" whose true label is "${first}"`,
    "--min-precision": `, or ${written(example)} for every label`,
  };
  return usage(
    `Cannot read ${name}: ${found}. The labels are ${quotedLabels(labels)}. Write it as ${written(`${first}=${example}`)}${others[name] ?? ""}`,
  );
}

const itemOf = (label: string): string => (/[",=]|^\s|\s$/.test(label) ? `"${label.replaceAll('"', '""')}"` : label);

const usage = (message: string): HeadstartError => new HeadstartError("E_USAGE", message);
