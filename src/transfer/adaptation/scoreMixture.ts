import { inverse, Matrix as Square } from "ml-matrix";
import type { DevPredictions } from "../../head/devPredictions.js";

/** What the scores of rows without labels say of their labels, if they are those of known rows, moved. */
export interface ScoreMixture {
  /** Estimated share of each label. */
  readonly shares: Float64Array;
  /** By how much the log odds of each label against the first have moved, `[labels - 1]`. */
  readonly shift: Float64Array;
  /** Estimated probability of each label for each row, `[rows, labels]`. */
  readonly belongs: Float64Array;
}

/** A probability is taken to be no smaller, so that its logarithm is a number. */
const LEAST_PROBABILITY = 1e-9;
/** Of the mean variance, added to each. */
const RIDGE = 1e-6;
const MOST_ROUNDS = 300;
const CLOSE = 1e-5;

/** Log odds of each label against the first, `[rows, labels - 1]`. */
export function logOdds(probabilities: Float64Array, classes: number): Float64Array {
  const rows = probabilities.length / classes;
  const logarithm = (at: number): number => Math.log(Math.max(LEAST_PROBABILITY, probabilities[at]));
  return Float64Array.from({ length: rows * (classes - 1) }, (_, i) => {
    const [r, c] = [Math.floor(i / (classes - 1)), (i % (classes - 1)) + 1];
    return logarithm(r * classes + c) - logarithm(r * classes);
  });
}

/**
 * Fits the scores of rows without labels as a mixture of one normal distribution a label: the means of the labels stand to
 * each other as on rows whose labels are known and move together, the covariance is one for all labels. Shares, move and
 * covariance are those that make the scores most likely (expectation maximization).
 *
 * Where the labels are seen as separate groups of scores, this distinguishes a domain that moves all scores from one with
 * other shares of the labels, which centering cannot.
 *
 * @param known   how a head predicts rows that it has not seen
 * @param scores  log odds that it gives the others, `[rows, labels - 1]`
 */
export function fitScoreMixture(known: DevPredictions, scores: Float64Array): ScoreMixture {
  const { classes } = known;
  const width = classes - 1;
  const rows = scores.length / width;
  const groups = labelGroups(known);
  const mean = meanOf(scores, width);
  let shares = groups.shares;
  let shift = new Float64Array(width);
  let { covariance } = groups;
  let belongs = new Float64Array(rows * classes);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    belongs = expectations(scores, { means: groups.means, shift, shares, covariance, classes });
    const nextShares = columnShares(belongs, classes);
    const nextShift = mean.map((m, d) => m - groups.means.reduce((sum, own, c) => sum + nextShares[c] * own[d], 0));
    covariance = withinCovariance(scores, belongs, { means: groups.means, shift: nextShift });
    const moved = Math.max(
      ...nextShares.map((share, c) => Math.abs(share - shares[c])),
      ...nextShift.map((value, d) => Math.abs(value - shift[d])),
    );
    [shares, shift] = [nextShares, nextShift];
    if (moved < CLOSE) break;
  }
  return { shares, shift, belongs };
}

interface Groups {
  /** Mean scores of each label, `[labels][labels - 1]`. */
  readonly means: readonly Float64Array[];
  readonly shares: Float64Array;
  /** Within the labels. */
  readonly covariance: Square;
}

function labelGroups({ classes, probabilities, truth }: DevPredictions): Groups {
  const scores = logOdds(probabilities, classes);
  const width = classes - 1;
  const belongs = new Float64Array(truth.length * classes);
  truth.forEach((label, r) => (belongs[r * classes + label] = 1));
  const shares = columnShares(belongs, classes);
  const means = Array.from({ length: classes }, (_, c) => {
    const sums = new Float64Array(width);
    truth.forEach((label, r) => {
      if (label === c) for (let d = 0; d < width; d++) sums[d] += scores[r * width + d];
    });
    return sums.map((sum) => sum / (shares[c] * truth.length));
  });
  return { means, shares, covariance: withinCovariance(scores, belongs, { means, shift: new Float64Array(width) }) };
}

interface Mixture extends Groups {
  readonly shift: Float64Array;
  readonly classes: number;
}

function expectations(
  scores: Float64Array,
  { means, shift, shares, covariance, classes }: Mixture,
): Float64Array<ArrayBuffer> {
  const width = classes - 1;
  const rows = scores.length / width;
  const precision = inverse(covariance).to2DArray();
  const result = new Float64Array(rows * classes);
  const difference = new Float64Array(width);
  const logs = new Float64Array(classes);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < classes; c++) {
      for (let d = 0; d < width; d++) difference[d] = scores[r * width + d] - means[c][d] - shift[d];
      let distance = 0;
      for (let a = 0; a < width; a++)
        for (let b = 0; b < width; b++) distance += difference[a] * precision[a][b] * difference[b];
      logs[c] = Math.log(Math.max(LEAST_PROBABILITY, shares[c])) - distance / 2;
    }
    const most = Math.max(...logs);
    const sum = logs.reduce((all, log) => all + Math.exp(log - most), 0);
    for (let c = 0; c < classes; c++) result[r * classes + c] = Math.exp(logs[c] - most) / sum;
  }
  return result;
}

function withinCovariance(
  scores: Float64Array,
  belongs: Float64Array,
  { means, shift }: Pick<Mixture, "means" | "shift">,
): Square {
  const [classes, width] = [means.length, shift.length];
  const rows = belongs.length / classes;
  const sums = Square.zeros(width, width);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < classes; c++) {
      const weight = belongs[r * classes + c] / rows;
      const difference = Float64Array.from(shift, (move, d) => scores[r * width + d] - means[c][d] - move);
      for (let a = 0; a < width; a++)
        for (let b = 0; b < width; b++) sums.set(a, b, sums.get(a, b) + weight * difference[a] * difference[b]);
    }
  }
  const ridge = RIDGE * (sums.trace() / width) || RIDGE;
  return sums.add(Square.eye(width).mul(ridge));
}

const meanOf = (scores: Float64Array, width: number): Float64Array<ArrayBuffer> => {
  const sums = new Float64Array(width);
  scores.forEach((score, at) => (sums[at % width] += score));
  return sums.map((sum) => (sum * width) / scores.length);
};

function columnShares(belongs: Float64Array, classes: number): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(classes);
  belongs.forEach((weight, at) => (sums[at % classes] += weight));
  return sums.map((sum) => (sum * classes) / belongs.length);
}
