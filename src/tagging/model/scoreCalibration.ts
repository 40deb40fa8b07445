import { minimize } from "../../math/lbfgs.js";

/**
 * How an entity's score becomes the probability that it is right: `1 / (1 + exp(-(shift + a ln(s) - b ln(1 - s))))`, with a
 * and b above 0, so that of two scores the higher stays the higher. With a = b = 1 and no shift every score stays as it is.
 *
 * @see Kull, Silva Filho & Flach 2017 (beta calibration): https://proceedings.mlr.press/v54/kull17a.html
 */
export interface ScoreCalibration {
  readonly a: number;
  readonly b: number;
  readonly shift: number;
}

/** The scores of entities, and whether each is right. */
export interface JudgedScores {
  readonly scores: Float64Array;
  /** 1 for right, 0 for wrong. */
  readonly right: Uint8Array;
}

/** Nearer to 0 and 1 a score is what rounding left of it. */
const NEAREST = 1e-9;

const clamped = (score: number): number => Math.min(1 - NEAREST, Math.max(NEAREST, score));

/** The probability that an entity with this score, in [0, 1], is right. */
export function calibratedScore({ a, b, shift }: ScoreCalibration, score: number): number {
  const s = clamped(score);
  return sigmoid(shift + a * Math.log(s) - b * Math.log1p(-s));
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** ln(1 + exp(x)), for any x. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * The calibration under which it is most probable that those are right that are: the shift, ln(a) and ln(b) have normal
 * priors about 0 with a standard deviation of 1, so that few entities change the scores little, and none nothing.
 */
export async function fitScoreCalibration({ scores, right }: JudgedScores): Promise<ScoreCalibration> {
  const [up, down] = [scores.map((s) => Math.log(clamped(s))), scores.map((s) => -Math.log1p(-clamped(s)))];
  const { point } = await minimize((at) => Promise.resolve(lossAt(at, { up, down, right })), new Float64Array(3), {
    tolerance: 1e-7 * Math.max(1, scores.length),
  });
  return { shift: point[0], a: Math.exp(point[1]), b: Math.exp(point[2]) };
}

interface Logs {
  readonly up: Float64Array;
  readonly down: Float64Array;
  readonly right: Uint8Array;
}

/** Log loss, summed, with the priors', at `[shift, ln a, ln b]`. */
function lossAt([shift, lnA, lnB]: Float64Array, { up, down, right }: Logs): { value: number; gradient: Float64Array } {
  const [a, b] = [Math.exp(lnA), Math.exp(lnB)];
  let value = (shift ** 2 + lnA ** 2 + lnB ** 2) / 2;
  const gradient = Float64Array.of(shift, lnA, lnB);
  for (let i = 0; i < right.length; i++) {
    const x = shift + a * up[i] + b * down[i];
    const error = sigmoid(x) - right[i];
    value += softplus(x) - right[i] * x;
    gradient[0] += error;
    gradient[1] += error * a * up[i];
    gradient[2] += error * b * down[i];
  }
  return { value, gradient };
}
