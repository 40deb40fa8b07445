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
