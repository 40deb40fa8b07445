const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * The shortest decimal text that reads back as the same float32, as JSON takes it; -0 stays -0.
 *
 * @param value a finite float32
 */
export function floatText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  // Nine always do, ten if the logarithm came out one too high. Six are the fewest worth trying: where fewer do, the sixth and its neighbors come out as zeros.
  for (let digits = 6; digits <= 10; digits++) {
    const short = rounded(value, digits - 1 - exponent);
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

/** `value` to `places` decimal places (negative: to tens, hundreds); the result is the double of that very decimal. */
function rounded(value: number, places: number): number {
  // Up to 10^22 powers of ten are exact doubles, so this one division is rounded as parsing the decimal would be.
  if (places >= 0 && places <= 22) return Math.round(value * POWERS[places]) / POWERS[places];
  return Number(value.toExponential(Math.max(0, places + Math.floor(Math.log10(Math.abs(value))))));
}
