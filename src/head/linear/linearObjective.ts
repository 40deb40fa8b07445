import type { Floats, Products } from "../../onnx/runtime/gemm.js";
import type { PointValue } from "../../math/lbfgs.js";

/** Rows of a linear model as its fit sees them. */
export interface LinearRows {
  readonly rows: number;
  readonly cols: number;
  /** Logits of a row. */
  readonly k: number;
  /** Sum of the rows' weights. */
  readonly total: number;
  /** The two products with the rows. */
  readonly products: Pick<Products, "forward" | "backward">;
  /** Numbers in the precision of the products. */
  readonly fresh: (length: number) => Floats;
  /** Weights `[k, cols]` that the penalty pulls towards. @default zeros */
  readonly center?: Float64Array | undefined;
  /** Loss of logits `[rows, k]`, summed over the rows in float64; writes its derivative into `residuals` `[rows, k]`. */
  readonly lossInto: (residuals: Floats, logits: Floats) => number;
}

/**
 * Mean objective and its gradient at a point (weights `[k, cols]`, then biases `[k]`): `C * summed loss +
 * |W - center|^2 / 2`, divided by C and by the sum of the rows' weights. Biases are not penalized.
 */
export function linearObjective(
  { rows, cols, k, total, products, fresh, lossInto, center }: LinearRows,
  C: number,
): (point: Float64Array) => Promise<PointValue> {
  const residuals = fresh(rows * k);
  const weights = fresh(k * cols);
  const penalty = 1 / (C * total);
  return async (point) => {
    weights.set(point.subarray(0, k * cols));
    const logits = await products.forward(weights, k);
    for (let r = 0, at = 0; r < rows; r++) for (let c = 0; c < k; c++, at++) logits[at] += point[k * cols + c];
    const loss = lossInto(residuals, logits);
    const gradients = await products.backward(residuals, k);
    const gradient = new Float64Array(point.length);
    let norm = 0;
    for (let i = 0; i < k * cols; i++) {
      const away = center === undefined ? point[i] : point[i] - center[i];
      norm += away * away;
      gradient[i] = gradients[i] / total + penalty * away;
    }
    for (let r = 0, at = 0; r < rows; r++) for (let c = 0; c < k; c++, at++) gradient[k * cols + c] += residuals[at];
    for (let c = 0; c < k; c++) gradient[k * cols + c] /= total;
    return { value: loss / total + (penalty * norm) / 2, gradient };
  };
}
