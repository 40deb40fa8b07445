import type { Encoder, EncoderOptions } from "./encoder.js";
import { locateEncoder } from "./locate.js";
import { isTokenTable, loadTokenTable } from "./static/tokenTable.js";
import { loadWordVectors } from "./static/loadWordVectors.js";

/**
 * Finds an encoder by name, folder, file of word vectors or hub id and makes it ready.
 *
 * @throws HeadstartError with an E_ENCODER, E_HUB, E_OFFLINE or E_CHECKSUM code when it cannot be had or used
 * @example
 * const encoder = await loadEncoder("headstart-mini", { pooling: "cls", offline: true });
 * console.log(encoder.width, encoder.pooling); // 384 cls
 * await encoder.close();
 */
export async function loadEncoder(name: string, options: EncoderOptions = {}): Promise<Encoder> {
  const { offline, onDownload, signal } = options;
  const found = await locateEncoder(name, { offline, onProgress: onDownload, signal });
  if (found.kind === "file") return loadWordVectors(found, options);
  if (await isTokenTable(found)) return loadTokenTable(found, options);
  // With all that reads and rewrites models, which takes as long to load as a whole command that needs none.
  const { loadTransformer } = await import("./transformer.js");
  return loadTransformer(found, options);
}
