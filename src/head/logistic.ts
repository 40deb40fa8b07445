import { HeadstartError } from "../errors.js";
import { matrix, type Matrix } from "../math/matrix.js";
import { openProducts, type Floats, type Products } from "../onnx/products.js";
import type { LogisticHead } from "./head.js";
import { minimize, type Evaluated, type Minimum } from "./lbfgs.js";
import { balancedWeights, logitCount, logLossInto, type Targets } from "./logisticLoss.js";
import { fitStandardizer, refuseNonFinite, standardize, type Standardizer } from "./standardize.js";

export interface LogisticOptions {
  /** Names of the label indices in `y`. */
  readonly labels: readonly string[];
  /** Weight of the data against the penalty, scikit-learn's C: larger fits closer. @default 1 */
  readonly strength?: number;
  /** `balanced` gives every label the same total weight. @default "none" */
  readonly classWeights?: "none" | "balanced";
  /** Weight of every row, on top of the class weights. @default 1 each */
  readonly sampleWeights?: Float64Array;
  /** Bring columns to mean 0 and deviation 1 first, inside the head. @default true */
  readonly standardize?: boolean;
  /** Stops when no element of the mean objective's gradient is larger. @default 1e-5 */
  readonly tolerance?: number;
  /** @default 1000 */
  readonly maxIterations?: number;
  /** Threads of a product. @default as many as the machine has cores */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

export interface FittedLogistic {
  readonly head: LogisticHead;
  readonly strength: number;
  /** `strength * sum of weighted losses + |W|^2 / 2` at the end. */
  readonly objective: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Mean objective after each iteration. */
  readonly history: readonly number[];
}

const DEFAULTS = {
  strength: 1,
  classWeights: "none",
  standardize: true,
  tolerance: 1e-5,
  maxIterations: 1000,
} as const;

/**
 * Fits a logistic head: L2 penalty, intercept not penalised, by L-BFGS.
 *
 * The objective is scikit-learn's, strength times the summed log loss plus half the squared norm of the weights; with two
 * labels it has one logit, as there. Products run in float32 on onnxruntime; where those cannot reach the tolerance the
 * end is polished in float64.
 *
 * @param x  `[rows, width]`; not written
 * @param y  label index of every row
 * @throws HeadstartError E_NOT_FINITE, E_SHAPE, or E_LABELS when fewer than two labels occur
 */
export async function fitLogistic(x: Matrix, y: Int32Array, options: LogisticOptions): Promise<FittedLogistic> {
  for await (const fitted of fitLogisticPath(x, y, { ...options, strengths: [options.strength ?? DEFAULTS.strength] }))
    return fitted;
  throw new RangeError("no strength to fit");
}

/** Fits one head per strength, in the given order, each started from the one before. */
export async function* fitLogisticPath(
  x: Matrix,
  y: Int32Array,
  options: Omit<LogisticOptions, "strength"> & { readonly strengths: readonly number[] },
): AsyncGenerator<FittedLogistic> {
  checkData(x, y, options.labels);
  const o = { ...DEFAULTS, ...options };
  const labels = o.labels.length;
  const weights = rowWeights(y, labels, o);
  const standardizer = o.standardize ? fitStandardizer(x, weights) : identity(x.cols);
  const data = o.standardize ? standardize(x, standardizer) : x;
  const problem = new Map<"float32" | "float64", Promise<Problem>>();
  const targets: Targets = { y, weights, labels };
  const open = (kind: "float32" | "float64"): Promise<Problem> => {
    const numbers = kind === "float32" ? data.data : Float64Array.from(data.data);
    const opened =
      problem.get(kind) ?? openProblem(numbers, { rows: x.rows, cols: x.cols, targets, threads: o.threads });
    problem.set(kind, opened);
    return opened;
  };
  try {
    let start: Float64Array = new Float64Array(logitCount(labels) * (x.cols + 1));
    for (const strength of o.strengths) {
      const rough = await minimizeAt(await open("float32"), { start, strength, options: o });
      const best =
        rough.converged || rough.iterations >= o.maxIterations
          ? rough
          : await polish(await open("float64"), rough, { strength, options: o });
      start = best.point;
      yield describe(best, {
        strength,
        total: (await open("float32")).total,
        labels: o.labels,
        standardizer,
        width: x.cols,
      });
    }
  } finally {
    for (const opened of problem.values()) await (await opened).products.close();
  }
}

interface Problem {
  readonly products: Products;
  /** Mean objective and gradient at a point: weights `[k, width]`, then biases `[k]`. */
  readonly evaluate: (strength: number) => (point: Float64Array) => Promise<Evaluated>;
  /** Sum of the rows' weights. */
  readonly total: number;
}

interface Data {
  readonly rows: number;
  readonly cols: number;
  readonly targets: Targets;
  readonly threads: number | undefined;
}

async function openProblem(numbers: Floats, { rows, cols, targets, threads }: Data): Promise<Problem> {
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
  return { products, evaluate, total };
}

interface Run {
  readonly start: Float64Array;
  readonly strength: number;
  readonly options: { readonly tolerance: number; readonly maxIterations: number; readonly signal?: AbortSignal };
}

function minimizeAt(problem: Problem, { start, strength, options }: Run): Promise<Minimum> {
  const { tolerance, maxIterations, signal } = options;
  return minimize(problem.evaluate(strength), start, {
    tolerance,
    maxIterations,
    ...(signal === undefined ? {} : { signal }),
  });
}

async function polish(problem: Problem, rough: Minimum, run: Omit<Run, "start">): Promise<Minimum> {
  const fine = await minimizeAt(problem, { ...run, start: rough.point });
  return { ...fine, iterations: rough.iterations + fine.iterations, history: [...rough.history, ...fine.history] };
}

function describe(
  best: Minimum,
  {
    strength,
    total,
    labels,
    standardizer,
    width,
  }: { strength: number; total: number; labels: readonly string[]; standardizer: Standardizer; width: number },
): FittedLogistic {
  const k = logitCount(labels.length);
  return {
    head: {
      kind: "logistic",
      labels: [...labels],
      standardizer,
      weights: matrix(k, width, Float32Array.from(best.point.subarray(0, k * width))),
      bias: Float32Array.from(best.point.subarray(k * width)),
    },
    strength,
    objective: best.value * strength * total,
    iterations: best.iterations,
    converged: best.converged,
    history: best.history,
  };
}

function rowWeights(
  y: Int32Array,
  labels: number,
  options: Pick<LogisticOptions, "classWeights" | "sampleWeights">,
): Float64Array {
  const weights = options.classWeights === "balanced" ? balancedWeights(y, labels) : new Float64Array(y.length).fill(1);
  const own = options.sampleWeights;
  return own === undefined ? weights : weights.map((w, r) => w * own[r]);
}

const identity = (width: number): Standardizer => ({
  mean: new Float32Array(width),
  factor: new Float32Array(width).fill(1),
});

function checkData(x: Matrix, y: Int32Array, labels: readonly string[]): void {
  if (x.rows !== y.length) {
    throw new HeadstartError(
      "E_SHAPE",
      `Cannot fit a head: ${x.rows} vectors but ${y.length} labels. Give one label a vector`,
    );
  }
  refuseNonFinite(x, "Cannot fit a head on these vectors");
  const seen = new Set(y);
  const absent = labels.filter((_, i) => !seen.has(i));
  if (labels.length < 2 || absent.length > 0) {
    const found = `labels without a row: ${absent.map((l) => `"${l}"`).join(", ") || "none"}`;
    throw new HeadstartError(
      "E_LABELS",
      `Cannot fit a head: it needs two labels or more, each with rows (${found}). Check --label-column`,
    );
  }
}
