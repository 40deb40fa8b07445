import type { ByteTarget } from "../sink.js";

/** Rows joined to one string before they are written; bounds memory, whatever the width. */
const ROWS_A_WRITE = 256;

/** Writes the lines of `rows` rows, of which `line` gives each with its end. */
export async function writeLines(target: ByteTarget, rows: number, line: (r: number) => string): Promise<void> {
  for (let start = 0; start < rows; start += ROWS_A_WRITE) {
    let text = "";
    for (let r = start; r < Math.min(rows, start + ROWS_A_WRITE); r++) text += line(r);
    await target.write(text);
  }
}
