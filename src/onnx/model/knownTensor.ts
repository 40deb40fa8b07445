import { ElementType, type TensorProto } from "./model.js";
import { elementsOf, isOutside } from "./tensorSizes.js";

/** What can be said of a tensor before a model runs. */
export interface KnownTensor {
  /** Element type by its number in the format. */
  readonly type: number | undefined;
  readonly shape: readonly number[] | undefined;
  /** Row-major; undefined where they are many or not known. */
  readonly numbers: readonly number[] | undefined;
}

export const BOOL = 9;
/** A shape has few numbers, and what it is computed from not many more. */
export const MOST_NUMBERS = 1024;
const MOST_DIMS = 64;

/** Integers of so many bits, and whether they have a sign. */
const RANGES: Readonly<Record<number, readonly [number, number]>> = {
  [BOOL]: [0, 1],
  [ElementType.uint8]: [0, 2 ** 8 - 1],
  [ElementType.int8]: [-(2 ** 7), 2 ** 7 - 1],
  [ElementType.int32]: [-(2 ** 31), 2 ** 31 - 1],
  [ElementType.int64]: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

export const isIntegerType = (type: number | undefined): boolean => type !== undefined && type in RANGES;

export const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

/** Number of elements, or undefined where the shape is not known. */
export const elementCount = ({ shape }: KnownTensor): number | undefined =>
  shape === undefined ? undefined : product(shape);

/** A tensor whose numbers are left out where they do not fit the shape, the type or this reckoning. */
export function known(
  type: number | undefined,
  shape: readonly number[] | undefined,
  numbers?: readonly number[],
): KnownTensor {
  if (shape === undefined || shape.length > MOST_DIMS || !shape.every((size) => Number.isInteger(size) && size >= 0))
    return { type, shape: undefined, numbers: undefined };
  const fits = numbers !== undefined && numbers.length <= MOST_NUMBERS && numbers.length === product(shape);
  return { type, shape, numbers: fits ? rounded(type, numbers) : undefined };
}

export const NOTHING: KnownTensor = { type: undefined, shape: undefined, numbers: undefined };

/** Numbers as the runtime would have them; undefined where it would have others, as integers that are too large. */
function rounded(type: number | undefined, numbers: readonly number[]): readonly number[] | undefined {
  if (type === ElementType.float32) return numbers.map(Math.fround);
  if (type === ElementType.float64) return numbers;
  const [least, most] = RANGES[type ?? 0] ?? [];
  if (least === undefined || most === undefined) return undefined;
  return numbers.every((n) => Number.isInteger(n) && n >= least && n <= most) ? numbers : undefined;
}

/** @param outside  bytes of a short tensor that lies in another file */
export function knownConstant(t: TensorProto, outside: (t: TensorProto) => Uint8Array | undefined): KnownTensor {
  const shape = t.dims.map(Number);
  const isShort = (elementsOf(t.dims) ?? Infinity) <= MOST_NUMBERS;
  return known(t.dataType, shape, isShort ? numbersOf(t, isOutside(t) ? outside(t) : t.rawData) : undefined);
}

function numbersOf(t: TensorProto, raw: Uint8Array | undefined): number[] | undefined {
  if (raw === undefined) return undefined;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const all = (bytes: number, read: (at: number) => number): number[] =>
    Array.from({ length: raw.length / bytes }, (_, i) => read(i * bytes));
  const inField = raw.length === 0;
  switch (t.dataType) {
    case ElementType.float32:
      return inField ? t.floatData : all(4, (at) => view.getFloat32(at, true));
    case ElementType.float64:
      return inField ? t.doubleData : all(8, (at) => view.getFloat64(at, true));
    case ElementType.int64:
      return inField ? t.int64Data.map(Number) : all(8, (at) => Number(view.getBigInt64(at, true)));
    case ElementType.int32:
      return inField ? t.int32Data : all(4, (at) => view.getInt32(at, true));
    case ElementType.int8:
      return inField ? t.int32Data : all(1, (at) => view.getInt8(at));
    case ElementType.uint8:
    case BOOL:
      return inField ? t.int32Data : all(1, (at) => view.getUint8(at));
    default:
      return undefined;
  }
}
