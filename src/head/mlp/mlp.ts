import { type Complete } from "../../defaults.js";
import { HeadstartError } from "../../errors.js";
import { adamwInto, parameter, type Parameter } from "../../math/adamw.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import { seeded, shuffled, type Random } from "../../math/random.js";
import { logSumExp } from "../../math/softmax.js";
import { checkFitData, noStandardizer, rowWeights, type FitDataOptions } from "../fitData.js";
import type { MlpHead } from "../head.js";
import type { Activation } from "./activation.js";
import { openMlpProblem, type MlpProblem } from "./objective.js";
import { fitStandardizer, refuseNonFinite, standardize } from "../standardize.js";

/** Settings of an MLP and of its training. */
export interface MlpSettings {
  /** Widths of the hidden layers, one or two. @default [256] */
  readonly hidden?: readonly number[] | undefined;
  /** @default "relu" */
  readonly activation?: Activation | undefined;
  /** Share of a hidden layer's outputs left out at random in each step, in [0, 1). @default 0.2 */
  readonly dropout?: number | undefined;
  /** Passes over the rows at most. @default 30 */
  readonly epochs?: number | undefined;
  /** Rows a step; more than there are counts as all. @default 128 */
  readonly batchSize?: number | undefined;
  /** Full learning rate. @default 0.001 */
  readonly learningRate?: number | undefined;
  /** How the rate falls after its first twentieth, in which it rises. @default "cosine" */
  readonly schedule?: Schedule | undefined;
  /** Decoupled weight decay, times the rate in each step; biases have none. @default 0.05 */
  readonly weightDecay?: number | undefined;
  /** Epochs in a row that may end without a lower loss on dev before training stops. @default 5 */
  readonly patience?: number | undefined;
}

export interface MlpOptions extends FitDataOptions, MlpSettings {
  /** Rows to stop by; without them all epochs are run and the last weights kept. */
  readonly dev?: { readonly vectors: Matrix; readonly y: Int32Array } | undefined;
  /** Bring columns to mean 0 and deviation 1 first, inside the head. @default true */
  readonly standardize?: boolean | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  /** Threads of a product. @default as many as the machine has cores */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every epoch. */
  readonly onEpoch?: ((epoch: MlpEpoch) => void) | undefined;
}

/** Where a training stands after one pass over the rows. */
export interface MlpEpoch {
  /** From 1. */
  readonly epoch: number;
  /** Mean weighted log loss over the steps of the epoch, dropout included. */
  readonly loss: number;
  /** Mean log loss on the dev rows; null without them. */
  readonly devLoss: number | null;
  /** At the end of the epoch. */
  readonly rate: number;
}

export interface FittedMlp {
  readonly head: MlpHead;
  readonly settings: Complete<MlpSettings>;
  readonly epochs: readonly MlpEpoch[];
  /** The epoch whose weights the head has; 0 for the weights it started from. */
  readonly best: number;
  /** Whether training ended because the loss on dev had stopped falling. */
  readonly stoppedEarly: boolean;
}

export const MLP_DEFAULTS: Complete<MlpSettings> = {
  hidden: [256],
  activation: "relu",
  dropout: 0.2,
  epochs: 30,
  batchSize: 128,
  learningRate: 1e-3,
  schedule: "cosine",
  weightDecay: 0.05,
  patience: 5,
};
const WARMUP = 0.05;
/** A loss so many times that of guessing is on its way to infinity. */
const DIVERGED = 10;

/**
 * Fits an MLP to the weighted log loss by AdamW in minibatches, on onnxruntime in float32, and keeps
 * the weights of the epoch with the least loss on dev. The same seed gives the same bytes.
 *
 * @param x  `[rows, width]`; not written
 * @param y  label index of every row
 * @throws HeadstartError E_NOT_FINITE, E_SHAPE, E_LABELS as fitLogistic(); E_DIVERGED when the loss grows without bound
 * @throws RangeError for settings out of their range
 * @example
 * const x = matrix(4, 2, Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1));
 * const y = Int32Array.of(0, 1, 1, 0);
 * const { head } = await fitMlp(x, y, { labels: ["same", "other"], hidden: [16], epochs: 200, dropout: 0 });
 * console.log(head.layers.length); // 2
 */
