import { bestCandidate, valuesOfC } from "../../classification/choice/selectC.js";
import { duplicateGroups } from "../../dataset/duplicates.js";
import { joinRows, pickRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { applyLabelMap, type LabelMap } from "../../dataset/labelMap.js";
import { labelIndices, labelSpace, project } from "../../dataset/mapLabels.js";
import { splitCorpus } from "../../dataset/split.js";
import { argmax, predictProbabilities, type Head } from "../../head/head.js";
import { fitLogistic, fitLogisticPath, type LogisticOptions } from "../../head/linear/logistic.js";
import type { Matrix } from "../../math/matrix.js";
import { scorePredictions } from "../../metrics/classification.js";
import { logLosses } from "../../metrics/logLoss.js";

/** Rows to train on, and those of the target to score on. */
export interface OwnSides {
  readonly source: LabeledVectors;
  readonly targetTrain: LabeledVectors;
  readonly target: LabeledVectors;
}

export interface HalvesOptions extends Pick<LogisticOptions, "classWeights" | "threads" | "signal"> {
  readonly seed: number;
  /** C of the heads that were trained on all rows; it is taken where there are too many rows to choose it again. */
  readonly C: { readonly ceiling: number; readonly joint: number };
  /** Values of C to choose from. @default those of a training */
  readonly Cs?: readonly number[] | undefined;
  /** All labels of the rows. */
  readonly labels: readonly string[];
  /** Of the heads' labels, for scoring: labels that it drops are not predicted. @default none */
  readonly map?: LabelMap | undefined;
}

/** Pairs of heads to train. Their variance has a relative error of `sqrt(2 / (HALVES - 1))`, which the t quantile covers. */
const HALVES = 16;
const HALVES_OF_MANY = 8;
/** Rows of source and target together; with more, C is kept and there are fewer pairs. */
const MANY_ROWS = 4000;
/** Rows of the source in one half. With more the source's draw matters less than this says. */
const MOST_SOURCE = 10_000;
/** Predictions hardly change with a finer fit. */
const TOLERANCE = 1e-3;

/**
 * Macro-F1 on the target of a head trained on source and target minus that of one trained on the target alone, for pairs of
 * heads of which each is trained on a random half of both: labels in proportion, equal texts on one side.
 *
 * Drawn without replacement, halves differ from each other as much as corpora of the full size that are drawn anew, so
 * the variance of these differences is that of the difference over draws of the training rows (the delete-half jackknife).
 * C is chosen anew in each by the other half, as long as there are few rows: its choice is part of what varies.
 *
 * @see Shao & Tu 1995, The Jackknife and Bootstrap, section 2.3 (the delete-d jackknife)
 */
export async function halfDifferences(sides: OwnSides, options: HalvesOptions): Promise<Float64Array> {
  const { source, targetTrain, target } = sides;
  const isMany = source.texts.length + targetTrain.texts.length > MANY_ROWS;
  const halves = Array.from({ length: isMany ? HALVES_OF_MANY : HALVES }, (_, h) => options.seed + h);
  const scored = labelSpace(options.labels, options.map).labels;
  const truth = labelIndices(scored, target.labels, "the target");
  const [splitSource, splitOwn] = [source, targetTrain].map((rows) => halver(rows, options.labels));
  const differences: number[] = [];
  for (const seed of halves) {
    const own = splitOwn(seed, Infinity);
    const other = splitSource(seed, MOST_SOURCE);
    const both: Halves = { half: joinRows(other.half, own.half), rest: joinRows(other.rest, own.rest) };
    const score = async (of: Halves, C: number): Promise<number> => {
      const predicted = await predictedByHalf(isMany ? { half: of.half } : of, target.vectors, {
        ...options,
        C,
        scored,
      });
      return scorePredictions(truth, predicted, scored.length).macroF1;
    };
    differences.push((await score(both, options.C.joint)) - (await score(own, options.C.ceiling)));
  }
  return Float64Array.from(differences);
}

export interface Halves {
  readonly half: LabeledVectors;
  readonly rest: LabeledVectors;
}

/** Gives random halves of the rows, the first of at most so many rows. */
export function halver(rows: LabeledVectors, labels: readonly string[]): (seed: number, most: number) => Halves {
  const y = labelIndices(labels, rows.labels, "the training rows");
  const groups = duplicateGroups(rows.texts);
  return (seed, most) => {
    const n = rows.texts.length;
    const devFraction = Math.max(0.5, 1 - most / n);
    const { train, dev } = splitCorpus(y, groups, { devFraction, maxDev: Infinity, seed });
    return { half: pickRows(rows, train), rest: pickRows(rows, dev) };
  };
}

/** Predictions, as indices into `scored`, of a head trained on the half, with C chosen by the rest where that is given. */
export async function predictedByHalf(
  { half, rest }: { readonly half: LabeledVectors; readonly rest?: LabeledVectors | undefined },
  vectors: Matrix,
  {
    C,
    labels,
    map,
    scored,
    ...how
  }: Omit<HalvesOptions, "C" | "seed"> & {
    readonly C: number;
    readonly scored: readonly string[];
  },
): Promise<Int32Array> {
  const own = labels.filter((label) => half.labels.includes(label));
  const kept = own.filter((label) => map === undefined || applyLabelMap(map, label) !== undefined);
  if (own.length < 2 || kept.length === 0)
    return new Int32Array(vectors.rows).fill(scored.indexOf(kept[0] ?? scored[0]));
  const { classWeights, threads, signal, Cs = valuesOfC(half.labels) } = how;
  const fit = { labels: own, classWeights, threads, signal, tolerance: TOLERANCE };
  const y = labelIndices(own, half.labels, "the training rows");
  const head =
    rest === undefined
      ? (await fitLogistic(half.vectors, y, { ...fit, C })).head
      : await chosenHead({ vectors: half.vectors, y }, knownRows(rest, own), { ...fit, Cs });
  const space = labelSpace(own, map, 1);
  return argmax(project(predictProbabilities(head, vectors), space), space.labels.length).map((p) =>
    scored.indexOf(space.labels[p]),
  );
}

const knownRows = (rows: LabeledVectors, labels: readonly string[]): LabeledVectors =>
  pickRows(
    rows,
    rows.labels.flatMap((label, r) => (labels.includes(label) ? [r] : [])),
  );

/** The head that serves best on the rest, by the rule of a training. */
async function chosenHead(
  { vectors, y }: { readonly vectors: Matrix; readonly y: Int32Array },
  rest: LabeledVectors,
  fit: Omit<LogisticOptions, "C"> & { readonly Cs: readonly number[] },
): Promise<Head> {
  const truth = labelIndices(fit.labels, rest.labels, "the other half");
  const tried: { head: Head; logLoss: number; macroF1: number }[] = [];
  for await (const { head } of fitLogisticPath(vectors, y, fit)) {
    const probabilities = predictProbabilities(head, rest.vectors);
    const k = fit.labels.length;
    const { macroF1 } = scorePredictions(truth, argmax(probabilities, k), k);
    const logLoss = logLosses(probabilities, truth, k).reduce((sum, loss) => sum + loss, 0);
    tried.push({ head, logLoss, macroF1 });
  }
  return tried[bestCandidate(tried)].head;
}
