import { valuesOfC } from "../../classification/choice/selectC.js";
import { holdOut, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { predictProbabilities, type Calibrated, type LogisticHead } from "../../head/head.js";
import { fitLogistic, type LogisticOptions } from "../../head/linear/logistic.js";
import { fitStandardizer, standardize } from "../../head/standardize.js";
import { matrix, stackRows, type Matrix } from "../../math/matrix.js";
import { logLosses } from "../../metrics/logLoss.js";

type Linear = LogisticHead & Calibrated;
type How = Pick<LogisticOptions, "classWeights" | "threads" | "signal"> & { readonly seed?: number | undefined };

/** Share of the target's labeled rows that C is chosen on. */
const CHOSEN_ON = 0.3;

/**
 * The head fitted on labeled rows of the target, starting from the source's and pulled towards it (L2-SP). How strongly is
 * chosen on a part of these rows.
 *
 * @see Li, Grandvalet & Davoine 2018: https://arxiv.org/abs/1802.01483
 */
export function startedFromSource(head: Linear, own: LabeledVectors, how: How): Promise<Linear> {
  return chosenByRows(head, own, how, async (rows, C) => {
    const y = labelIndices(head.labels, rows.labels, "the target's training rows");
    return (await fitLogistic(rows.vectors, y, { ...options(head, how), C, startFrom: head })).head;
  });
}

/**
 * The head for the target of two that share what they can: every row counts for weights that both domains have, and again for
 * those of its own domain alone.
 *
 * @see Daumé 2007, Frustratingly easy domain adaptation: https://arxiv.org/abs/0907.1815
 */
export function easyAdapted(
  head: Linear,
  { source, own }: { readonly source: LabeledVectors; readonly own: LabeledVectors },
  how: How,
): Promise<Linear> {
  return chosenByRows(head, own, how, async (rows, C) => {
    const standardizer = fitStandardizer(stackRows(source.vectors.cols, [source.vectors, rows.vectors]));
    const tripled = stackRows(3 * source.vectors.cols, [
      inBlocks(standardize(source.vectors, standardizer), 1),
      inBlocks(standardize(rows.vectors, standardizer), 2),
    ]);
    const y = labelIndices(head.labels, [...source.labels, ...rows.labels], "the training rows");
    const { head: fitted } = await fitLogistic(tripled, y, { ...options(head, how), C, standardize: false });
    return { ...fitted, standardizer, weights: ofTarget(fitted.weights) };
  });
}

const options = ({ labels }: Linear, { classWeights, threads, signal }: How) => ({
  labels,
  classWeights,
  threads,
  signal,
  tolerance: 1e-4,
});

/** Each row twice, in the first block of three and in another; the third is zeros. */
function inBlocks({ rows, cols, data }: Matrix, own: 1 | 2): Matrix {
  const result = matrix(rows, 3 * cols);
  for (let r = 0; r < rows; r++) {
    const values = data.subarray(r * cols, (r + 1) * cols);
    for (const block of [0, own]) result.data.set(values, (r * 3 + block) * cols);
  }
  return result;
}

/** What the shared weights and those of the target add up to. */
function ofTarget({ rows, cols, data }: Matrix): Matrix {
  const width = cols / 3;
  const sums = Float32Array.from({ length: rows * width }, (_, at) => {
    const [k, d] = [Math.floor(at / width), at % width];
    return data[k * cols + d] + data[k * cols + 2 * width + d];
  });
  return matrix(rows, width, sums);
}

/**
 * The head by the C that serves best on a part of the target's rows, fitted on all of them; its calibration stays. Without rows
 * it is the head as it was.
 */
async function chosenByRows(
  head: Linear,
  own: LabeledVectors,
  { seed = 1 }: How,
  fit: (rows: LabeledVectors, C: number) => Promise<LogisticHead>,
): Promise<Linear> {
  if (own.texts.length === 0) return head;
  const { train, dev } = holdOut(own, { devFraction: CHOSEN_ON, keepInTrain: true, seed });
  const truth = labelIndices(head.labels, dev.labels, "the target's training rows");
  let best = { C: NaN, loss: Infinity };
  for (const C of valuesOfC(train.labels)) {
    const probabilities = predictProbabilities(await fit(train, C), dev.vectors);
    const loss = logLosses(probabilities, truth, head.labels.length).reduce((sum, one) => sum + one, 0);
    if (loss < best.loss) best = { C, loss };
  }
  return { ...head, ...(await fit(own, best.C)) };
}
