/**
 * Log of the sum of exponentials of `logits[start .. start + k)`, exact for any finite logits.
 *
 * @see Blanchard, Higham & Higham 2021, "Accurately computing the log-sum-exp and softmax functions"
 */
export function logSumExp(logits: ArrayLike<number>, start: number, k: number): number {
  let top = -Infinity;
  for (let c = 0; c < k; c++) top = Math.max(top, logits[start + c]);
  let sum = 0;
  for (let c = 0; c < k; c++) sum += Math.exp(logits[start + c] - top);
  return top + Math.log(sum);
}

/** Softmax of `logits[start .. start + k)`, as a fresh array that sums to 1. */
export function softmax(logits: ArrayLike<number>, start: number, k: number): Float64Array {
  let top = -Infinity;
  for (let c = 0; c < k; c++) top = Math.max(top, logits[start + c]);
  const result = new Float64Array(k);
  let sum = 0;
  for (let c = 0; c < k; c++) sum += result[c] = Math.exp(logits[start + c] - top);
  for (let c = 0; c < k; c++) result[c] /= sum;
  return result;
}

/** log(1 + exp(x)) without overflow. */
export const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));

/** 1 / (1 + exp(-x)) without overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}
