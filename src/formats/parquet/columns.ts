import type { ParquetParsers, SchemaElement, SchemaTree } from "hyparquet";
import {
  dateText,
  decimalText,
  numberJson,
  timestampText,
  timeText,
  valueJson,
  type ColumnType,
} from "../columnType.js";
import { textOfBytes } from "./open.js";

/** A column of a Parquet file: how its values become text. */
export interface ParquetColumn {
  readonly name: string;
  /** What the values are, apart from text. */
  readonly type: ColumnType | undefined;
  /** Whether they are text. */
  readonly isText: boolean;
  /** Bits of the numbers that each value is a list of; undefined where it is no such list. */
  readonly numberBits: number | undefined;
  /** Text of a value, and its JSON where it is no string. */
  readonly cell: (value: unknown) => readonly [text: string | null, json: string | undefined];
}

const UNITS = { MILLIS: "ms", MICROS: "us", NANOS: "ns" } as const;

/** Times as text in UTC, so that those inside of lists are texts as well; what is no moment in UTC has no `Z`. */
export const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value: bigint | undefined) => timestamp(value, "ms"),
  timestampFromMicroseconds: (value: bigint | undefined) => timestamp(value, "us"),
  timestampFromNanoseconds: (value: bigint | undefined) => timestamp(value, "ns"),
  dateFromDays: dateText,
  jsonFromBytes: textOfBytes,
};

const timestamp = (value: bigint | undefined, unit: "ms" | "us" | "ns"): string | undefined =>
  value === undefined ? undefined : timestampText(BigInt(value), { unit, utc: false });

/** Decimals as the integers that they are kept as; as numbers, which they become otherwise, they lose digits. */
function keepDecimals(columns: readonly SchemaTree[]): ReadonlyMap<SchemaElement, number> {
  const scales = new Map<SchemaElement, number>();
  for (const { element, children } of columns) {
    const isDecimal = element.converted_type === "DECIMAL" || element.logical_type?.type === "DECIMAL";
    if (!isDecimal || children.length > 0 || element.type === "BYTE_ARRAY") continue;
    scales.set(element, element.scale ?? 0);
    delete element.converted_type;
    delete element.logical_type;
  }
  return scales;
}

/** How the values of each column become cells; to be called before rows are read. */
export function parquetColumns(columns: readonly SchemaTree[]): readonly ParquetColumn[] {
  const scales = keepDecimals(columns);
  const marked = columns.some(({ element }) => isMarked(element));
  const isText = (element: SchemaElement): boolean => isMarked(element) || (!marked && isUnmarked(element));
  return columns.map((tree) => {
    const { element, children } = tree;
    const nested = children.length > 0 || element.repetition_type === "REPEATED";
    const scale = nested ? undefined : scales.get(element);
    const type = nested || scale !== undefined ? undefined : typeOf(element);
    return {
      name: element.name,
      type,
      isText: !nested && isText(element),
      numberBits: numberBits(tree),
      cell: (value) =>
        value === null || value === undefined
          ? [null, undefined]
          : cellOf(value, { element, type, scale, isText: isText(element) }),
    };
  });
}

/** Whether bytes are marked as text; writers of old mark none. */
const isMarked = ({ type, converted_type: converted, logical_type: logical }: SchemaElement): boolean =>
  type === "BYTE_ARRAY" && (/^(UTF8|ENUM)$/.test(converted ?? "") || /^(STRING|ENUM)$/.test(logical?.type ?? ""));

const isUnmarked = ({ type, converted_type: converted, logical_type: logical }: SchemaElement): boolean =>
  type === "BYTE_ARRAY" && converted === undefined && logical === undefined;

function typeOf({ type, converted_type: converted, logical_type: logical }: SchemaElement): ColumnType | undefined {
  if (type === "BOOLEAN") return { kind: "bool" };
  if (type === "FLOAT" || logical?.type === "FLOAT16") return { kind: "float", bits: 32 };
  if (type === "DOUBLE") return { kind: "float", bits: 64 };
  if (type === "INT96") return { kind: "timestamp", unit: "ns", utc: false };
  if (type !== "INT32" && type !== "INT64") return undefined;
  if (logical?.type === "TIMESTAMP")
    return { kind: "timestamp", unit: UNITS[logical.unit], utc: logical.isAdjustedToUTC };
  if (converted === "TIMESTAMP_MILLIS") return { kind: "timestamp", unit: "ms", utc: true };
  if (converted === "TIMESTAMP_MICROS") return { kind: "timestamp", unit: "us", utc: true };
  if (converted === "DATE" || logical?.type === "DATE") return { kind: "date" };
  if (converted?.startsWith("TIME") === true || logical?.type === "TIME") return undefined;
  const named = /^(U?)INT_(8|16|32|64)$/.exec(converted ?? "");
  if (logical?.type === "INTEGER") return integer(logical.bitWidth, logical.isSigned);
  if (named !== null) return integer(Number(named[2]), named[1] === "");
  return integer(type === "INT32" ? 32 : 64, true);
}

const integer = (bits: number, signed: boolean): ColumnType => {
  return { kind: "int", bits: bits as 8 | 16 | 32 | 64, signed };
};

/** Bits of the numbers in a list of them. */
function numberBits({ element, children }: SchemaTree): number | undefined {
  const isList = element.converted_type === "LIST" || element.logical_type?.type === "LIST";
  const item = children[0]?.children[0]?.element;
  if (!isList || item === undefined || children[0].children.length !== 1) return undefined;
  const type = typeOf(item);
  return type?.kind === "int" || type?.kind === "float" ? type.bits : undefined;
}

interface CellSource {
  readonly element: SchemaElement;
  readonly type: ColumnType | undefined;
  /** Of a decimal. */
  readonly scale: number | undefined;
  /** Whether bytes are text. */
  readonly isText: boolean;
}

function cellOf(value: unknown, { element, type, scale, isText }: CellSource): readonly [string, string | undefined] {
  const { converted_type: converted, logical_type: logical } = element;
  if (scale !== undefined) return twice(decimalText(integerOf(value), scale));
  if (type?.kind === "timestamp" && type.utc) return [`${String(value)}Z`, undefined];
  if (logical?.type === "TIME") return [timeText(BigInt(value as bigint), DIGITS[logical.unit]), undefined];
  if (converted === "TIME_MILLIS") return [timeText(BigInt(value as bigint), 3), undefined];
  if (converted === "TIME_MICROS") return [timeText(BigInt(value as bigint), 6), undefined];
  if (typeof value === "string") return [value, undefined];
  if (typeof value === "number") return [String(value), numberJson(String(value))];
  if (value instanceof Uint8Array) {
    return [isText ? textOfBytes(value)! : Buffer.from(value).toString("base64"), undefined];
  }
  return twice(valueJson(value));
}

const DIGITS = { MILLIS: 3, MICROS: 6, NANOS: 9 } as const;

const twice = (text: string): readonly [string, string] => [text, text];

/** Of bytes in two's complement, the highest first. */
function integerOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  const unsigned = value.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return BigInt.asIntN(8 * value.length, unsigned);
}
