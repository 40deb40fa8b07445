import { HeadstartError } from "../../errors.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import { sigmoid, softplus } from "../../math/softmax.js";
import { openProducts, type Floats } from "../../onnx/runtime/gemm.js";
import { linearLogits } from "../head.js";
import { minimize } from "../../math/lbfgs.js";
import { linearObjective, type LinearRows } from "./linearObjective.js";
import { fitStandardizer, refuseNonFinite, standardize, type Standardizer } from "../standardize.js";
import { withDefaults } from "../../defaults.js";

/** A head that predicts any number of labels: one logistic model for each, on the same standardized vectors. */
export interface MultiLabelHead {
  readonly kind: "multi-label";
  readonly labels: readonly string[];
  readonly standardizer: Standardizer;
  /** `[labels, width]` */
  readonly weights: Matrix;
  /** `[labels]` */
  readonly bias: Float32Array;
  /** Probability from which each label is predicted. */
  readonly thresholds: Float64Array;
}

interface MultiLabelOptions {
  readonly labels: readonly string[];
  /** Weights of the data against the penalty, scikit-learn's C, in the order in which they are fitted. */
  readonly Cs: readonly number[];
  /** Stops when no element of the mean objective's gradient is larger. @default 1e-4 */
  readonly tolerance?: number | undefined;
  /** @default 500 */
  readonly maxIterations?: number | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FittedMultiLabel {
  /** Its thresholds are all 0.5. */
  readonly head: MultiLabelHead;
  readonly C: number;
  readonly iterations: number;
  readonly converged: boolean;
}

const DEFAULTS = { tolerance: 1e-4, maxIterations: 500 } as const;

/**
 * Fits one-vs-rest logistic models, one set for each value of C, each started from the one before.
 *
 * The models of all labels share their products with the rows: their objectives are added up and minimized together,
 * which has the minimum that each would reach alone.
 *
 * @param x  `[rows, width]`; not written
 * @param y  `[rows, classes]`, 1 where the row has the label
 * @throws HeadstartError E_NOT_FINITE, E_SHAPE
 */
export async function* fitMultiLabelPath(
  x: Matrix,
  y: Uint8Array,
  options: MultiLabelOptions,
): AsyncGenerator<FittedMultiLabel> {
  const { labels, Cs, tolerance, maxIterations, threads, signal } = withDefaults(DEFAULTS, options);
  const k = labels.length;
  if (y.length !== x.rows * k || x.rows === 0) {
    throw new HeadstartError("E_SHAPE", `Cannot fit a head: ${x.rows} vectors but ${y.length} marks of ${k} labels`);
  }
  refuseNonFinite(x, "Cannot fit a head on these vectors");
  const standardizer = fitStandardizer(x);
  const { rows: total, cols } = x;
  const products = await openProducts(standardize(x, standardizer).data, x, { threads });
  const rows: LinearRows = {
    rows: total,
    cols,
    k,
    total,
    products,
    fresh: (n) => new Float32Array(n),
    lossInto: (residuals, logits) => marksLossInto(residuals, logits, y),
  };
  try {
    let point: Float64Array = new Float64Array(k * (cols + 1));
    for (const C of Cs) {
      const best = await minimize(linearObjective(rows, C), point, {
        tolerance,
        maxIterations,
        signal,
      });
      point = best.point;
      const head: MultiLabelHead = {
        kind: "multi-label",
        labels: [...labels],
        standardizer,
        weights: matrix(k, cols, Float32Array.from(point.subarray(0, k * cols))),
        bias: Float32Array.from(point.subarray(k * cols)),
        thresholds: new Float64Array(k).fill(0.5),
      };
      yield { head, C, iterations: best.iterations, converged: best.converged };
    }
  } finally {
    await products.close();
  }
}

/** Binary log losses of all labels, `y` being 1 where a row has a label, summed; writes their derivative. */
function marksLossInto(residuals: Floats, logits: Floats, y: Uint8Array): number {
  let loss = 0;
  for (let at = 0; at < y.length; at++) {
    loss += softplus(y[at] === 1 ? -logits[at] : logits[at]);
    residuals[at] = sigmoid(logits[at]) - y[at];
  }
  return loss;
}

/** Probability of every label for every row, `[rows, classes]`, each by itself; a row's do not depend on other rows. */
export function multiLabelProbabilities(head: MultiLabelHead, x: Matrix): Float64Array {
  const { weights, bias, standardizer } = head;
  if (x.cols !== weights.cols) {
    throw new HeadstartError(
      "E_SHAPE",
      `The head takes vectors of ${weights.cols} numbers, not ${x.cols}. Use the encoder that it was trained with`,
    );
  }
  refuseNonFinite(x, "Cannot predict from these vectors");
  return linearLogits({ weights, bias, standardizer }, x).map(sigmoid);
}

/** `[rows, classes]`, 1 where a label reaches its threshold. */
export const marksOf = (probabilities: Float64Array, { thresholds }: Pick<MultiLabelHead, "thresholds">): Uint8Array =>
  Uint8Array.from(probabilities, (p, at) => (p >= thresholds[at % thresholds.length] ? 1 : 0));
