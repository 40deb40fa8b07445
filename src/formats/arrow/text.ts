import { DataType, type Data, type Vector } from "apache-arrow";

/** Of a byte order mark in UTF-8. */
const MARK = [0xef, 0xbb, 0xbf] as const;
/** Bytes of a view: four of the length, then the first of the text, or zeros behind a shorter one. */
const VIEW_BYTES = 16;

/** Whether the values of a column are text, be it in a dictionary. */
export function isText(type: DataType): boolean {
  if (DataType.isDictionary(type)) return isText(type.dictionary);
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);
}

/** The texts of a column of which `isText`; null where there is none. */
export function textsOf(column: Vector): (string | null)[] {
  return Array.from({ length: column.length }, (_, r) => valueAt(column, r) as string | null);
}

/** Row `r` of a column, whatever its type; of a text also a byte order mark at its start, which `get()` leaves out. */
export function valueAt(column: Vector, r: number): unknown {
  const value: unknown = column.get(r);
  return typeof value === "string" && startsWithMark(column, r) ? `\ufeff${value}` : value;
}

function startsWithMark(column: Vector, r: number): boolean {
  let left = r;
  for (const data of column.data) {
    if (left < data.length) return isMarked(data, left);
    left -= data.length;
  }
  return false;
}

function isMarked(data: Data, r: number): boolean {
  const type: DataType = data.type;
  if (DataType.isDictionary(type))
    return startsWithMark(data.dictionary!, Number((data.values as ArrayLike<number>)[r]));
  const bytes = data.values as Uint8Array;
  if (DataType.isUtf8View(type)) return hasMark(bytes, VIEW_BYTES * r + 4, MARK.length);
  if (!DataType.isUtf8(type) && !DataType.isLargeUtf8(type)) return false;
  const [start, end] = [data.valueOffsets[r], data.valueOffsets[r + 1]].map(Number);
  return hasMark(bytes, start, end - start);
}

const hasMark = (bytes: Uint8Array, at: number, length: number): boolean =>
  length >= MARK.length && MARK.every((byte, i) => bytes[at + i] === byte);
