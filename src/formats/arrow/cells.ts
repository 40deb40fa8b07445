import { DataType, TimeUnit, type Data, type Timestamp, type Vector } from "apache-arrow";
import {
  dateText,
  decimalText,
  numberJson,
  timestampText,
  timeText,
  valueJson,
  type ColumnType,
  type TimestampUnit,
} from "../columnType.js";
import { isText, valueAt } from "./text.js";

const UNITS: Readonly<Record<TimeUnit, TimestampUnit>> = {
  [TimeUnit.SECOND]: "ms",
  [TimeUnit.MILLISECOND]: "ms",
  [TimeUnit.MICROSECOND]: "us",
  [TimeUnit.NANOSECOND]: "ns",
};
const TIME_DIGITS: Readonly<Record<TimeUnit, number>> = {
  [TimeUnit.SECOND]: 0,
  [TimeUnit.MILLISECOND]: 3,
  [TimeUnit.MICROSECOND]: 6,
  [TimeUnit.NANOSECOND]: 9,
};

/** What the values of a column are, apart from text. */
export function columnTypeOf(type: DataType): ColumnType | undefined {
  if (DataType.isBool(type)) return { kind: "bool" };
  if (DataType.isInt(type)) return { kind: "int", bits: type.bitWidth, signed: type.isSigned };
  if (DataType.isFloat(type)) return { kind: "float", bits: type.precision === 2 ? 64 : 32 };
  if (DataType.isDate(type)) return type.unit === 0 ? { kind: "date" } : { kind: "timestamp", unit: "ms", utc: false };
  // A duration stays the number of its units.
  if (DataType.isDuration(type)) return { kind: "int", bits: 64, signed: true };
  return DataType.isTimestamp(type) ? timestampType(type) : undefined;
}

const timestampType = (type: Timestamp): ColumnType & { kind: "timestamp" } => {
  return { kind: "timestamp", unit: UNITS[type.unit], utc: (type.timezone ?? "") !== "" };
};

/** A value as text, as a CSV would have it, and its JSON where it is no string. */
interface Cell {
  readonly text: string | null;
  readonly json: string | undefined;
}

const NOTHING: Cell = { text: null, json: undefined };
const string = (text: string): Cell => ({ text, json: undefined });
const json = (text: string): Cell => ({ text, json: text });

/**
 * Gives the cells of a column by row: strings as they are, numbers and booleans as JavaScript writes them, times in ISO
 * 8601, bytes in base64, lists and structs as JSON.
 */
export function cellsOf(column: Vector | null): (r: number) => Cell {
  if (column === null) return () => NOTHING;
  const of = converter(column);
  return (r) => {
    const value = valueAt(column, r);
    return value === null || value === undefined ? NOTHING : of(value, r);
  };
}

function converter(column: Vector): (value: unknown, r: number) => Cell {
  const type: DataType = column.type;
  if (isText(type)) return (value) => string(value as string);
  if (DataType.isTimestamp(type)) return timestamps(column, type);
  if (DataType.isDate(type)) return (value) => string(dateCell(Number(value), type.unit === 0));
  if (DataType.isTime(type)) return (value) => string(timeText(BigInt(value as number), TIME_DIGITS[type.unit]));
  if (DataType.isDecimal(type)) return (value) => json(decimalText(wordsOf(value as Uint32Array), type.scale));
  return (value) => {
    if (typeof value === "number") return { text: String(value), json: numberJson(String(value)) };
    if (typeof value === "string") return string(value);
    if (value instanceof Uint8Array) return string(Buffer.from(value).toString("base64"));
    return json(valueJson(value));
  };
}

const dateCell = (ms: number, isDay: boolean): string =>
  isDay ? dateText(ms / 86_400_000) : timestampText(BigInt(ms), { unit: "ms", utc: false });

/** Of the 64 bits themselves, since the value is a number of milliseconds. */
function timestamps(column: Vector, type: Timestamp): (value: unknown, r: number) => Cell {
  const [data, ...more] = column.data as unknown as readonly Data<Timestamp>[];
  const own = timestampType(type);
  const scale = type.unit === TimeUnit.SECOND ? 1000n : 1n;
  if (more.length > 0)
    return (value) => string(timestampText(BigInt(Math.trunc(Number(value))), { ...own, unit: "ms" }));
  const values = data.values as unknown as BigInt64Array;
  return (_, r) => string(timestampText(values[r] * scale, own));
}

/** A number of 32-bit words, the lowest first, in two's complement. */
function wordsOf(words: Uint32Array): bigint {
  const unsigned = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return BigInt.asIntN(words.length * 32, unsigned);
}
