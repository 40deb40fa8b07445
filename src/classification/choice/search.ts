import { duplicateGroups } from "../../dataset/duplicates.js";
import { foldCorpus } from "../../dataset/split.js";
import type { EncoderPooling } from "../../encoder/encoder.js";
import { argmax, predictProbabilities, type Head } from "../../head/head.js";
import type { SearchRecord } from "../../head/file/schema.js";
import { logLosses } from "../../metrics/logLoss.js";
import type { MlpSettings } from "../../head/mlp/mlp.js";
import { scorePredictions } from "../../metrics/classification.js";
import { bestCandidate, HOW_CHOSEN, valuesOfC, type HeldOutScore } from "./selectC.js";
import { fitMlpHead, fitLogisticHeads, mlpSettings, setupName, type FitOptions, type HeadSetup } from "./fit.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { pickRows, type LabeledVectors } from "../../dataset/labeledVectors.js";

/** The same texts by one layer and pooling of the encoder. */
export interface View {
  /** Null for the last. */
  readonly layer: number | null;
  readonly pooling: EncoderPooling;
  /** Gives the vectors `[texts, width]` of the rows; called when its turn comes, if there is time left. */
  readonly load: () => Promise<LabeledVectors>;
}

export interface SearchOptions extends Omit<FitOptions, "onEpoch"> {
  /** @default 5, fewer where a label has fewer different texts */
  readonly folds?: number | undefined;
  /** Kinds to choose among. Without logistic ones these still show which view serves best. @default all */
  readonly kinds?: readonly HeadSetup["kind"][] | undefined;
  readonly Cs?: readonly number[] | undefined;
  /** MLPs to try, on the view that serves logistic heads best. */
  readonly mlps?: readonly MlpSettings[] | undefined;
  /** Settings of all these MLPs. */
  readonly mlp?: MlpSettings | undefined;
  /** No new fit begins after so many seconds; of each of the `kinds` one is always fitted, on the first view. */
  readonly seconds?: number | undefined;
  /** Milliseconds since some fixed moment; needed for `seconds`. */
  readonly clock?: (() => number) | undefined;
  /** Called with each candidate as soon as it is scored. */
  readonly onCandidate?: ((candidate: SearchRecord["candidates"][number]) => void) | undefined;
}

/** What a search found best. */
export interface SearchResult {
  readonly setup: HeadSetup;
  readonly view: View;
  /** The rows by the chosen view. */
  readonly data: LabeledVectors;
  readonly search: SearchRecord;
}

/** Scores of one setup on rows that it was not fitted on. */
interface CandidateResult {
  readonly setup: HeadSetup;
  readonly view: View;
  readonly data: LabeledVectors;
  /** Of all rows, each predicted in its fold's absence. */
  readonly held: HeldOutScore;
  readonly scored: SearchRecord["candidates"][number];
}

const MLPS: readonly MlpSettings[] = [
  { hidden: [128], dropout: 0.3 },
  { hidden: [256], dropout: 0.5 },
  { hidden: [256, 64], dropout: 0.3 },
];
const MOST_FOLDS = 5;
const RULE = `the one with the ${HOW_CHOSEN}`;

const bestOf = (candidates: readonly CandidateResult[]): CandidateResult =>
  candidates[bestCandidate(candidates.map(({ held }) => held))];

/**
 * Chooses C, kind of head, and layer and pooling by stratified cross-validation, equal texts in one fold, on the
 * rows of `views` alone: first logistic heads on every view, then MLPs on the best.
 *
 * @param views  at least one, the plainest first; the same texts and labels in each
 * @example
 * const view = { layer: null, pooling: "mean", load: async () => data } as const;
 * const labels = ["negative", "positive"];
 * const { setup, search } = await searchHead([view], { labels, kinds: ["logistic"], classWeights: "none", seed: 1 });
 * console.log(setup.kind, search.folds); // logistic 5
 */
export async function searchHead(views: readonly View[], options: SearchOptions): Promise<SearchResult> {
  const { mlps = MLPS, kinds = ["logistic", "mlp"] } = options;
  const began = options.clock?.() ?? 0;
  const late = (): boolean =>
    options.clock !== undefined && options.clock() - began > (options.seconds ?? Infinity) * 1000;
  const candidates: CandidateResult[] = [];
  const skipped: string[] = [];
  const tell = (found: readonly CandidateResult[]): void => {
    candidates.push(...found);
    for (const { scored } of found) options.onCandidate?.(scored);
  };
  let folds: Folds | undefined;
  for (const view of views) {
    if (candidates.length > 0 && late()) {
      skipped.push(viewName(view));
      continue;
    }
    const data = await view.load();
    folds ??= foldsOf(data, options);
    tell(await crossValidateLogistic({ view, data, folds }, { ...options, Cs: options.Cs ?? valuesOfC(data.labels) }));
  }
  const { view, data } = bestOf(candidates);
  for (const setup of kinds.includes("mlp") ? mlpSetups(mlps, options.mlp) : []) {
    const isNeeded = !kinds.includes("logistic") && candidates.every((candidate) => candidate.setup.kind !== "mlp");
    const outOfTime = isNeeded ? () => false : late;
    const candidate = await crossValidateMlp({ view, data, folds: folds! }, { options, setup, late: outOfTime });
    if (candidate === undefined) skipped.push(setupName(setup));
    else tell([candidate]);
  }
  const chosen = bestOf(candidates.filter(({ setup }) => kinds.includes(setup.kind)));
  return {
    setup: chosen.setup,
    view: chosen.view,
    data: chosen.data,
    search: {
      folds: folds!.count,
      rows: data.texts.length,
      rule: RULE,
      chosen: chosen.scored.name,
      candidates: candidates.map(({ scored }) => scored),
      skipped,
    },
  };
}

