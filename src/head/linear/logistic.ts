import { withDefaults, type Complete } from "../../defaults.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import { measureCurvature, preconditioner } from "./preconditioner.js";
import type { LogisticHead } from "../head.js";
import { HeadstartError } from "../../errors.js";
import { minimize, type LbfgsOptions, type Minimum } from "../../math/lbfgs.js";
import { checkFitData, noStandardizer, rowWeights, type FitDataOptions } from "../fitData.js";
import { logitCount, type Targets } from "./logisticLoss.js";
import { openLogisticProblem, type LogisticProblem } from "./objective.js";
import { fitStandardizer, standardize, type Standardizer } from "../standardize.js";

export interface LogisticOptions extends FitDataOptions {
  /** Weight of the data against the penalty, scikit-learn's C: larger fits closer. @default 1 */
  readonly C?: number | undefined;
  /** Bring columns to mean 0 and deviation 1 first, inside the head. @default true */
  readonly standardize?: boolean | undefined;
  /**
   * A head of the same labels that the fit starts from and that the penalty pulls towards, instead of weights of 0: C times
   * the summed log loss plus half the squared distance from its weights (L2-SP). Columns are standardized as in that head.
   *
   * @see Li, Grandvalet & Davoine 2018: https://arxiv.org/abs/1802.01483
   */
  readonly startFrom?: LogisticHead | undefined;
  /** Stops when no element of the mean objective's gradient is larger. @default 1e-5 */
  readonly tolerance?: number | undefined;
  /** @default 1000 */
  readonly maxIterations?: number | undefined;
  /** Threads of a product. @default as many as the machine has cores */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FittedLogistic {
  readonly head: LogisticHead;
  readonly C: number;
  /** `C * sum of weighted losses + |W|^2 / 2` at the end. */
  readonly objective: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Mean objective after each iteration. */
  readonly history: readonly number[];
}

const DEFAULTS = {
  C: 1,
  classWeights: "none",
  standardize: true,
  tolerance: 1e-5,
  maxIterations: 1000,
} as const;
/** Gradients from float32 products, a mean over the rows, are good to about this much. */
const FLOAT32_TOLERANCE = 1e-6;
/** Relative error of a sum of many losses: of logits from float32 products, and, generously, from float64 ones. */
const FLOAT32_RESOLUTION = 1e-10;
const FLOAT64_ROUNDING = 1e-13;
/** With fewer rows for each column, finding the curvature costs more than the iterations that it saves. */
const ROWS_FOR_CURVATURE = 4;
/** Products of fewer numbers take less time than waking a second thread. */
const NUMBERS_FOR_THREADS = 1_000_000;

/**
 * Fits a logistic head: L2 penalty, intercept not penalized, by L-BFGS.
 *
 * The objective is scikit-learn's, C times the summed log loss plus half the squared norm of the weights; with two
 * labels it has one logit, as there. Products run in float32 on onnxruntime; where their rounding keeps them from the
 * tolerance, the last steps are in float64. The head's weights are float32 either way.
 *
 * @param x  `[rows, width]`; not written
 * @param y  label index of every row
 * @throws HeadstartError E_NOT_FINITE, E_SHAPE, or E_LABELS when fewer than two labels occur, or one of `labels` has no
 *   rows with weight
 * @throws RangeError when an index in `y` is out of range or C is not above 0
 * @example
 * const x = matrix(4, 1, Float32Array.of(-2, -1, 1, 2));
 * const { head, converged } = await fitLogistic(x, Int32Array.of(0, 0, 1, 1), { labels: ["low", "high"] });
 * console.log(converged, [...argmax(predictProbabilities(head, x), 2)]); // true [ 0, 0, 1, 1 ]
 */
export async function fitLogistic(x: Matrix, y: Int32Array, options: LogisticOptions): Promise<FittedLogistic> {
  for await (const fitted of fitLogisticPath(x, y, { ...options, Cs: [options.C ?? DEFAULTS.C] })) return fitted;
  throw new RangeError("no value of C to fit");
}

/** Fits one head for each value of C, in the given order, each started from the one before, the first from `startFrom`. */
export async function* fitLogisticPath(
  x: Matrix,
  y: Int32Array,
  options: Omit<LogisticOptions, "C"> & { readonly Cs: readonly number[] },
): AsyncGenerator<FittedLogistic> {
  checkFitData(x, y, options);
  const weak = options.Cs.find((C) => !(C > 0 && Number.isFinite(C)));
  if (weak !== undefined) throw new RangeError(`C is ${weak}, not a finite number above 0`);
  const o = withDefaults(DEFAULTS, options);
  const classes = o.labels.length;
  const weights = rowWeights(y, o);
  const standardizer = standardizerFor(x, weights, o);
  const data = o.standardize || o.startFrom !== undefined ? standardize(x, standardizer) : x;
  const targets: Targets = { y, weights, classes };
  const threads = x.rows * x.cols < NUMBERS_FOR_THREADS ? 1 : o.threads;
  const center = o.startFrom && Float64Array.from(o.startFrom.weights.data);
  const rows = { rows: x.rows, cols: x.cols, targets, center, threads };
  const single = await openLogisticProblem(data.data, rows);
  let double: LogisticProblem | undefined;
  try {
    const curvature = x.rows < ROWS_FOR_CURVATURE * x.cols ? undefined : await measureCurvature(data.data, rows);
    let start: Float64Array = new Float64Array(single.size);
    if (o.startFrom !== undefined) start.set([...o.startFrom.weights.data, ...o.startFrom.bias]);
    for (const C of o.Cs) {
      const precondition = curvature && preconditioner(curvature, { classes, penalty: 1 / (C * single.total) });
      const options = { ...o, ...(precondition === undefined ? {} : { precondition }) };
      const tolerance = Math.max(o.tolerance, FLOAT32_TOLERANCE);
      let best = await minimizeAt(single, {
        start,
        C,
        options: { ...options, tolerance, resolution: FLOAT32_RESOLUTION },
      });
      const reached = best.converged && o.tolerance >= FLOAT32_TOLERANCE;
      if (!reached && best.iterations < o.maxIterations) {
        double ??= await openLogisticProblem(new Float64Array(data.data), rows);
        best = await polish(double, best, { C, options });
      }
      start = best.point;
      yield describe(best, { C, total: single.total, labels: o.labels, standardizer, width: x.cols });
    }
  } finally {
    await single.close();
    await double?.close();
  }
}

function standardizerFor(
  x: Matrix,
  weights: Float64Array,
  { startFrom, standardize: wanted, labels }: Pick<LogisticOptions, "startFrom" | "standardize" | "labels">,
): Standardizer {
  if (startFrom === undefined) return wanted === false ? noStandardizer(x.cols) : fitStandardizer(x, weights);
  const isSame = startFrom.labels.length === labels.length && startFrom.labels.every((label, c) => label === labels[c]);
  if (isSame && startFrom.weights.cols === x.cols) return startFrom.standardizer;
  throw new HeadstartError(
    "E_SHAPE",
    `Cannot start from a head of ${startFrom.weights.cols} columns and the labels ${startFrom.labels.join(", ")}: these rows have ` +
      `${x.cols} columns and the labels ${labels.join(", ")}. Start from a head of the same labels and width`,
  );
}

interface Run {
  readonly start: Float64Array;
  readonly C: number;
  readonly options: Pick<LbfgsOptions, "rounding" | "resolution" | "precondition" | "signal"> &
    Complete<Pick<LbfgsOptions, "tolerance" | "maxIterations">>;
}

function minimizeAt(problem: LogisticProblem, { start, C, options }: Run): Promise<Minimum> {
  return minimize(problem.evaluate(C), start, options);
}

async function polish(problem: LogisticProblem, rough: Minimum, run: Omit<Run, "start">): Promise<Minimum> {
  const maxIterations = run.options.maxIterations - rough.iterations;
  const options = { ...run.options, maxIterations, rounding: FLOAT64_ROUNDING, resolution: 0 };
  const fine = await minimizeAt(problem, { ...run, options, start: rough.point });
  return { ...fine, iterations: rough.iterations + fine.iterations, history: [...rough.history, ...fine.history] };
}

function describe(
  best: Minimum,
  {
    C,
    total,
    labels,
    standardizer,
    width,
  }: { C: number; total: number; labels: readonly string[]; standardizer: Standardizer; width: number },
): FittedLogistic {
  const k = logitCount(labels.length);
  return {
    head: {
      kind: "logistic",
      labels: [...labels],
      standardizer,
      weights: matrix(k, width, Float32Array.from(best.point.subarray(0, k * width))),
      bias: centered(best.point.subarray(k * width)),
    },
    C,
    objective: best.value * C * total,
    iterations: best.iterations,
    converged: best.converged,
    history: best.history,
  };
}

/** The loss of several logits does not feel what their biases have in common: rounding alone would decide it. */
function centered(bias: Float64Array): Float32Array {
  const common = bias.length === 1 ? 0 : bias.reduce((sum, b) => sum + b, 0) / bias.length;
  return Float32Array.from(bias, (b) => b - common);
}
