const BARS = "▁▂▃▄▅▆▇█";
const MOST = 60;

/** Losses as a line of bars, the highest full, the lowest least; of a long run every nth. */
export function sparkline(values: readonly number[]): string {
  const every = Math.ceil(values.length / MOST) || 1;
  const shown = values.filter((_, i) => i % every === 0 || i === values.length - 1);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const level = (v: number): number => (high > low ? Math.round(((v - low) / (high - low)) * (BARS.length - 1)) : 0);
  return shown.map((v) => BARS[level(v)]).join("");
}
