/** Steps of AdamW over one array of parameters. */
export interface AdamW {
  /** Writes the next parameters over `point`, decaying only those with `decays` set. */
  step(point: Float32Array, gradient: Float32Array, rate: number): void;
}

export interface AdamWOptions {
  /** Share of a parameter that each step takes away, times the rate. @default 0.01 */
  readonly decay?: number;
  /** Ranges `[start, end)` of parameters that decay: weights, not biases. @default all */
  readonly decaying?: readonly (readonly [start: number, end: number])[];
}

const MEAN_KEPT = 0.9;
const SQUARE_KEPT = 0.999;
const EPSILON = 1e-8;

/**
 * Adam with decay that is decoupled from the gradient.
 *
 * @see Loshchilov & Hutter 2019, algorithm 2: https://arxiv.org/abs/1711.05101
 */
export function adamW(size: number, { decay = 0.01, decaying = [[0, size]] }: AdamWOptions = {}): AdamW {
  const means = new Float32Array(size);
  const squares = new Float32Array(size);
  let steps = 0;
  return {
    step(point, gradient, rate) {
      steps++;
      // The corrections for starting at zero, folded into the rate and into epsilon.
      const root = Math.sqrt(1 - SQUARE_KEPT ** steps);
      const length = (rate * root) / (1 - MEAN_KEPT ** steps);
      for (const [start, end] of decaying) for (let i = start; i < end; i++) point[i] -= rate * decay * point[i];
      for (let i = 0; i < size; i++) {
        const g = gradient[i];
        const mean = (means[i] += (1 - MEAN_KEPT) * (g - means[i]));
        const square = (squares[i] += (1 - SQUARE_KEPT) * (g * g - squares[i]));
        point[i] -= (length * mean) / (Math.sqrt(square) + EPSILON * root);
      }
    },
  };
}

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
