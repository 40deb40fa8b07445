import { duplicateGroups } from "../../dataset/duplicates.js";
import { pickRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { foldCorpus, splitCorpus } from "../../dataset/split.js";
import { HeadstartError } from "../../errors.js";
import { count } from "../../text/numbers.js";
import { overLabels, presentLabels } from "./foldHead.js";

/** Rows that are predicted by a head which was fitted on other rows, as indices. */
interface Part {
  readonly fit: Int32Array;
  readonly held: Int32Array;
}

/** How rows are predicted by heads that have not seen them. */
export interface HeldOutPlan {
  /** Of each repeat the parts, which together hold each of `rows` once. */
  readonly repeats: readonly (readonly Part[])[];
  /** The rows that are predicted, ascending. */
  readonly rows: Int32Array;
  /** In words, behind "chosen by". */
  readonly how: string;
}

interface PlanOptions {
  readonly seed: number;
  /** Up to so many rows all of them are predicted, in folds; of more rows a tenth is. */
  readonly mostFolded: number;
  /** So that each repeat deals the rows into other folds. @default 5 up to 200 rows, 3 up to 1,000, else 1 */
  readonly repeats?: number | undefined;
}

const FOLDS = 5;
const TENTH = { devFraction: 0.1, maxDev: 5000 } as const;
/** Apart, so that the repeats of neighboring seeds have no folds in common. */
const SEED_STEP = 1_000_003;

/** Fewer rows need more repeats: the score of a single deal hangs on which rows fall together. */
const repeatsFor = (rows: number): number => (rows <= 200 ? 5 : rows <= 1000 ? 3 : 1);

/**
 * Plans held-out predictions: in five folds, dealt anew in each repeat, or of a tenth of the rows where there are many. Each
 * label is dealt in proportion, equal texts are in one part.
 *
 * @throws HeadstartError E_LABELS where the rows that are left for fitting would always have one label alone
 */
export function planHeldOut(data: Pick<LabeledVectors, "texts" | "labels">, options: PlanOptions): HeldOutPlan {
  const plan = findPlan(data, options);
  if (plan !== undefined) return plan;
  const n = data.texts.length;
  throw new HeadstartError(
    "E_LABELS",
    `${n === 1 ? "1 row is" : `${count(n)} rows are`} too few to set some aside: equal texts stay together, and what is left has one label alone. ` +
      "Give more different texts, or others to score on (--dev)",
  );
}

/** The same; undefined where the rows that are left for fitting would always have one label alone. */
export function findPlan(
  { texts, labels }: Pick<LabeledVectors, "texts" | "labels">,
  { seed, mostFolded, repeats = repeatsFor(texts.length) }: PlanOptions,
): HeldOutPlan | undefined {
  const groups = duplicateGroups(texts);
  const y = labelIndices([...new Set(labels)].sort(), labels, "the training rows");
  const plan = texts.length <= mostFolded ? inFolds(y, groups, { seed, repeats }) : tenth(y, groups, seed);
  const isLearnable = ({ fit, held }: Part): boolean => held.length > 0 && fit.some((r) => y[r] !== y[fit[0]]);
  return plan.repeats.some((parts) => parts.some(isLearnable)) ? plan : undefined;
}

/** Plans held-out predictions of a tenth of the rows, at most 5,000. @throws HeadstartError E_LABELS like planHeldOut() */
export const planTenth = (data: Pick<LabeledVectors, "texts" | "labels">, seed: number): HeldOutPlan =>
  planHeldOut(data, { seed, mostFolded: 0 });

function inFolds(
  y: Int32Array,
  groups: Int32Array,
  { seed, repeats }: { readonly seed: number; readonly repeats: number },
): HeldOutPlan {
  const rows = Int32Array.from(y.keys());
  const folds = Math.max(2, Math.min(FOLDS, new Set(groups).size));
  const times = repeats === 1 ? "" : `, ${repeats} times`;
  return {
    repeats: Array.from({ length: repeats }, (_, repeat) => {
      const fold = foldCorpus(y, groups, { folds, seed: seed + repeat * SEED_STEP });
      const side = (f: number, inside: boolean): Int32Array => rows.filter((r) => (fold[r] === f) === inside);
      const parts = Array.from({ length: folds }, (__, f) => ({ fit: side(f, false), held: side(f, true) }));
      // Many equal texts can leave a fold without any.
      return parts.filter(({ held }) => held.length > 0);
    }),
    rows,
    how: `${folds}-fold cross-validation of the ${count(y.length)} training rows${times}, equal texts in one fold`,
  };
}

function tenth(y: Int32Array, groups: Int32Array, seed: number): HeldOutPlan {
  // What a search finds is fitted on the rest alone, with all labels.
  const { train, dev } = splitCorpus(y, groups, { ...TENTH, keepInTrain: true, seed });
  return {
    repeats: [[{ fit: train, held: dev }]],
    rows: dev,
    how: `${count(dev.length)} of the ${count(y.length)} training rows, set aside for it`,
  };
}

/** What predicts the rows of a part: for each of several settings the probabilities of the labels that it was fitted on. */
type FitPart = (
  rows: LabeledVectors,
  labels: readonly string[],
) => AsyncIterable<{ readonly predict: (rows: LabeledVectors) => Float64Array }>;

interface HeldOutOptions {
  readonly labels: readonly string[];
  /** How many settings `fitPart` gives. */
  readonly settings: number;
  readonly onPart?: ((done: number, parts: number) => void) | undefined;
  /** Whether the other settings need no trial, from the probabilities of those so far; asked where there is one part. */
  readonly isEnough?: ((found: readonly Float64Array[]) => boolean) | undefined;
}

/**
 * Probabilities `[plan.rows, labels]` of each setting in each repeat.
 *
 * A head that is fitted on rows without one of the labels gives it 0; where they have one label alone, that gets 1.
 */
export async function predictHeldOut(
  data: LabeledVectors,
  plan: HeldOutPlan,
  { labels, settings, onPart, isEnough = () => false, fitPart }: HeldOutOptions & { readonly fitPart: FitPart },
): Promise<Float64Array[][]> {
  const k = labels.length;
  const place = new Int32Array(data.texts.length);
  plan.rows.forEach((row, i) => (place[row] = i));
  const found = Array.from({ length: settings }, () => plan.repeats.map(() => new Float64Array(plan.rows.length * k)));
  const parts = plan.repeats.flatMap((own, repeat) => own.map((part) => ({ part, repeat })));
  for (const [done, { part, repeat }] of parts.entries()) {
    const [fit, held] = [pickRows(data, part.fit), pickRows(data, part.held)];
    const own = presentLabels(labels, fit.labels);
    const put = (setting: number, probabilities: Float64Array): void => {
      const all = overLabels(probabilities, own, labels);
      part.held.forEach((row, r) => found[setting][repeat].set(all.subarray(r * k, (r + 1) * k), place[row] * k));
    };
    if (own.length === 1) {
      const certain = new Float64Array(part.held.length).fill(1);
      for (let setting = 0; setting < settings; setting++) put(setting, certain);
    } else {
      let setting = 0;
      for await (const { predict } of fitPart(fit, own)) {
        put(setting++, predict(held));
        if (parts.length > 1 || !isEnough(found.slice(0, setting).map(([first]) => first))) continue;
        found.length = setting;
        break;
      }
    }
    onPart?.(done + 1, parts.length);
  }
  return found;
}
