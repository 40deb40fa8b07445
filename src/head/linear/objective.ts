import { openProducts, type Floats } from "../../onnx/runtime/gemm.js";
import type { PointValue } from "../../math/lbfgs.js";
import { linearObjective } from "./linearObjective.js";
import { logitCount, logLossInto, type Targets } from "./logisticLoss.js";

/** The penalized log loss of a linear model on fixed rows. */
export interface LogisticProblem {
  /** As linearObjective() has it. */
  readonly evaluate: (C: number) => (point: Float64Array) => Promise<PointValue>;
  /** Sum of the rows' weights. */
  readonly total: number;
  /** Numbers in a point. */
  readonly size: number;
  close(): Promise<void>;
}

interface LogisticRows {
  readonly rows: number;
  readonly cols: number;
  readonly targets: Targets;
  /** Weights `[k, cols]` that the penalty pulls towards. @default zeros */
  readonly center?: Float64Array | undefined;
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
  { rows, cols, targets, center, threads }: LogisticRows,
): Promise<LogisticProblem> {
  const products = await openProducts(numbers, { rows, cols }, { threads });
  const fresh = (n: number): Floats => (numbers instanceof Float32Array ? new Float32Array(n) : new Float64Array(n));
  const k = logitCount(targets.classes);
  const total = targets.weights.reduce((sum, w) => sum + w, 0);
  const lossInto = (residuals: Floats, logits: Floats): number => logLossInto(residuals, logits, targets);
  const evaluate = (C: number) => linearObjective({ rows, cols, k, total, products, fresh, lossInto, center }, C);
  return { evaluate, total, size: k * (cols + 1), close: () => products.close() };
}
