/** A linear axis: its ends, and the values that are written on it. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** All that a share can be. */
export const WHOLE_SCALE: Scale = { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1] };

interface ScaleOptions {
  /** What no value can exceed. @default [0, 1] */
  readonly within?: readonly [low: number, high: number] | undefined;
  /** A shorter axis would make much of little. @default 0.1 */
  readonly least?: number | undefined;
}

const MOST_TICKS = 6;
const ROUNDING = 1e-9;

/**
 * The axis over the values, out to the next ticks, which are multiples of 1, 2 or 5 times a power of ten.
 *
 * @param values  at least one, all finite
 */
export function scaleOver(values: readonly number[], { within = [0, 1], least = 0.1 }: ScaleOptions = {}): Scale {
  const [from, to] = widened(Math.min(...values), Math.max(...values), { within, least });
  const step = stepFor(to - from);
  const low = Math.max(within[0], Math.floor(from / step + ROUNDING) * step);
  const high = Math.min(within[1], Math.ceil(to / step - ROUNDING) * step);
  const [first, last] = [Math.ceil(low / step - ROUNDING), Math.floor(high / step + ROUNDING)];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { low, high, ticks };
}

/** Both ends apart by at least `least`, and inside what is possible. */
function widened(
  low: number,
  high: number,
  { within: [first, last], least }: { readonly within: readonly [number, number]; readonly least: number },
): readonly [number, number] {
  const lack = Math.max(0, least - (high - low)) / 2;
  const shift = Math.max(0, first - (low - lack)) - Math.max(0, high + lack - last);
  return [Math.max(first, low - lack + shift), Math.min(last, high + lack + shift)];
}

function stepFor(span: number): number {
  const power = 10 ** Math.floor(Math.log10(span / MOST_TICKS));
  return power * ([1, 2, 5, 10, 20].find((many) => span / (power * many) <= MOST_TICKS - 1 + ROUNDING) ?? 20);
}

/** Where a value lies on the axis, `[0, 1]`; one beyond an end lies at it. */
export const placeOn = ({ low, high }: Scale, value: number): number =>
  Math.min(1, Math.max(0, (value - low) / (high - low)));

/** Whether a value lies off the axis, and on which side. */
export function sideOf({ low, high }: Scale, value: number): "before" | "after" | undefined {
  if (value < low - ROUNDING) return "before";
  return value > high + ROUNDING ? "after" : undefined;
}

/** A tick with no more decimals than tell the ticks apart. */
export function tickText({ ticks }: Scale, tick: number): string {
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
  const digits =
    [0, 1, 2, 3, 4].find((many) => Math.abs(step * 10 ** many - Math.round(step * 10 ** many)) < 1e-6) ?? 4;
  return tick
    .toFixed(digits)
    .replace(/^-(0\.?0*)$/, "$1")
    .replace("-", "\u2212");
}
