import {
  Bool,
  DateDay,
  Float32,
  Float64,
  Int,
  makeData,
  Timestamp,
  TimeUnit,
  Utf8,
  type Data,
  type DataType,
} from "apache-arrow";
import { unreachable } from "../../errors.js";
import { daysOf, timestampOf, type ColumnType } from "../../formats/columnType.js";

const UNITS = { ms: TimeUnit.MILLISECOND, us: TimeUnit.MICROSECOND, ns: TimeUnit.NANOSECOND } as const;
const INTEGERS = {
  8: [Uint8Array, Int8Array],
  16: [Uint16Array, Int16Array],
  32: [Uint32Array, Int32Array],
} as const;

/** Type of a column; text without one. */
export function arrowType(type: ColumnType | undefined): DataType {
  switch (type?.kind) {
    case undefined:
      return new Utf8();
    case "bool":
      return new Bool();
    case "float":
      return type.bits === 32 ? new Float32() : new Float64();
    case "int":
      return new Int(type.signed, type.bits);
    case "date":
      return new DateDay();
    case "timestamp":
      return new Timestamp(UNITS[type.unit], type.utc ? "UTC" : null);
    default:
      return unreachable(type);
  }
}

/** A column of cells. */
export function columnData(cells: readonly (string | null)[], type: ColumnType | undefined): Data {
  const { length } = cells;
  const nullBitmap = bitsOf(cells.map((cell) => cell !== null));
  const nullCount = cells.filter((cell) => cell === null).length;
  const shared = { length, nullCount, nullBitmap };
  if (type === undefined) return makeData({ type: new Utf8(), ...shared, ...texts(cells) });
  return makeData({ type: arrowType(type), ...shared, data: numbers(cells, type) } as Parameters<typeof makeData>[0]);
}

function texts(cells: readonly (string | null)[]): { readonly valueOffsets: Int32Array; readonly data: Buffer } {
  const parts = cells.map((cell) => Buffer.from(cell ?? "", "utf8"));
  const valueOffsets = new Int32Array(cells.length + 1);
  parts.forEach((bytes, i) => (valueOffsets[i + 1] = valueOffsets[i] + bytes.length));
  return { valueOffsets, data: Buffer.concat(parts) };
}

function numbers(cells: readonly (string | null)[], type: ColumnType): ArrayBufferView {
  switch (type.kind) {
    case "bool":
      return bitsOf(cells.map((cell) => cell === "true"));
    case "float": {
      const values = cells.map((cell) => Number(cell));
      return type.bits === 32 ? Float32Array.from(values) : Float64Array.from(values);
    }
    case "int": {
      const { bits, signed } = type;
      if (bits === 64) return (signed ? BigInt64Array : BigUint64Array).from(cells.map((cell) => BigInt(cell ?? 0)));
      const [unsigned, withSign] = INTEGERS[bits];
      return ((signed ? withSign : unsigned) as Int32ArrayConstructor).from(cells.map(Number));
    }
    case "date":
      return Int32Array.from(cells, (cell) => (cell === null ? 0 : daysOf(cell)));
    case "timestamp":
      return BigInt64Array.from(cells, (cell) => (cell === null ? 0n : timestampOf(cell, type.unit)));
    default:
      return unreachable(type);
  }
}

function bitsOf(values: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    if (value) bits[i >> 3] |= 1 << (i & 7);
  });
  return bits;
}
