const scratch = new Float32Array(1);
const bits = new Uint32Array(scratch.buffer);

/**
 * The bits of the IEEE 754 half-precision number nearest to `value` (ties to even); beyond 65,504 it is an infinity.
 */
export function toHalf(value: number): number {
  scratch[0] = value;
  const sign = (bits[0] >>> 16) & 0x8000;
  const magnitude = bits[0] & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65,520 is half way between the largest half and the next power of two.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) return sign | roundShift(magnitude - 0x38000000, 13);
  // Below 2^-14 halves are multiples of 2^-24; below half of that nothing is left.
  if (magnitude < 0x33000000) return sign;
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, 126 - (magnitude >>> 23));
}

/** The number that the half-precision `half` (16 bits) stands for; exact. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Every half as a float32. */
export const HALVES = new Float32Array(0x10000);
for (let half = 0; half < HALVES.length; half++) HALVES[half] = fromHalf(half);

/** Many halves as float32; a fresh array. */
export function floatsOf(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) floats[i] = HALVES[halves[i]];
  return floats;
}

/** `value / 2^places`, rounded to nearest, ties to even. */
function roundShift(value: number, places: number): number {
  const kept = value >>> places;
  const rest = value & ((1 << places) - 1);
  const tie = 1 << (places - 1);
  return rest > tie || (rest === tie && (kept & 1) === 1) ? kept + 1 : kept;
}
