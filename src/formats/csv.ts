/*
 * The CSV that is read and written here, RFC 4180 with its freedoms:
 *
 * - A record ends in LF, CRLF or CR, the last one also with the text. A blank line is no record, so that a record of one
 *   empty field has to be quoted.
 * - A field that begins with a quote goes on to the next quote that is alone; it holds whatever stands between, a doubled
 *   quote meaning one. Any other field holds no quote, and nothing in it is taken off or away.
 * - Fields are separated by one delimiter, a comma where headstart writes.
 */

export const QUOTE = 0x22;
export const LF = 0x0a;
export const CR = 0x0d;

/** What may separate fields, the most common first. */
export const DELIMITERS = [",", ";", "\t", "|"] as const;

/**
 * The fields of one record.
 *
 * @param record     without its line end, and with no quote out of place
 * @param delimiter  one character
 * @param quoted     whether a quote stands in it, where that is known
 */
export function csvFields(record: string, delimiter: string, quoted = record.includes('"')): string[] {
  if (!quoted) return record.split(delimiter);
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    const isQuoted = record.charCodeAt(at) === QUOTE;
    const end = isQuoted ? quotedEnd(record, at) : plainEnd(record, at, delimiter);
    fields.push(isQuoted ? record.slice(at + 1, end - 1).replaceAll('""', '"') : record.slice(at, end));
    if (end >= record.length) return fields;
    at = end;
  }
}

/** Behind the quote that closes the field whose opening quote stands at `start`. */
function quotedEnd(record: string, start: number): number {
  let at = record.indexOf('"', start + 1);
  while (at >= 0 && record.charCodeAt(at + 1) === QUOTE) at = record.indexOf('"', at + 2);
  return at < 0 ? record.length : at + 1;
}

function plainEnd(record: string, start: number, delimiter: string): number {
  const at = record.indexOf(delimiter, start);
  return at < 0 ? record.length : at;
}

/** A cell of a row; objects and lists become JSON. */
export type Cell = string | number | null | object;

/** One record with its line end; null is an empty field, an object its JSON. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvField).join(",") || '""'}\r\n`;

/** A field, quoted where it has to be, and where it has outer spaces, which some programs take off. */
function csvField(cell: Cell): string {
  if (cell === null) return "";
  const text = typeof cell === "object" ? JSON.stringify(cell) : String(cell);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
