import { KERNEL } from "./adamwKernel.js";

/** Numbers that are learned, with the optimizer's running means of their gradients. */
export interface Parameter {
  /** Steps are written to it. */
  readonly values: Float32Array;
  /** Running mean of the gradients. */
  readonly first: Float32Array;
  /** Running mean of their squares. */
  readonly second: Float32Array;
  /** Whether it has weight decay; biases and transitions have none. */
  readonly isDecayed: boolean;
  readonly kernel: Kernel;
}

/** The compiled step on one parameter's memory. */
interface Kernel {
  /** Where gradients are copied to for it, a part at a time. */
  readonly gradients: Float32Array;
  readonly step: (
    ...args: [...places: [number, number, number, number], bytes: number, rate: number, eps: number, shrink: number]
  ) => void;
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;
const PAGE = 65_536;
/** Gradients that are copied at once: few enough to stay in a core's first cache. */
const PART = 2048;
const ALIGNMENT = 16;

let compiled: WebAssembly.Module | undefined;

/** @param initial  copied into the parameter's own memory */
export function parameter(initial: Float32Array, { isDecayed }: { readonly isDecayed: boolean }): Parameter {
  const room = Math.ceil((initial.byteLength + 1) / ALIGNMENT) * ALIGNMENT;
  const pages = Math.ceil((3 * room + PART * BYTES) / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL, "base64"));
  const { exports } = new WebAssembly.Instance(compiled, { adamw: { memory } });
  const [values, first, second] = [0, 1, 2].map((i) => new Float32Array(memory.buffer, i * room, initial.length));
  values.set(initial);
  const gradients = new Float32Array(memory.buffer, 3 * room, PART);
  return { values, first, second, isDecayed, kernel: { gradients, step: exports["step"] as Kernel["step"] } };
}

export interface Step {
  /** Counted from 1. */
  readonly number: number;
  readonly learningRate: number;
  /** Decoupled weight decay, times the rate in each step. */
  readonly weightDecay: number;
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/**
 * One step of AdamW on the numbers `[from, from + gradients.length)`; writes `parameter`. Rows of a table that a batch does
 * not touch are left out by the caller: their memory then waits too.
 *
 * In float32 throughout, by vector instructions (adamw.wat): four times as fast as a loop in JavaScript, whose square
 * roots and divisions are of float64 numbers, one at a time.
 *
 * @see Loshchilov & Hutter 2019, algorithm 2: https://arxiv.org/abs/1711.05101
 */
export function adamwInto(
  parameter: Parameter,
  gradients: Float32Array | Float64Array,
  options: Step & {
    readonly from?: number | undefined;
    /** @default the parameter's own */ readonly isDecayed?: boolean | undefined;
  },
): void {
  const { from = 0 } = options;
  const { values, kernel } = parameter;
  if (from + gradients.length > values.length) throw new RangeError(`${gradients.length} gradients from ${from} on`);
  const move = mover(parameter, options);
  for (let at = 0; at < gradients.length; at += PART) {
    const part = gradients.subarray(at, at + PART);
    kernel.gradients.set(part);
    move(from + at, { gradientsAt: 0, length: part.length });
  }
}

/**
 * The same on some rows of a table, `rows` of it.
 *
 * @param gradients  `data`, `[rows, width]`
 */
export function adamwRowsInto(
  parameter: Parameter,
  { rows, data }: { readonly rows: Int32Array; readonly data: Float32Array },
  options: Step,
): void {
  if (rows.length === 0) return;
  const width = data.length / rows.length;
  const atOnce = Math.floor(PART / width);
  if (atOnce === 0) {
    rows.forEach((row, r) =>
      adamwInto(parameter, data.subarray(r * width, (r + 1) * width), { ...options, from: row * width }),
    );
    return;
  }
  const move = mover(parameter, options);
  for (let first = 0; first < rows.length; first += atOnce) {
    const some = rows.subarray(first, first + atOnce);
    parameter.kernel.gradients.set(data.subarray(first * width, (first + some.length) * width));
    for (let r = 0; r < some.length; r++) move(some[r] * width, { gradientsAt: r * width, length: width });
  }
}

/** Moves so many numbers of a parameter by gradients that are in the kernel's memory. */
function mover(
  { values, first, second, isDecayed, kernel }: Parameter,
  options: Step & { readonly isDecayed?: boolean | undefined },
): (at: number, where: { readonly gradientsAt: number; readonly length: number }) => void {
  const { number, learningRate, weightDecay } = options;
  // The corrections for starting at zero, folded into the rate and into epsilon.
  const root = Math.sqrt(1 - BETA2 ** number);
  const [rate, epsilon] = [(learningRate * root) / (1 - BETA1 ** number), EPSILON * root];
  const shrink = (options.isDecayed ?? isDecayed) ? 1 - learningRate * weightDecay : 1;
  return (at, { gradientsAt, length }) =>
    kernel.step(
      values.byteOffset + at * BYTES,
      first.byteOffset + at * BYTES,
      second.byteOffset + at * BYTES,
      kernel.gradients.byteOffset + gradientsAt * BYTES,
      length * BYTES,
      rate,
      epsilon,
      shrink,
    );
}
