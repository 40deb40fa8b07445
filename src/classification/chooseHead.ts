import { counted } from "../text/numbers.js";
import type { Complete } from "../defaults.js";
import { labelIndices } from "../dataset/mapLabels.js";
import { holdOut, type LabeledVectors } from "../dataset/labeledVectors.js";
import { HeadstartError, unreachable } from "../errors.js";
import type { SearchRecord } from "../head/file/schema.js";
import type { Head } from "../head/head.js";
import type { MlpSettings } from "../head/mlp/mlp.js";
import {
  fitMlpHead,
  fitSetup,
  fitLogisticHeads,
  logisticHead,
  mlpHead,
  C_VALUES,
  type FitOptions,
  type FittedHead,
} from "./fit.js";
import type { SearchResult } from "./search.js";
import { candidate, chooseCandidate, isPastBest, meanLoss, type Candidate } from "./selectC.js";

/** What kind of head is fitted, and among what it is chosen. */
export interface ChooseOptions {
  /** Weights of the data against the penalty to choose from. @default 1e-4 to 1 in half decades */
  readonly Cs?: readonly number[] | undefined;
  /** Kind of the head. @default "logistic" */
  readonly head?: Head["kind"] | undefined;
  /** Of an MLP. */
  readonly mlp?: MlpSettings | undefined;
  /** What searchHead() has found, to be fitted instead of choosing on dev. */
  readonly searchResult?: Pick<SearchResult, "setup" | "search"> | undefined;
  /** Called after every value of C that was tried. */
  readonly onTrial?: ((trial: Trial) => void) | undefined;
}

/** One value of C that was tried. */
export interface Trial {
  readonly C: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Mean log loss on the dev rows. */
  readonly devLogLoss: number;
  readonly devMacroF1: number;
}

/** Rows to fit on, and those to choose on. */
interface Sides {
  readonly train: LabeledVectors;
  readonly dev: LabeledVectors;
}

/** A head as it was chosen, before it is calibrated. */
export interface ChosenHead extends FittedHead {
  /** Null where the kind has none. */
  readonly C: number | null;
  readonly mlp: Complete<MlpSettings> | undefined;
  readonly trials: readonly Trial[];
  readonly search: SearchRecord | undefined;
}

const NOT_SEARCHED = { mlp: undefined, trials: [], search: undefined } as const;

/** Fits what was chosen before, or a head of the kind that is asked for, choosing by the dev rows. */
export async function chooseHead({ train, dev }: Sides, fit: FitOptions, options: ChooseOptions): Promise<ChosenHead> {
  const { searchResult, head: kind = "logistic" } = options;
  if (searchResult !== undefined) {
    const { setup, search } = searchResult;
    const fitted = await fitSetup(train, setup, fit);
    return setup.kind === "mlp"
      ? { ...NOT_SEARCHED, ...fitted, search, C: null, mlp: setup.settings }
      : { ...NOT_SEARCHED, ...fitted, search, C: setup.C };
  }
  switch (kind) {
    case "logistic":
      return logisticByDev({ train, dev }, fit, options);
    case "mlp": {
      const fitted = await fitMlpHead(train, { ...fit, dev, settings: options.mlp ?? {} });
      return { ...NOT_SEARCHED, ...mlpHead(fitted), C: null, mlp: fitted.settings };
    }
    default:
      return unreachable(kind);
  }
}

/** One head for each value of C, from strong to weak regularization; keeps one by the dev rows. */
async function logisticByDev(
  { train, dev }: Sides,
  fit: FitOptions,
  { Cs = C_VALUES, onTrial }: ChooseOptions,
): Promise<ChosenHead> {
  const devRows = { vectors: dev.vectors, y: labelIndices(fit.labels, dev.labels, "the dev rows") };
  const candidates: Candidate[] = [];
  for await (const fitted of fitLogisticHeads(train, { ...fit, Cs })) {
    const next = candidate(fitted, devRows);
    candidates.push(next);
    onTrial?.(trialOf(next));
    if (isPastBest(candidates)) break;
  }
  if (candidates.length === 0) throw new HeadstartError("E_USAGE", "No value of C to try. Name at least one");
  const { fitted } = chooseCandidate(candidates);
  const { C } = fitted;
  return { ...NOT_SEARCHED, ...logisticHead(fitted), C, trials: candidates.map(trialOf) };
}

const trialOf = (tried: Candidate): Trial => ({
  C: tried.fitted.C,
  iterations: tried.fitted.iterations,
  converged: tried.fitted.converged,
  devLogLoss: meanLoss(tried),
  devMacroF1: tried.macroF1,
});

const DEV_FRACTION = 0.1;

/** The rows to fit on, those kept from the fit, and where these come from. */
export function sides(
  data: LabeledVectors,
  { seed, dev }: { readonly seed: number; readonly dev: LabeledVectors | undefined },
): { train: LabeledVectors; dev: LabeledVectors; devFrom: string } {
  if (dev !== undefined) return { train: data, dev, devFrom: `${counted(dev.texts.length, "row")} given for it` };
  const held = holdOut(data, { devFraction: DEV_FRACTION, keepInTrain: true, seed });
  const from = `${held.dev.texts.length} of the ${data.texts.length} training rows`;
  return { ...held, devFrom: `${from}, set aside by seed ${seed}, equal texts on one side` };
}
