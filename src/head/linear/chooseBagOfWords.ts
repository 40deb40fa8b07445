import { duplicateGroups } from "../../dataset/duplicates.js";
import { foldCorpus } from "../../dataset/split.js";
import { seeded, shuffled } from "../../math/random.js";
import { logLosses } from "../../metrics/logLoss.js";
import { rowWeights } from "../fitData.js";
import { fitBagOfWords, fitBagsOfWords, predictSparse, type BagOfWords, type BagOfWordsRows } from "./bagOfWords.js";
import { sparseRows, type SparseRows } from "./sparseRows.js";
import { TEXT_FEATURES, type TextFeatures } from "./textFeatures.js";
import { logitCount } from "./logisticLoss.js";

export interface ChooseBagOfWordsOptions extends BagOfWordsRows {
  /** @default 1 */
  readonly seed?: number | undefined;
}

/** Texts with their label indices. */
interface LabeledTexts {
  readonly texts: readonly string[];
  readonly y: Int32Array;
}

interface Choice {
  readonly features: TextFeatures;
  readonly C: number;
}

const FOLDS = 3;
/** Values of C, from strong to weak regularization. */
const C_VALUES = [0.3, 1, 3, 10, 30, 100, 300];
/** Where there is nothing to choose by. */
const DEFAULT_CHOICE: Choice = { features: "words", C: 4 };
/** Rows to choose by: more change the choice rarely and cost time. */
const MOST_ROWS = 4000;
/** Characters times logits above which their runs, several for each, take too long to fit. */
const MOST_CHARACTERS = 30_000_000;

/**
 * Fits the baseline with the features and the C that have the least log loss, weighted like the fit, in cross-validation
 * on the training texts alone: of at most 4,000 of them, stratified, equal texts in one fold.
 *
 * @param y  label index of every text
 */
export async function chooseBagOfWords(
  texts: readonly string[],
  y: Int32Array,
  { seed = 1, ...options }: ChooseBagOfWordsOptions,
): Promise<BagOfWords> {
  return fitBagOfWords(texts, y, { ...options, ...(await choose({ texts, y }, { seed, ...options })) });
}

async function choose(all: LabeledTexts, options: BagOfWordsRows & { readonly seed: number }): Promise<Choice> {
  const rows = shuffled(all.texts.length, seeded(options.seed)).slice(0, MOST_ROWS).sort();
  const sample = pick(all, rows);
  const groups = duplicateGroups(sample.texts);
  const fold = foldCorpus(sample.y, groups, { folds: FOLDS, seed: options.seed });
  if (new Set(groups).size < FOLDS) return DEFAULT_CHOICE;
  let best = { ...DEFAULT_CHOICE, loss: Infinity };
  for (const features of candidates(all, options)) {
    for (const { C, loss } of await crossValidated(sample, fold, { ...options, features })) {
      if (loss < best.loss) best = { features, C, loss };
    }
  }
  return { features: best.features, C: best.C };
}

function candidates({ texts }: LabeledTexts, { labels }: BagOfWordsRows): readonly TextFeatures[] {
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  const fits = characters * logitCount(labels.length) <= MOST_CHARACTERS;
  return TEXT_FEATURES.filter((features) => fits || features !== "characters");
}

/** Mean log loss over the folds for values of C, up to the first that is worse than the one before. */
async function crossValidated(
  sample: LabeledTexts,
  fold: Int32Array,
  options: BagOfWordsRows & { readonly features: TextFeatures },
): Promise<{ readonly C: number; readonly loss: number }[]> {
  const weights = rowWeights(sample.y, options);
  const runs = Array.from({ length: FOLDS }, (_, f) => {
    const rows = Int32Array.from(fold.keys());
    const at = rows.filter((r) => fold[r] === f);
    const train = pick(
      sample,
      rows.filter((r) => fold[r] !== f),
    );
    const bags = fitBagsOfWords(train.texts, train.y, { ...options, Cs: C_VALUES });
    return { at, test: pick(sample, at), bags, rows: undefined as SparseRows | undefined };
  });
  const scores: { C: number; loss: number }[] = [];
  for (const C of C_VALUES) {
    let loss = 0;
    for (const run of runs) {
      const bag: BagOfWords = (await run.bags.next()).value;
      run.rows ??= sparseRows(run.test.texts, bag);
      const losses = logLosses(predictSparse(bag, run.rows), run.test.y, options.labels.length);
      run.at.forEach((r, i) => (loss += weights[r] * losses[i]));
    }
    scores.push({ C, loss });
    if (scores.length > 1 && loss > scores[scores.length - 2].loss) break;
  }
  return scores;
}

const pick = ({ texts, y }: LabeledTexts, rows: Int32Array): LabeledTexts => ({
  texts: Array.from(rows, (r) => texts[r]),
  y: rows.map((r) => y[r]),
});
