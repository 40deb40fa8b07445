import { stat } from "node:fs/promises";

/**
 * A guess of the rows in plain files, from their sizes and the bytes that the rows read so far took; undefined where
 * there is a pipe or a compressed file.
 */
export async function forecastRows(
  files: readonly string[],
): Promise<((rows: number, bytes: number) => number | undefined) | undefined> {
  let size = 0;
  for (const file of files) {
    const found = file === "-" || file.endsWith(".gz") ? undefined : await stat(file).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    size += found.size;
  }
  return (rows, bytes) => (bytes === 0 ? undefined : Math.max(rows, Math.round((size / bytes) * rows)));
}
