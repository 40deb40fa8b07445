import { pickRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { unreachable } from "../../errors.js";
import { predictProbabilities, type Head } from "../../head/head.js";
import type { MlpSettings } from "../../head/mlp/mlp.js";
import { NOT_SEARCHED, onDev, onHeldRows, type ChosenHead, type Given, type HeldOutPredictions } from "./chosenHead.js";
import { chooseLogistic, type ChooseLogisticOptions } from "./chooseLogistic.js";
import { fitMlpHead, fitSetup, mlpHead, mlpSettings, type FitOptions } from "./fit.js";
import { planHeldOut, planTenth, predictHeldOut } from "./heldOut.js";
import type { SearchResult } from "./search.js";

/** What kind of head is fitted, and among what it is chosen. */
export interface ChooseOptions extends ChooseLogisticOptions {
  /** Kind of the head. @default "logistic" */
  readonly head?: Head["kind"] | undefined;
  /** Of an MLP. */
  readonly mlp?: MlpSettings | undefined;
  /** What searchHead() has found, to be fitted instead of choosing. */
  readonly searchResult?: Pick<SearchResult, "setup" | "search"> | undefined;
}

/** More rows are not folded for an MLP, which takes longer to train: a tenth of them is held out. */
const MOST_FOLDED = 2000;

/**
 * Fits what was chosen before, or a head of the kind that is asked for, on all of `train`, and tells how such heads predict
 * rows that they have not seen: the dev rows, or else held-out training rows.
 *
 * @throws HeadstartError E_LABELS where too few rows are there to hold any out, E_USAGE for no value of C
 */
export async function chooseHead(given: Given, fit: FitOptions, options: ChooseOptions): Promise<ChosenHead> {
  const { searchResult, head: kind = "logistic" } = options;
  if (searchResult !== undefined) return fitFound(given, fit, searchResult);
  switch (kind) {
    case "logistic":
      return chooseLogistic(given, fit, options);
    case "mlp":
      return given.dev === undefined
        ? heldOutMlp(given.train, fit, options)
        : mlpByDev({ ...given, dev: given.dev }, fit, options);
    default:
      return unreachable(kind);
  }
}

/** An MLP that stops by rows of its own, and the predictions of others like it on the rows that they have not seen. */
async function heldOutMlp(
  train: LabeledVectors,
  fit: FitOptions,
  { mlp = {}, onHeldOut }: ChooseOptions,
): Promise<ChosenHead> {
  const plan = planHeldOut(train, { seed: fit.seed, mostFolded: MOST_FOLDED, repeats: 1 });
  const [[probabilities]] = await predictHeldOut(train, plan, {
    labels: fit.labels,
    settings: 1,
    onPart: onHeldOut,
    async *fitPart(rows, labels) {
      const { head } = await fitMlpHead(rows, { ...fit, labels, onEpoch: undefined, settings: mlp });
      yield { predict: (held) => predictProbabilities(head, held.vectors) };
    },
  });
  return {
    ...NOT_SEARCHED,
    ...mlpHead(await fitMlpHead(train, { ...fit, settings: mlp })),
    C: null,
    mlp: mlpSettings(mlp),
    heldOut: onHeldRows(train, plan, probabilities),
    choice: "The epoch was chosen on a tenth of the training rows",
  };
}

async function mlpByDev(
  { train, dev }: Given & { readonly dev: LabeledVectors },
  fit: FitOptions,
  { mlp = {} }: ChooseOptions,
): Promise<ChosenHead> {
  const fitted = await fitMlpHead(train, { ...fit, dev, settings: mlp });
  return {
    ...NOT_SEARCHED,
    ...mlpHead(fitted),
    C: null,
    mlp: fitted.settings,
    heldOut: onDev(fitted.head, dev),
    choice: "The epoch was chosen on these rows",
  };
}

/** What a search has found, fitted on all rows; scored on dev rows, or on the rows that were kept from the search. */
async function fitFound(
  { train: all, dev }: Given,
  fit: FitOptions,
  { setup, search }: NonNullable<ChooseOptions["searchResult"]>,
): Promise<ChosenHead> {
  const fitted = await fitSetup(all, setup, fit);
  const own = { C: setup.kind === "mlp" ? null : setup.C, mlp: setup.kind === "mlp" ? setup.settings : undefined };
  const heldOut = dev === undefined ? await onKept(all, setup, fit) : onDev(fitted.head, dev);
  return { ...NOT_SEARCHED, ...fitted, ...own, search, heldOut, choice: "Nothing was chosen on these rows" };
}

/** The rows that a search was kept from, predicted by what it has found, fitted on the others. */
async function onKept(
  all: LabeledVectors,
  setup: NonNullable<ChooseOptions["searchResult"]>["setup"],
  fit: FitOptions,
): Promise<HeldOutPredictions> {
  const plan = planTenth(all, fit.seed);
  const [[probabilities]] = await predictHeldOut(all, plan, {
    labels: fit.labels,
    settings: 1,
    async *fitPart(rows, labels) {
      const { head } = await fitSetup(rows, setup, { ...fit, labels, onEpoch: undefined });
      yield { predict: (held) => predictProbabilities(head, held.vectors) };
    },
  });
  return onHeldRows(all, plan, probabilities);
}

/** The rows that a search may see: all, or without dev rows nine tenths of them, so that its choice can be scored. */
export const rowsToSearch = (
  data: LabeledVectors,
  { seed, dev }: { readonly seed: number; readonly dev: LabeledVectors | undefined },
): LabeledVectors => (dev === undefined ? pickRows(data, planTenth(data, seed).repeats[0][0].fit) : data);
