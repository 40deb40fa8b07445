import { excerpt, HeadstartError } from "../errors.js";
import type { Encoder, EncoderOptions } from "./encoder.js";
import { locateEncoder } from "./locate.js";
import { relativeName } from "./folder/modelFile.js";
import { isTokenTable, loadTokenTable } from "./static/tokenTable.js";
import { loadWordVectors } from "./static/loadWordVectors.js";

/**
 * Finds an encoder by name, folder, file of word vectors or hub id and makes it ready.
 *
 * @throws HeadstartError with an E_ENCODER, E_HUB, E_OFFLINE or E_CHECKSUM code when it cannot be had or used; E_USAGE
 *   for options that no encoder has, or not this one
 * @example
 * const encoder = await loadEncoder("headstart-mini", { pooling: "cls", offline: true });
 * console.log(encoder.width, encoder.pooling); // 384 cls
 * await encoder.close();
 */
export async function loadEncoder(name: string, options: EncoderOptions = {}): Promise<Encoder> {
  const { offline, onDownload, signal } = options;
  checkOptions(options);
  const modelFile = options.modelFile === undefined ? undefined : relativeName(options.modelFile);
  const found = await locateEncoder(name, { offline, modelFile, onProgress: onDownload, signal });
  if (found.kind === "file") return loadWordVectors(found, options);
  if (await isTokenTable(found)) return loadTokenTable(found, options);
  // With all that reads and rewrites models, which takes as long to load as a whole command that needs none.
  const { loadTransformer } = await import("./transformer.js");
  return loadTransformer(found, { ...options, modelFile });
}

/** Without this a session pool of no threads would give zeros, and a precision misspelled would be left out. */
function checkOptions({ threads, pooling, precision }: EncoderOptions): void {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    const message = `Cannot run an encoder on ${threads} threads. Give a whole number of 1 or more with --threads`;
    throw new HeadstartError("E_USAGE", message);
  }
  checkChoice(pooling, ["mean", "cls", "max", "model"], "--pooling");
  checkChoice(precision, ["fp32", "int8"], "--precision");
}

function checkChoice<T extends string>(given: T | undefined, choices: readonly T[], flag: string): void {
  if (given === undefined || choices.includes(given)) return;
  const last = choices.at(-1);
  throw new HeadstartError(
    "E_USAGE",
    `Cannot take "${excerpt(String(given))}" for ${flag}: there is no such choice. ` +
      `Give ${choices.slice(0, -1).join(", ")} or ${last}`,
  );
}
