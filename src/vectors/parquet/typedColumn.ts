import type { SchemaElement } from "hyparquet";
import { unreachable } from "../../errors.js";
import { daysOf, timestampOf, type ColumnType } from "../../formats/columnType.js";

const UNITS = { ms: "MILLIS", us: "MICROS", ns: "NANOS" } as const;

/** Schema of a column whose values may be missing; of text without a type. */
export function columnSchema(name: string, type: ColumnType | undefined): SchemaElement {
  return { name, repetition_type: "OPTIONAL", ...elementOf(type) };
}

function elementOf(type: ColumnType | undefined): Omit<SchemaElement, "name"> {
  switch (type?.kind) {
    case undefined:
      return { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } };
    case "bool":
      return { type: "BOOLEAN" };
    case "float":
      return { type: type.bits === 32 ? "FLOAT" : "DOUBLE" };
    case "int":
      // The newer logical type is left out: the library writes its bit width as a number of another size.
      return {
        type: type.bits === 64 ? "INT64" : "INT32",
        ...((type.bits < 32 || !type.signed) && {
          converted_type: `${type.signed ? "" : "U"}INT_${type.bits}` as const,
        }),
      };
    case "date":
      return { type: "INT32", converted_type: "DATE", logical_type: { type: "DATE" } };
    case "timestamp":
      return {
        type: "INT64",
        logical_type: { type: "TIMESTAMP", isAdjustedToUTC: type.utc, unit: UNITS[type.unit] },
      };
    default:
      return unreachable(type);
  }
}

/** The value of a cell as the column keeps it. */
export function columnValue(text: string, type: ColumnType | undefined): string | number | bigint | boolean {
  switch (type?.kind) {
    case undefined:
      return text.toWellFormed();
    case "bool":
      return text === "true";
    case "float":
      return Number(text);
    case "int":
      return type.bits === 64 ? BigInt(text) : Number(text);
    case "date":
      return daysOf(text);
    case "timestamp":
      return timestampOf(text, type.unit);
    default:
      return unreachable(type);
  }
}