type MlpSetup = Extract<HeadSetup, { kind: "mlp" }>;

/** MLPs with the settings `held` in each; those that this makes equal are tried once. */
function mlpSetups(mlps: readonly MlpSettings[], held: MlpSettings = {}): readonly MlpSetup[] {
  const setups = mlps.map((own): MlpSetup => ({ kind: "mlp", settings: mlpSettings({ ...own, ...held }) }));
  return [...new Map(setups.map((setup) => [setupName(setup), setup])).values()];
}

interface Folds {
  readonly count: number;
  /** Fold of each row. */
  readonly of: Int32Array;
}

function foldsOf(
  { texts, labels: rowLabels }: LabeledVectors,
  { labels, seed, folds = MOST_FOLDS }: Pick<SearchOptions, "labels" | "seed" | "folds">,
): Folds {
  const y = labelIndices(labels, rowLabels, "the training rows");
  const groups = duplicateGroups(texts);
  const distinct = labels.map((_, k) => new Set(groups.filter((_, r) => y[r] === k)).size);
  const count = Math.max(2, Math.min(folds, ...distinct));
  return { count, of: foldCorpus(y, groups, { folds: count, seed }) };
}

interface Rows {
  readonly view: View;
  readonly data: LabeledVectors;
  readonly folds: Folds;
}

function* eachFold({ data, folds }: Rows): Generator<{ train: LabeledVectors; test: LabeledVectors; at: Int32Array }> {
  const rows = Int32Array.from(data.texts.keys());
  for (let fold = 0; fold < folds.count; fold++) {
    const at = rows.filter((r) => folds.of[r] === fold);
    yield {
      train: pickRows(
        data,
        rows.filter((r) => folds.of[r] !== fold),
      ),
      test: pickRows(data, at),
      at,
    };
  }
}

async function crossValidateLogistic(
  rows: Rows,
  options: SearchOptions & { readonly Cs: readonly number[] },
): Promise<CandidateResult[]> {
  const predictions = options.Cs.map(() => collectPredictions(rows, options.labels));
  for (const { train, test, at } of eachFold(rows)) {
    let i = 0;
    for await (const { head } of fitLogisticHeads(train, options)) predictions[i++].take(head, test, at);
  }
  return options.Cs.map((C, i) => predictions[i].candidate({ kind: "logistic", C }));
}

/** @returns undefined when time runs out between two folds */
async function crossValidateMlp(
  rows: Rows,
  { options, setup, late }: { options: SearchOptions; setup: MlpSetup; late: () => boolean },
): Promise<CandidateResult | undefined> {
  const predictions = collectPredictions(rows, options.labels);
  for (const { train, test, at } of eachFold(rows)) {
    if (late()) return undefined;
    predictions.take((await fitMlpHead(train, { ...options, settings: setup.settings })).head, test, at);
  }
  return predictions.candidate(setup);
}

/** Gathers the predictions of one setup on each fold. */
function collectPredictions({ view, data }: Rows, labels: readonly string[]) {
  const [k, n] = [labels.length, data.texts.length];
  const [all, truth] = [new Float64Array(n * k), labelIndices(labels, data.labels, "the training rows")];
  const perFold: HeldOutScore[] = [];
  const scored = (probabilities: Float64Array, y: Int32Array): HeldOutScore => ({
    logLoss: logLosses(probabilities, y, k).reduce((sum, loss) => sum + loss, 0) / y.length,
    macroF1: scorePredictions(y, argmax(probabilities, k), k).macroF1,
  });
  return {
    take(head: Head, test: LabeledVectors, at: Int32Array): void {
      if (at.length === 0) return;
      const y = labelIndices(labels, test.labels, "the training rows");
      const probabilities = predictProbabilities(head, test.vectors);
      at.forEach((row, i) => all.set(probabilities.subarray(i * k, (i + 1) * k), row * k));
      perFold.push(scored(probabilities, y));
    },
    candidate(setup: HeadSetup): CandidateResult {
      const summary = {
        name: `${setupName(setup)}, ${viewName(view)}`,
        view: { layer: view.layer, pooling: view.pooling },
        logLoss: spreadOf(perFold.map(({ logLoss }) => logLoss)),
        macroF1: spreadOf(perFold.map(({ macroF1 }) => macroF1)),
      };
      return { setup, view, data, held: scored(all, truth), scored: summary };
    },
  };
}

export const viewName = ({ layer, pooling }: Pick<View, "layer" | "pooling">): string =>
  `${layer === null ? "last layer" : `layer ${layer}`}, ${pooling}`;

/** Mean and standard deviation (of a sample; 0 of one value). */
export function spreadOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const square = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, deviation: Math.sqrt(square) };
}
