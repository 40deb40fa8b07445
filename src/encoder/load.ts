import type { Encoder, EncoderOptions } from "./encoder.js";
import { locateEncoder } from "./locate.js";
import { loadTransformer } from "./transformer.js";

/**
 * Finds an encoder by name, folder or hub id and makes it ready.
 *
 * @throws HeadstartError with an E_ENCODER, E_HUB, E_OFFLINE or E_CHECKSUM code when it cannot be had or used
 */
export async function loadEncoder(name: string, options: EncoderOptions = {}): Promise<Encoder> {
  const { offline, onDownload, signal } = options;
  const folder = await locateEncoder(name, {
    ...(offline === undefined ? {} : { offline }),
    ...(onDownload === undefined ? {} : { onProgress: onDownload }),
    ...(signal === undefined ? {} : { signal }),
  });
  return loadTransformer(folder, options);
}
