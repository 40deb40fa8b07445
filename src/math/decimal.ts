/** Powers of ten that float64 holds exactly. */
const POWERS = Array.from({ length: 16 }, (_, e) => 10 ** e);
/** So many digits always fit into the 53 bits of a float64's integers. */
const EXACT_DIGITS = 15;
const LONGEST = 400;

/**
 * The decimal number in bytes [start, end), such as `-0.1234` or `1e-5`, as `Number` gives it; NaN for anything else, the
 * words `nan` and `inf` too.
 *
 * Up to 15 digits are one exact integer divided by one exact power of ten, so the result is rounded once; longer ones go through `Number`.
 *
 * @see Clinger 1990, How to read floating point numbers accurately
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === 0x2d;
  if (negative || bytes[at] === 0x2b) at++;
  let [mantissa, digits, places] = [0, 0, 0];
  let afterPoint = false;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte >= 0x30 && byte <= 0x39) {
      mantissa = mantissa * 10 + (byte - 0x30);
      digits++;
      if (afterPoint) places++;
    } else if (byte === 0x2e && !afterPoint) afterPoint = true;
    else return throughNumber(bytes, start, end);
  }
  if (digits === 0) return NaN;
  if (digits > EXACT_DIGITS) return throughNumber(bytes, start, end);
  const value = mantissa / POWERS[places];
  return negative ? -value : value;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function throughNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > LONGEST) return NaN;
  const text = String.fromCharCode(...bytes.subarray(start, end));
  return DECIMAL.test(text) ? Number(text) : NaN;
}
