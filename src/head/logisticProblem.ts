import { openProducts, type Floats } from "../onnx/products.js";
import type { Evaluated } from "./lbfgs.js";
import { logitCount, logLossInto, type Targets } from "./logisticLoss.js";

/** The penalised log loss of a linear model on fixed rows. */
export interface LogisticProblem {
  /**
   * Mean objective and its gradient at a point (weights `[k, width]`, then biases `[k]`): the objective
   * `strength * sum of weighted losses + |W|^2 / 2`, divided by strength and by the sum of the rows' weights.
   */
  readonly evaluate: (strength: number) => (point: Float64Array) => Promise<Evaluated>;
  /** Sum of the rows' weights. */
  readonly total: number;
  /** Numbers in a point. */
  readonly size: number;
  close(): Promise<void>;
}

export interface LogisticRows {
  readonly rows: number;
  readonly cols: number;
  readonly targets: Targets;
  /** Threads of a product. @default as many as the machine has cores */
  readonly threads?: number | undefined;
}

/**
 * Opens the problem in the precision of `numbers`: losses and penalty are summed in float64, products run in that
 * precision.
 *
 * @param numbers  `[rows, cols]`, row-major; not written
 */
export async function openLogisticProblem(
  numbers: Floats,
  { rows, cols, targets, threads }: LogisticRows,
): Promise<LogisticProblem> {
  const products = await openProducts(numbers, { rows, cols }, threads === undefined ? {} : { threads });
  const fresh = (n: number): Floats => (numbers instanceof Float32Array ? new Float32Array(n) : new Float64Array(n));
  const k = logitCount(targets.labels);
  const total = targets.weights.reduce((sum, w) => sum + w, 0);
  const residuals = fresh(rows * k);
  const weights = fresh(k * cols);
  const evaluate =
    (strength: number) =>
    async (point: Float64Array): Promise<Evaluated> => {
      weights.set(point.subarray(0, k * cols));
      const logits = await products.forward(weights, k);
      for (let r = 0, at = 0; r < rows; r++) for (let c = 0; c < k; c++, at++) logits[at] += point[k * cols + c];
      const loss = logLossInto(residuals, logits, targets);
      const slopes = await products.backward(residuals, k);
      const gradient = new Float64Array(point.length);
      const penalty = 1 / (strength * total);
      let norm = 0;
      for (let i = 0; i < k * cols; i++) {
        norm += point[i] * point[i];
        gradient[i] = slopes[i] / total + penalty * point[i];
      }
      for (let at = 0; at < residuals.length; at++) gradient[k * cols + (at % k)] += residuals[at] / total;
      return { value: loss / total + (penalty * norm) / 2, gradient };
    };
  return { evaluate, total, size: k * (cols + 1), close: () => products.close() };
}
