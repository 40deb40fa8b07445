/** What the values of a column are, where that is more than text and formats with typed columns can keep it. */
export type ColumnType =
  | { readonly kind: "bool" }
  | { readonly kind: "int"; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: "float"; readonly bits: 32 | 64 }
  | { readonly kind: "date" }
  | { readonly kind: "timestamp"; readonly unit: TimestampUnit; readonly utc: boolean };

export type TimestampUnit = "ms" | "us" | "ns";

/** Digits of the fraction of a second. */
const DIGITS = { ms: 3, us: 6, ns: 9 } as const;

/** Whether two columns hold the same. */
export const isSameType = (one: ColumnType | undefined, other: ColumnType | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** A number as JSON has it: null for one that is not finite. */
export const numberJson = (text: string): string => (/^(NaN|-?Infinity)$/.test(text) ? "null" : text);

/** ISO 8601 of a number of days since 1970. */
export const dateText = (days: number): string => new Date(days * 86_400_000).toISOString().replace(/T.*/, "");

/** ISO 8601 of a moment since 1970, with a `Z` where it is one in UTC, and with a fraction where it has one. */
export function timestampText(
  value: bigint,
  { unit, utc }: Pick<ColumnType & { kind: "timestamp" }, "unit" | "utc">,
): string {
  const perSecond = 10n ** BigInt(DIGITS[unit]);
  const fraction = ((value % perSecond) + perSecond) % perSecond;
  const seconds = (value - fraction) / perSecond;
  const shown = fraction === 0n ? "" : `.${String(fraction).padStart(DIGITS[unit], "0")}`;
  return `${isoSeconds(Number(seconds))}${shown}${utc ? "Z" : ""}`;
}

function isoSeconds(seconds: number): string {
  const date = new Date(seconds * 1000);
  // What no calendar of JavaScript reaches stays a number, of seconds.
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().slice(0, -5);
}

/** The days of a date as `dateText` writes it. */
export const daysOf = (text: string): number => Math.round(Date.parse(`${text}T00:00:00Z`) / 86_400_000);

/** The moment of a text that `timestampText` wrote. */
export function timestampOf(text: string, unit: TimestampUnit): bigint {
  const [, seconds, fraction = ""] = /^(.*?)(?:\.(\d+))?Z?$/.exec(text)!;
  const whole = /^-?\d+$/.test(seconds) ? BigInt(seconds) : BigInt(Date.parse(`${seconds}Z`) / 1000);
  return whole * 10n ** BigInt(DIGITS[unit]) + BigInt(fraction.padEnd(DIGITS[unit], "0").slice(0, DIGITS[unit]));
}

/** A time of day as `12:30:00.5`, of a number of `10 ** -digits` seconds. */
export function timeText(value: bigint, digits: number): string {
  const perSecond = 10n ** BigInt(digits);
  const fraction = value % perSecond;
  const seconds = Number(value / perSecond);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = fraction === 0n ? "" : `.${String(fraction).padStart(digits, "0")}`;
  return parts.map((part) => String(part).padStart(2, "0")).join(":") + shown;
}

/** A decimal number of so many digits behind the point. */
export function decimalText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${value < 0n ? "-" : ""}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ""}`;
}

/** JSON of a value that may hold large integers, bytes (in base64), times, and lists of any kind. */
export function valueJson(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return numberJson(String(value));
  if (typeof value !== "object") return JSON.stringify(value);
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("base64"));
  if (value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(valueJson).join(",")}]`;
  if (ArrayBuffer.isView(value)) return valueJson(Array.from(value as Int32Array));
  if ("toJSON" in value && typeof value.toJSON === "function") return valueJson(value.toJSON());
  return `{${Object.entries(value)
    .map(([name, own]) => `${JSON.stringify(name)}:${valueJson(own)}`)
    .join(",")}}`;
}
