/** A function's value and gradient at a point. */
export interface PointValue {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface LbfgsOptions {
  /** Stops when no element of the gradient is larger. @default 1e-5 */
  readonly tolerance?: number | undefined;
  /** @default 500 */
  readonly maxIterations?: number | undefined;
  /** Pairs of steps remembered. @default 10 */
  readonly memory?: number | undefined;
  /**
   * Relative difference below which two values count as equal, so that slopes alone decide on a step: near the minimum of a
   * convex function, slopes are still exact when rounding hides the differences of values. @default 0
   */
  readonly rounding?: number | undefined;
  /**
   * Relative to the value, the least decrease that a step must predict: below it the function's own rounding hides what the
   * step does, and the search ends, not converged. @default 0
   */
  readonly resolution?: number | undefined;
  /** Multiplies a gradient, in place, by an estimate of the inverse Hessian, positive definite. @default the identity */
  readonly precondition?: ((gradient: Float64Array) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  /** Largest magnitude in the gradient at `point`. */
  readonly gradientMax: number;
  readonly iterations: number;
  readonly evaluations: number;
  /** Whether the tolerance was reached. */
  readonly converged: boolean;
  /** Value after each iteration. */
  readonly history: readonly number[];
}

const DEFAULTS = {
  tolerance: 1e-5,
  maxIterations: 500,
  memory: 10,
  rounding: 0,
  resolution: 0,
} as const satisfies LbfgsOptions;
/** Wolfe conditions: sufficient decrease and curvature. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
const MAX_TRIALS = 25;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly rho: number;
}

/**
 * Minimizes a smooth function by limited-memory BFGS with a line search for the strong Wolfe conditions.
 *
 * Ends not converged when the iterations run out or the line search finds no lower point, which at the end means that
 * the function's own rounding has been reached.
 *
 * @see Nocedal & Wright 2006, algorithms 7.4, 7.5, 3.5 and 3.6
 */
export async function minimize(
  evaluate: (point: Float64Array) => Promise<PointValue>,
  start: Float64Array,
  options: LbfgsOptions = {},
): Promise<Minimum> {
  const {
    tolerance = DEFAULTS.tolerance,
    maxIterations = DEFAULTS.maxIterations,
    memory = DEFAULTS.memory,
    rounding = DEFAULTS.rounding,
    resolution = DEFAULTS.resolution,
  } = options;
  let point: Float64Array = start.slice();
  let { value, gradient } = await evaluate(point);
  let evaluations = 1;
  const pairs: Pair[] = [];
  const history: number[] = [];
  const result = (converged: boolean): Minimum => ({
    point,
    value,
    gradientMax: largest(gradient),
    iterations: history.length,
    evaluations,
    converged,
    history,
  });
  while (largest(gradient) > tolerance) {
    options.signal?.throwIfAborted();
    if (history.length >= maxIterations || !Number.isFinite(value)) return result(false);
    let direction: Float64Array = descent(gradient, pairs, options.precondition);
    if (dot(direction, gradient) >= 0) {
      pairs.length = 0;
      direction = descent(gradient, pairs, options.precondition);
    }
    if (-dot(direction, gradient) < resolution * Math.abs(value)) return result(false);
    const unknown = pairs.length === 0 && options.precondition === undefined;
    const first = unknown ? Math.min(1, 1 / norm(gradient)) : 1;
    const found = await lineSearch({ evaluate, point, direction, value, gradient, rounding }, first);
    evaluations += found.evaluations;
    if (found.at === undefined) {
      if (pairs.length === 0) return result(false);
      pairs.length = 0;
      continue;
    }
    remember(pairs, { from: point, to: found.at.point, before: gradient, after: found.at.gradient }, memory);
    ({ point, value, gradient } = found.at);
    history.push(value);
  }
  return result(true);
}

/** Two-loop recursion: minus the inverse Hessian's estimate times the gradient. */
function descent(
  gradient: Float64Array,
  pairs: readonly Pair[],
  precondition: LbfgsOptions["precondition"],
): Float64Array {
  const direction = gradient.map((g) => -g);
  const alphas: number[] = [];
  for (let i = pairs.length - 1; i >= 0; i--) {
    alphas[i] = pairs[i].rho * dot(pairs[i].step, direction);
    addScaled(direction, -alphas[i], pairs[i].change);
  }
  precondition?.(direction);
  const last = pairs.at(-1);
  if (last !== undefined) scale(direction, lengthOf(last, precondition));
  for (let i = 0; i < pairs.length; i++) {
    const beta = pairs[i].rho * dot(pairs[i].change, direction);
    addScaled(direction, alphas[i] - beta, pairs[i].step);
  }
  return direction;
}

/** What the last step says of the length of the steps that the starting estimate proposes. */
function lengthOf({ change, rho }: Pair, precondition: LbfgsOptions["precondition"]): number {
  if (precondition === undefined) return 1 / (rho * dot(change, change));
  const proposed = change.slice();
  precondition(proposed);
  return 1 / (rho * dot(change, proposed));
}

function remember(
  pairs: Pair[],
  { from, to, before, after }: { from: Float64Array; to: Float64Array; before: Float64Array; after: Float64Array },
  memory: number,
): void {
  const step = to.map((t, i) => t - from[i]);
  const change = after.map((g, i) => g - before[i]);
  const curvature = dot(step, change);
  // A pair without positive curvature would make the estimate indefinite.
  if (curvature <= 1e-16 * dot(change, change)) return;
  pairs.push({ step, change, rho: 1 / curvature });
  if (pairs.length > memory) pairs.shift();
}

interface Line {
  readonly evaluate: (point: Float64Array) => Promise<PointValue>;
  readonly point: Float64Array;
  readonly direction: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly rounding: number;
}

interface Trial extends PointValue {
  readonly point: Float64Array;
  readonly length: number;
  readonly slope: number;
}

/** A step length that meets the strong Wolfe conditions: `at` is undefined when none lowers the value. */
async function lineSearch(line: Line, first: number): Promise<{ at: Trial | undefined; evaluations: number }> {
  const slope0 = dot(line.direction, line.gradient);
  const trial = async (length: number): Promise<Trial> => {
    const point = line.point.map((p, i) => p + length * line.direction[i]);
    const { value, gradient } = await line.evaluate(point);
    return { point, value, gradient, length, slope: dot(line.direction, gradient) };
  };
  const noise = line.rounding * Math.abs(line.value);
  const tooHigh = (t: Trial, low: Trial): boolean =>
    !(t.value <= line.value + DECREASE * t.length * slope0 + noise) ||
    (noise > 0 ? t.value > low.value + noise : t.value >= low.value);
  const flat = (t: Trial): boolean => Math.abs(t.slope) <= -CURVATURE * slope0;

  const origin: Trial = { ...line, length: 0, slope: slope0 };
  let low = origin;
  let high: Trial | undefined;
  let length = first;
  let trials = 0;
  while (trials < MAX_TRIALS) {
    const t = await trial(length);
    trials++;
    if (tooHigh(t, low)) high = t;
    else if (flat(t)) return { at: t, evaluations: trials };
    else {
      if (high === undefined ? t.slope >= 0 : t.slope * (high.length - low.length) >= 0) high = low;
      low = t;
    }
    if (high === undefined) length *= 2;
    else {
      if (Math.abs(high.length - low.length) <= 1e-14 * Math.max(1, low.length)) break;
      length = between(low, high);
    }
  }
  return { at: low === origin ? undefined : low, evaluations: trials };
}

/** Minimum of the cubic through two trials, kept away from their ends. */
function between(a: Trial, b: Trial): number {
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.length - b.length);
  const square = d1 * d1 - a.slope * b.slope;
  const middle = (a.length + b.length) / 2;
  if (!(square >= 0)) return middle;
  const d2 = Math.sign(b.length - a.length) * Math.sqrt(square);
  const cubic = b.length - ((b.length - a.length) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
  const margin = 0.1 * Math.abs(b.length - a.length);
  const [lowest, highest] = [Math.min(a.length, b.length) + margin, Math.max(a.length, b.length) - margin];
  return Number.isFinite(cubic) ? Math.min(Math.max(cubic, lowest), highest) : middle;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

function largest(a: Float64Array): number {
  let result = 0;
  for (let i = 0; i < a.length; i++) {
    const size = Math.abs(a[i]);
    if (!(size <= result)) result = size;
  }
  return result;
}

function addScaled(out: Float64Array, factor: number, x: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] += factor * x[i];
}

function scale(out: Float64Array, factor: number): void {
  for (let i = 0; i < out.length; i++) out[i] *= factor;
}
