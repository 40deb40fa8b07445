/** Numbers that are learnt, and the optimizer's memory of their slopes. */
export interface Parameter {
  readonly values: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** Whether weight decay pulls it to zero; biases and transitions are left alone. */
  readonly decays: boolean;
}

/** @param values  not copied: steps are written to it, also where it is a view of a larger array */
export const parameter = (values: Float32Array, { decays }: { readonly decays: boolean }): Parameter => ({
  values,
  first: new Float32Array(values.length),
  second: new Float32Array(values.length),
  decays,
});

export interface Step {
  /** Counted from 1. */
  readonly number: number;
  readonly learningRate: number;
  /** Share of a number that a step takes away, times the rate. */
  readonly weightDecay: number;
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/**
 * One step of AdamW on the numbers `[from, from + slopes.length)`; writes `parameter`. Rows of a table that a batch does
 * not touch are left out by the caller: their memory then waits too.
 *
 * @see Loshchilov & Hutter 2019, algorithm 2: https://arxiv.org/abs/1711.05101
 */
export function adamwInto(
  { values, first, second, decays }: Parameter,
  slopes: ArrayLike<number>,
  { number, learningRate, weightDecay, from = 0 }: Step & { readonly from?: number },
): void {
  // The corrections for starting at zero, folded into the rate and into epsilon.
  const root = Math.sqrt(1 - BETA2 ** number);
  const [rate, epsilon] = [(learningRate * root) / (1 - BETA1 ** number), EPSILON * root];
  const shrink = decays ? 1 - learningRate * weightDecay : 1;
  for (let i = 0, at = from; i < slopes.length; i++, at++) {
    const slope = slopes[i];
    const m = (first[at] = BETA1 * first[at] + (1 - BETA1) * slope);
    const v = (second[at] = BETA2 * second[at] + (1 - BETA2) * slope * slope);
    values[at] = values[at] * shrink - (rate * m) / (Math.sqrt(v) + epsilon);
  }
}