export async function fitMlp(x: Matrix, y: Int32Array, options: MlpOptions): Promise<FittedMlp> {
  const settings = settingsOf(options);
  checkFitData(x, y, options);
  if (options.dev !== undefined) refuseNonFinite(options.dev.vectors, "Cannot choose on these dev vectors");
  const weights = rowWeights(y, options);
  const isPlain = options.standardize === false;
  const standardizer = isPlain ? noStandardizer(x.cols) : fitStandardizer(x, weights);
  const brought = (rows: Matrix): Float32Array => (isPlain ? rows : standardize(rows, standardizer)).data;
  const widths = [x.cols, ...settings.hidden, options.labels.length];
  const problem = await openMlpProblem(
    brought(x),
    { widths, activation: settings.activation },
    { dropout: settings.dropout > 0, threads: options.threads },
  );
  try {
    const dev = options.dev && { x: brought(options.dev.vectors), y: options.dev.y };
    const random = seeded(options.seed ?? 1);
    const run = { problem, settings, widths, y, weights, dev, random, classes: options.labels.length };
    const { point, ...rest } = await train(run, options);
    const parts = problem.places.map(({ start, end }) => point.slice(start, end));
    const layers = widths.slice(1).map((width, i) => ({
      weights: matrix(widths[i], width, parts[2 * i]),
      bias: parts[2 * i + 1],
    }));
    const { activation } = settings;
    return { head: { kind: "mlp", labels: [...options.labels], standardizer, activation, layers }, settings, ...rest };
  } finally {
    await problem.close();
  }
}

interface Run {
  readonly problem: MlpProblem;
  readonly settings: Complete<MlpSettings>;
  readonly widths: readonly number[];
  readonly y: Int32Array;
  readonly weights: Float64Array;
  readonly dev: { readonly x: Float32Array; readonly y: Int32Array } | undefined;
  readonly random: Random;
  readonly classes: number;
}

async function train(
  run: Run,
  { signal, onEpoch }: Pick<MlpOptions, "signal" | "onEpoch">,
): Promise<Pick<FittedMlp, "epochs" | "best" | "stoppedEarly"> & { point: Float32Array }> {
  const { problem, settings, dev } = run;
  const learned = parameter(initialPoint(run), { isDecayed: true });
  const point = learned.values;
  const kept = { point: point.slice(), loss: Infinity, epoch: 0 };
  const epochs: MlpEpoch[] = [];
  const nextEpoch = epochRunner(run, learned);
  while (epochs.length < settings.epochs) {
    const { loss, rate } = await nextEpoch(epochs.length, signal);
    if (!(loss <= DIVERGED * Math.log(run.classes))) throw diverged(loss, settings.learningRate);
    const devLoss = dev === undefined ? null : meanLoss(await problem.logits(point, dev.x), dev.y, run.classes);
    epochs.push({ epoch: epochs.length + 1, loss, devLoss, rate });
    onEpoch?.(epochs[epochs.length - 1]);
    if (devLoss === null || devLoss < kept.loss) {
      kept.point.set(point);
      kept.loss = devLoss ?? Infinity;
      kept.epoch = epochs.length;
    } else if (epochs.length - kept.epoch >= settings.patience) break;
  }
  return { point: kept.point, epochs, best: kept.epoch, stoppedEarly: epochs.length < settings.epochs };
}

/** Runs one epoch at a time; steps are written to `learned`. */
function epochRunner({ problem, settings, widths, y, weights, random }: Run, learned: Parameter) {
  const rows = Int32Array.from(y.keys()).filter((r) => weights[r] > 0);
  const size = Math.min(settings.batchSize, rows.length);
  const steps = Math.ceil(rows.length / size);
  const total = steps * settings.epochs;
  const warmup = Math.ceil(WARMUP * total);
  const mean = rows.reduce((sum, r) => sum + weights[r], 0) / rows.length;
  return async (epoch: number, signal: AbortSignal | undefined): Promise<{ loss: number; rate: number }> => {
    const order = shuffled(rows.length, random).map((i) => rows[i]);
    let [loss, rate] = [0, 0];
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const index = order.subarray(step * size, (step + 1) * size);
      const masks = settings.dropout > 0 ? dropoutMasks(widths, index.length, { ...settings, random }) : [];
      const result = await problem.step(learned.values, {
        index,
        y: index.map((r) => y[r]),
        weights: Float32Array.from(index, (r) => weights[r] / (mean * index.length)),
        masks,
      });
      rate = settings.learningRate * scheduled(settings.schedule, { step: epoch * steps + step, total, warmup });
      const move = { number: epoch * steps + step + 1, learningRate: rate, weightDecay: settings.weightDecay };
      problem.places.forEach(({ start, kind }, i) =>
        adamwInto(learned, result.gradient[i], { ...move, from: start, isDecayed: kind === "weights" }),
      );
      loss += (result.loss * index.length) / rows.length;
    }
    return { loss, rate };
  };
}

