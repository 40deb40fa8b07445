/** A cell of a row; objects and lists become JSON. */
export type Cell = string | number | null | object;

/**
 * One record of CSV with its line end; null is an empty field, an object its JSON. A single empty field is quoted: a
 * blank line would be no record.
 */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(",") || '""'}\r\n`;

/** A field as RFC 4180 writes it: quoted where it holds a quote, a comma, a line end or outer spaces. */
function csvCell(cell: Cell): string {
  if (cell === null) return "";
  const text = typeof cell === "object" ? JSON.stringify(cell) : String(cell);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
