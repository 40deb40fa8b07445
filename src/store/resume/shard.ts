import { readFile } from "node:fs/promises";
import { HeadstartError, messageOf } from "../../errors.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import { bytesOf } from "../../vectors/byteView.js";
import { sha256 } from "../../files/contentHash.js";

/** Numbers of a matrix as the bytes of a shard: float32, little-endian, row-major, and nothing else. */
export const shardBytes = ({ data }: Matrix): Uint8Array => bytesOf(data);

/** Texts as one hash; where one ends and the next begins counts. */
export const hashTexts = (texts: readonly string[]): string => sha256(JSON.stringify(texts));

/**
 * Reads a shard back.
 *
 * @throws HeadstartError E_CHECKSUM naming the file, where it is missing or is not what was written
 */
export async function readShard(
  path: string,
  { rows, width, wanted }: { readonly rows: number; readonly width: number; readonly wanted: string },
): Promise<Matrix> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw damaged(path, messageOf(cause));
  });
  const found = sha256(bytes);
  if (found !== wanted) throw damaged(path, `its sha256 is ${found} where ${wanted} was written`);
  if (bytes.length !== 4 * rows * width) throw damaged(path, `it has ${bytes.length} bytes for ${rows} x ${width}`);
  // Copied: a buffer from a pool need not start where a float may.
  return matrix(rows, width, new Float32Array(new Uint8Array(bytes).buffer));
}

function damaged(path: string, found: string): HeadstartError {
  const message = `Cannot go on with ${path}: ${found}. Redo this part alone with --repair, or all with --force`;
  return new HeadstartError("E_CHECKSUM", message, { file: path });
}