/** He's uniform start for layers before an activation, Glorot's for the last; biases at 0. */
function initialPoint({ problem, widths, random }: Run): Float32Array {
  const point = new Float32Array(problem.size);
  const weights = problem.places.filter(({ kind }) => kind === "weights");
  weights.forEach(({ start, end }, i) => {
    const last = i === weights.length - 1;
    const limit = Math.sqrt(6 / (last ? widths[i] + widths[i + 1] : widths[i]));
    for (let at = start; at < end; at++) point[at] = limit * (2 * random() - 1);
  });
  return point;
}

/** Zeros for what is left out, and for the rest what keeps the expected sum. */
function dropoutMasks(
  widths: readonly number[],
  rows: number,
  { dropout, random }: { readonly dropout: number; readonly random: Random },
): Float32Array[] {
  const kept = 1 / (1 - dropout);
  return widths.slice(1, -1).map((width) => {
    const mask = new Float32Array(rows * width);
    for (let i = 0; i < mask.length; i++) mask[i] = random() < dropout ? 0 : kept;
    return mask;
  });
}

function meanLoss(logits: ArrayLike<number>, y: Int32Array, classes: number): number {
  let sum = 0;
  for (let r = 0; r < y.length; r++) sum += logSumExp(logits, r * classes, classes) - logits[r * classes + y[r]];
  return sum / y.length;
}

const diverged = (loss: number, rate: number): HeadstartError =>
  new HeadstartError(
    "E_DIVERGED",
    `Cannot train the head: at a learning rate of ${rate} its loss has grown to ${loss.toPrecision(3)}. ` +
      `Try --learning-rate ${Number((rate / 10).toPrecision(2))}`,
  );

function settingsOf(options: MlpSettings): Complete<MlpSettings> {
  const given = Object.entries(options).filter(([name, value]) => name in MLP_DEFAULTS && value !== undefined);
  const settings: Complete<MlpSettings> = { ...MLP_DEFAULTS, ...Object.fromEntries(given) };
  const { hidden, dropout, learningRate, weightDecay } = settings;
  const whole: readonly [string, number, number][] = [
    ...hidden.map((width): [string, number, number] => ["hidden width", width, 1]),
    ["epochs", settings.epochs, 0],
    ["batchSize", settings.batchSize, 1],
    ["patience", settings.patience, 1],
  ];
  for (const [name, value, least] of whole) {
    if (!Number.isInteger(value) || value < least) throw new RangeError(`${name} is ${value}, not ${least} or more`);
  }
  if (hidden.length < 1 || hidden.length > 2) throw new RangeError(`${hidden.length} hidden layers, not one or two`);
  if (!(dropout >= 0 && dropout < 1)) throw new RangeError(`dropout is ${dropout}, not in [0, 1)`);
  if (!(learningRate > 0 && learningRate < Infinity)) throw new RangeError(`learningRate is ${learningRate}`);
  if (!(weightDecay >= 0 && weightDecay < Infinity))
    throw new RangeError(`weightDecay is ${weightDecay}, not 0 or more`);
  return settings;
}

/** How a learning rate falls after it has risen. */
export type Schedule = "constant" | "linear" | "cosine";

/**
 * Share of the full learning rate at step `step` (from 0) of `total`: rises evenly over the first `warmup` steps, then
 * stays, or falls to 0 at the end, evenly or along a cosine.
 */
export function scheduled(schedule: Schedule, { step, total, warmup }: Record<"step" | "total" | "warmup", number>) {
  if (step < warmup) return (step + 1) / warmup;
  const passed = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
  if (schedule === "linear") return 1 - passed;
  return schedule === "cosine" ? (1 + Math.cos(Math.PI * passed)) / 2 : 1;
}
