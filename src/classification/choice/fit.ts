import { withDefaults, type Complete } from "../../defaults.js";
import { unreachable } from "../../errors.js";
import type { Head } from "../../head/head.js";
import type { Curve } from "../../head/file/schema.js";
import { fitLogistic, fitLogisticPath, type FittedLogistic } from "../../head/linear/logistic.js";
import { fitMlp, MLP_DEFAULTS, type FittedMlp, type MlpEpoch, type MlpSettings } from "../../head/mlp/mlp.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { holdOut, type LabeledVectors } from "../../dataset/labeledVectors.js";

/** What kind of head, and all that its fit needs beside the rows. */
export type HeadSetup =
  | { readonly kind: "logistic"; readonly C: number }
  | { readonly kind: "mlp"; readonly settings: Complete<MlpSettings> };

export interface FitOptions {
  readonly labels: readonly string[];
  readonly classWeights: "none" | "balanced";
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEpoch?: ((epoch: MlpEpoch) => void) | undefined;
}

/** A fitted head with how its losses went. */
export interface FittedHead {
  readonly head: Head;
  readonly curve: Curve;
  readonly warnings: readonly string[];
}

/** A finer fit changes no score on the dev rows. */
const TOLERANCE = 1e-4;
/** Share of the rows that an MLP stops by where there are no dev rows. */
const STOPPING_SHARE = 0.1;

/** Fits one logistic head for each value of C, in the given order. */
export function fitLogisticHeads(
  rows: LabeledVectors,
  { Cs, ...options }: FitOptions & { readonly Cs: readonly number[] },
): AsyncGenerator<FittedLogistic> {
  const y = labelIndices(options.labels, rows.labels, "the training rows");
  return fitLogisticPath(rows.vectors, y, { ...passed(options), Cs, tolerance: TOLERANCE });
}

/** Fits one MLP that stops by `dev`, or else by a tenth of `rows` set aside by seed, equal texts on one side. */
export async function fitMlpHead(
  rows: LabeledVectors,
  {
    dev,
    settings,
    ...options
  }: FitOptions & { readonly settings: MlpSettings; readonly dev?: LabeledVectors | undefined },
): Promise<FittedMlp> {
  const sides =
    dev === undefined ? holdOut(rows, { devFraction: STOPPING_SHARE, seed: options.seed }) : { train: rows, dev };
  const indices = (of: LabeledVectors): Int32Array => labelIndices(options.labels, of.labels, "the training rows");
  return fitMlp(sides.train.vectors, indices(sides.train), {
    ...settings,
    ...passed(options),
    seed: options.seed,
    dev: { vectors: sides.dev.vectors, y: indices(sides.dev) },
    onEpoch: options.onEpoch,
  });
}

/** Fits what a search has chosen on all the rows that it may see. */
export async function fitSetup(rows: LabeledVectors, setup: HeadSetup, options: FitOptions): Promise<FittedHead> {
  switch (setup.kind) {
    case "logistic": {
      const y = labelIndices(options.labels, rows.labels, "the training rows");
      const { C } = setup;
      return logisticHead(await fitLogistic(rows.vectors, y, { ...passed(options), C, tolerance: TOLERANCE }));
    }
    case "mlp":
      return mlpHead(await fitMlpHead(rows, { ...options, settings: setup.settings }));
    default:
      return unreachable(setup);
  }
}

export function logisticHead({ head, history, C, converged }: FittedLogistic): FittedHead {
  return {
    head,
    curve: { unit: "iteration", train: [...history], dev: null, best: history.length },
    warnings: converged ? [] : [`the fit at C ${C} stopped before it converged`],
  };
}

export function mlpHead({ head, epochs, best }: FittedMlp): FittedHead {
  const dev = epochs.map(({ devLoss }) => devLoss).filter((loss) => loss !== null);
  return {
    head,
    curve: {
      unit: "epoch",
      train: epochs.map(({ loss }) => loss),
      dev: dev.length < epochs.length ? null : dev,
      best,
    },
    warnings:
      best === epochs.length && epochs.length > 0
        ? [`the loss on dev was still falling at the last of ${epochs.length} epochs; --epochs allows more`]
        : [],
  };
}

/** A setup in a few words. */
export function setupName(setup: HeadSetup): string {
  if (setup.kind === "logistic") return `logistic, C ${setup.C}`;
  const { hidden, dropout, activation } = setup.settings;
  return `mlp ${hidden.join("-")}, ${activation}, dropout ${dropout}`;
}

/** All settings of an MLP: the given ones, and defaults for the others. */
export const mlpSettings = (given: MlpSettings): Complete<MlpSettings> => withDefaults(MLP_DEFAULTS, given);

function passed({ labels, classWeights, threads, signal }: FitOptions) {
  return {
    labels,
    classWeights,
    threads,
    signal,
  };
}
