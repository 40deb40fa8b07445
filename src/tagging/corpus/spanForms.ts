import type { WrittenSpan } from "./sentence.js";

export type Fields = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A span of a row, and whether it has several labels, of which the first counts. */
export interface FormedSpan extends WrittenSpan {
  readonly hasSeveral: boolean;
}

/**
 * A span as tools write it: `[start, end, label]`, or an object of `start` and `end` (or `start_offset` and `end_offset`)
 * with the label as `label`, `labels`, `entity`, `entity_group` or `type`; or what is wrong with it.
 */
export function writtenSpan(value: unknown): FormedSpan | string {
  const fields = Array.isArray(value) ? { start: value[0], end: value[1], label: value[2] } : value;
  if (!isObject(fields)) return `an entity is ${valueKind(fields)}`;
  const [start, end] = [fields["start"] ?? fields["start_offset"], fields["end"] ?? fields["end_offset"]];
  if (!isOffset(start) || !isOffset(end)) return `an entity has ${startAndEnd(fields)}, not offsets of its text`;
  const several = Array.isArray(fields["labels"]) ? fields["labels"] : [];
  const label = fields["label"] ?? several[0] ?? fields["entity"] ?? fields["entity_group"] ?? fields["type"];
  if (typeof label !== "string" || label === "")
    return `the label of an entity is ${label === "" ? "empty" : valueKind(label)}, not its name`;
  const surface = fields["text"] ?? fields["value"];
  return { start, end, label, hasSeveral: several.length > 1, ...(typeof surface === "string" && { surface }) };
}

const isOffset = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const startAndEnd = ({ start, end, start_offset: from, end_offset: to }: Fields): string =>
  [
    ["start", start ?? from],
    ["end", end ?? to],
  ]
    .map(([name, value]) => `${String(name)} ${typeof value === "number" ? String(value) : `(${valueKind(value)})`}`)
    .join(" and ");

/** What kind of JSON a value is: a string, a list of numbers. */
export function valueKind(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${pluralOf(value[0])}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function pluralOf(value: unknown): string {
  if (Array.isArray(value)) return "lists";
  return value === null ? "null" : `${typeof value}s`;
}
