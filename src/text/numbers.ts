/** A metric to three decimals; never "-0.000". */
export const decimals = (value: number): string => value.toFixed(3).replace(/^-(0\.0+)$/, "$1");

/** A difference to three decimals with its sign: +0.012, −0.012, 0.000. */
export function signed(value: number): string {
  const text = decimals(value);
  if (Number(text) === 0) return text;
  return value > 0 ? `+${text}` : `\u2212${text.slice(1)}`;
}

/** An interval in words: "0.684 to 0.729". */
export const range = ([low, high]: readonly [number, number]): string => `${decimals(low)} to ${decimals(high)}`;

/** An interval of a difference in words: "−0.010 to +0.020". */
export const signedRange = ([low, high]: readonly [number, number]): string => `${signed(low)} to ${signed(high)}`;

/**
 * A threshold with as many decimals as it takes to be copied: never below the threshold, above it by less than a thousandth of
 * its distance from 0 and from 1, and not 1 unless it is.
 */
export function thresholdText(threshold: number): string {
  const reach = Math.min(threshold, 1 - threshold) / 1000;
  for (let digits = 3; digits < MOST_DIGITS; digits++) {
    const above = Math.ceil(threshold * 10 ** digits) / 10 ** digits;
    const rounded = above.toFixed(digits);
    if (Number(rounded) >= threshold && Number(rounded) - threshold <= reach) return rounded;
  }
  return String(threshold);
}

const MOST_DIGITS = 16;

/** A p-value to three decimals. */
export const pText = (p: number): string => (p < 0.001 ? "< 0.001" : decimals(p));

/** A rank correlation to two decimals; of no order there is none. */
export const tauText = (tau: number | null): string =>
  tau === null
    ? "not defined"
    : tau
        .toFixed(2)
        .replace(/^-(0\.00)$/, "$1")
        .replace("-", "\u2212");

/** A whole number with commas: 12,284. */
export const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

/** "1 row", "2,000 rows". */
export const counted = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;

/** A size: `0 B`, `12.3 MB`. */
export function sizeText(bytes: number): string {
  const [unit, size] = UNITS.find(([, least]) => bytes >= least) ?? ["B", 1];
  return `${(bytes / size).toFixed(unit === "B" ? 0 : 1)} ${unit}`;
}

const UNITS = [
  ["TB", 1e12],
  ["GB", 1e9],
  ["MB", 1e6],
  ["kB", 1e3],
] as const;

/** A share of the whole in percent, held together on one line: "62 %", below ten "3.4 %"; "0 %" only for nothing, "100 %" only for all. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return "<\u00A00.1\u00A0%";
  if (share < 1 && share > 0.995) return ">\u00A099\u00A0%";
  const value = share * 100;
  return `${value === 0 || value >= 9.95 ? value.toFixed(0) : value.toFixed(1)}\u00A0%`;
}

/** A share as so many of a thousand: "12.5", below ten "0.62"; without a unit. */
export const perThousand = (share: number): string => (share * 1000).toFixed(share > 0 && share < 0.01 ? 2 : 1);

/** "n = 2,000", held together on one line. */
export const rows = (n: number): string => `n\u00A0=\u00A0${count(n)}`;

/** "0.4 s", "12 s", "3 min 20 s". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
