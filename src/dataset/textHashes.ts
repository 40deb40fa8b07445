import { sha256Bytes } from "../files/contentHash.js";
import { normalizedText } from "./duplicates.js";

/** 32 bits of a text, normalized: enough to tell whether it is among some hundred thousand, and not what it says. */
const textHash = (text: string): number => sha256Bytes(normalizedText(text)).readInt32LE(0);

/** Hashes of texts, each once, ascending. */
export const textHashes = (texts: readonly string[]): Int32Array =>
  Int32Array.from(new Set(texts.map((text) => textHash(text)))).sort();

/** Rows whose text is not among those that were hashed, ascending. */
export function unhashedRows(hashes: Int32Array, texts: readonly string[]): Int32Array {
  const known = new Set(hashes);
  return Int32Array.from(texts.keys()).filter((r) => !known.has(textHash(texts[r])));
}
