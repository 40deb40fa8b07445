import { matrix } from "../../../src/math/matrix.js";
import type { Matrix } from "../../../src/math/matrix.js";
import { seeded } from "../../../src/math/random.js";

/** Columns that have lost data elsewhere: names that objects mistake for their own, or put in another order. */
export const COLUMNS = ["text", "__proto__", "10", "9", 'a "b", c', "toString"] as const;

const TEXTS = ["plain", "", null, "zwölf Boxkämpfer 👩‍👩‍👧", 'say "no",\r\nthen\tgo', "line\u2028end", "NA", "\u0000"];

/** Rows whose first and last value is missing, whatever their number. */
export function sampleValues(rows: number): (string | null)[][] {
  return Array.from({ length: rows }, (_, r) =>
    COLUMNS.map((_, c) => (c < 2 && (r === 0 || r === rows - 1) ? null : TEXTS[(r + c) % TEXTS.length])),
  );
}

export function sampleVectors(rows: number, width: number): Matrix {
  const random = seeded(rows * 1000 + width);
  const data = Float32Array.from({ length: rows * width }, () => (random() - 0.5) / 3);
  if (data.length > 3) data.set([-0, 1e-40, 0.1], 0);
  return matrix(rows, width, data);
}
