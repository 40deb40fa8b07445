import { openProducts, type Floats } from "../../onnx/runtime/gemm.js";
import { logitCount, type Targets } from "./logisticLoss.js";

/** What is known of a linear model's curvature before a fit: the mean of the outer products of its rows. */
interface Curvature {
  /** `[width + 1, width + 1]`, row-major, the last column being the constant 1 of the bias. */
  readonly gram: Float64Array;
  readonly width: number;
}

/** Rows looked at for each column: the estimate of every direction is then good to about a quarter. */
const ROWS_PER_COLUMN = 16;
/** Of the mean diagonal: what float32 sums are unsure of, so that no direction counts as flat. */
const JITTER = 1e-6;

/**
 * The curvature from evenly spread rows, weighted; float32 is enough for an estimate.
 *
 * @param numbers  `[rows, cols]`, row-major; not written
 */
export async function measureCurvature(
  numbers: Floats,
  { rows, cols, targets, threads }: { rows: number; cols: number; targets: Targets; threads?: number | undefined },
): Promise<Curvature> {
  const width = cols + 1;
  const count = Math.min(rows, ROWS_PER_COLUMN * width);
  const sample = new Float32Array(count * width);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const r = Math.floor((i * rows) / count);
    const root = Math.sqrt(targets.weights[r]);
    total += targets.weights[r];
    for (let c = 0; c < cols; c++) sample[i * width + c] = root * numbers[r * cols + c];
    sample[i * width + cols] = root;
  }
  const products = await openProducts(sample, { rows: count, cols: width }, { threads });
  const sums = await products.backward(sample, width);
  await products.close();
  const scale = 1 / Math.max(total, Number.MIN_VALUE);
  return { gram: Float64Array.from(sums, (sum) => sum * scale), width: cols };
}

/**
 * Multiplies, in place, by the inverse of an estimate of the Hessian of the mean objective: for each of the k logits
 * `share * gram`, plus the penalty on the weights.
 *
 * With it L-BFGS starts out from steps that are right in every direction, not only in the steepest.
 *
 * @param penalty  1 / (C * total weight of the rows)
 * @returns undefined where the estimate is no positive definite matrix, such as with numbers near the end of float32
 * @see Böhning 1992, "Multinomial logistic regression algorithm" (the bound on the Hessian that this estimate follows)
 */
export function preconditioner(
  { gram, width }: Curvature,
  { classes, penalty }: { readonly classes: number; readonly penalty: number },
): ((point: Float64Array) => void) | undefined {
  const n = width + 1;
  const k = logitCount(classes);
  const share = k === 1 ? 0.25 : 1 / k;
  const hessian = gram.map((g) => share * g);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += hessian[i * n + i];
  for (let i = 0; i < n; i++) hessian[i * n + i] += (JITTER * trace) / n + (i < width ? penalty : 0);
  if (!choleskyInPlace(hessian, n)) return undefined;
  const vector = new Float64Array(n);
  return (point) => {
    for (let c = 0; c < k; c++) {
      vector.set(point.subarray(c * width, (c + 1) * width));
      vector[width] = point[k * width + c];
      solveInPlace(hessian, vector);
      point.set(vector.subarray(0, width), c * width);
      point[k * width + c] = vector[width];
    }
  };
}

/** Writes the lower factor L of L L' = `a` `[n, n]` over it; false where `a` is not positive definite. */
export function choleskyInPlace(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let t = 0, p = i * n, q = j * n; t < j; t++, p++, q++) sum -= a[p] * a[q];
      if (i !== j) a[i * n + j] = sum / a[j * n + j];
      else if (sum > 0 && sum < Infinity) a[i * n + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** Solves L L' x = `b` in place, with the lower factor `l` `[n, n]`. */
export function solveInPlace(l: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let j = 0, at = i * n; j < i; j++, at++) sum -= l[at] * b[j];
    b[i] = sum / l[i * n + i];
  }
  // By columns of L', which are rows of L, so that memory is read in order.
  for (let i = n - 1; i >= 0; i--) {
    const x = (b[i] /= l[i * n + i]);
    for (let j = 0, at = i * n; j < i; j++, at++) b[j] -= x * l[at];
  }
}
