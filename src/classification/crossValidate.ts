import { duplicateGroups } from "../dataset/duplicates.js";
import { pickRows, type LabeledVectors } from "../dataset/labeledVectors.js";
import { labelIndices } from "../dataset/mapLabels.js";
import { foldCorpus } from "../dataset/split.js";
import { HeadstartError } from "../errors.js";
import { argmax, predictProbabilities } from "../head/head.js";
import { fitBagOfWords, predictBagOfWords } from "../head/linear/bagOfWords.js";
import { labelCounts } from "../dataset/labeledCorpus.js";
import { advantageOver, evaluateClassification, scorePredictions, type Evaluation } from "../metrics/classification.js";
import type { ChooseOptions } from "./choice/chooseHead.js";
import { chooseLogistic } from "./choice/chooseLogistic.js";
import { majorityClass } from "./evaluate.js";
import { fitMlpHead } from "./choice/fit.js";

export interface CrossValidateOptions extends Omit<ChooseOptions, "searchResult" | "onTrial" | "onHeldOut"> {
  /** Number of folds, and of heads. */
  readonly folds: number;
  /** @default "none" */
  readonly classWeights?: "none" | "balanced" | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every fold. */
  readonly onFold?: ((done: number, folds: number) => void) | undefined;
}

/** Scores of one fold by the head that has not seen it. */
export interface FoldScore {
  readonly n: number;
  readonly accuracy: number;
  readonly macroF1: number;
  /** Of that head; null where the kind has none. */
  readonly C: number | null;
}

/**
 * Scores of all rows, each predicted by a head that has not seen it. The interval is over the rows: it says how much the
 * scores vary with the rows that are measured, not with those that a head is trained on. Plain JSON.
 */
export interface CrossValidation extends Evaluation {
  readonly folds: number;
  readonly perFold: readonly FoldScore[];
}

/**
 * Refuses more folds than there are different texts.
 *
 * @throws HeadstartError E_LABELS, E_USAGE for a number of folds that is none
 */
export function checkFolds(texts: readonly string[], folds: number): void {
  if (!Number.isInteger(folds) || folds < 2) {
    throw new HeadstartError("E_USAGE", `Cannot cross-validate in ${folds} folds. Give a whole number of at least 2`);
  }
  const different = new Set(duplicateGroups(texts)).size;
  if (folds <= different) return;
  throw new HeadstartError(
    "E_LABELS",
    `Cannot deal ${texts.length} rows with ${different} different texts into ${folds} folds. Give at most ${different}`,
  );
}

/**
 * Cross-validates the training of a head: the rows are dealt into folds, stratified, equal texts in one, and each fold is
 * predicted by a head that was trained on the others as `trainClassifier` does it, with all that is chosen chosen inside
 * them. The baselines are fitted on the same rows as the heads.
 *
 * A label that all folds but one lack cannot be predicted there, and counts as a mistake.
 *
 * @throws HeadstartError E_LABELS when there are fewer different texts than folds, or the rows outside of a fold have one
 *   label alone; E_USAGE for a number of folds that is none
 * @example
 * const { macroF1, interval95, perFold } = await crossValidate(data, { folds: 5 });
 * console.log(macroF1, interval95, perFold.length);
 */
export async function crossValidate(data: LabeledVectors, options: CrossValidateOptions): Promise<CrossValidation> {
  const { folds, seed = 1, onFold } = options;
  checkFolds(data.texts, folds);
  const labels = [...new Set(data.labels)].sort();
  const truth = labelIndices(labels, data.labels, "the rows");
  const fold = foldCorpus(truth, duplicateGroups(data.texts), { folds, seed });
  const [predicted, words, majority] = [0, 1, 2].map(() => new Int32Array(truth.length));
  const perFold: FoldScore[] = [];
  for (let f = 0; f < folds; f++) {
    const inside = Int32Array.from(fold.keys()).filter((r) => fold[r] === f);
    // Many equal texts can leave one without any.
    if (inside.length === 0) continue;
    const outside = Int32Array.from(fold.keys()).filter((r) => fold[r] !== f);
    const found = await predictFold({ train: pickRows(data, outside), test: pickRows(data, inside) }, options);
    const place = Int32Array.from(found.labels, (label) => labels.indexOf(label));
    inside.forEach((r, i) => {
      predicted[r] = place[found.predicted[i]];
      words[r] = place[found.words[i]];
      majority[r] = place[found.majority];
    });
    const own = scorePredictions(
      inside.map((r) => truth[r]),
      inside.map((r) => predicted[r]),
      labels.length,
    );
    perFold.push({ n: inside.length, ...own, C: found.C });
    onFold?.(f + 1, folds);
  }
  const classes = labels.length;
  const baselines = {
    majority: scorePredictions(truth, majority, classes),
    bagOfWords: scorePredictions(truth, words, classes),
  };
  return {
    folds,
    ...evaluateClassification(truth, predicted, labels, { seed, baselines }),
    overBagOfWords: advantageOver(truth, [predicted, words], { classes, seed }),
    perFold,
  };
}

interface FoldPredictions {
  /** Those that the training rows have. */
  readonly labels: readonly string[];
  /** Index into `labels` of each row of the fold. */
  readonly predicted: Int32Array;
  readonly words: Int32Array;
  readonly majority: number;
  readonly C: number | null;
}

async function predictFold(
  { train, test }: { readonly train: LabeledVectors; readonly test: LabeledVectors },
  { seed = 1, classWeights = "none", threads, signal, Cs, head: kind, mlp }: CrossValidateOptions,
): Promise<FoldPredictions> {
  const labels = [...new Set(train.labels)].sort();
  if (labels.length < 2) {
    throw new HeadstartError(
      "E_LABELS",
      `Cannot cross-validate: without one of the folds the rows have the label "${labels[0]}" alone. ` +
        `Give more rows of the other labels`,
    );
  }
  const fit = { labels, classWeights, seed, threads, signal };
  const { head, C } =
    kind === "mlp"
      ? { ...(await fitMlpHead(train, { ...fit, settings: mlp ?? {} })), C: null }
      : await chooseLogistic({ train, dev: undefined }, fit, { Cs });
  const y = labelIndices(labels, train.labels, "the training rows");
  const bagOfWords = await fitBagOfWords(train.texts, y, { labels });
  return {
    labels,
    predicted: argmax(predictProbabilities(head, test.vectors), labels.length),
    words: argmax(predictBagOfWords(bagOfWords, test.texts), labels.length),
    majority: majorityClass(labels, labelCounts(train.labels)),
    C,
  };
}
