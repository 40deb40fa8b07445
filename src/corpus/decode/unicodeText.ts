import { detect } from "chardet";
import iconv from "iconv-lite";
import type { UnicodeName } from "./encoding.js";
import { occurrences, utf8Size, type TextChunk } from "./textChunk.js";

/** Decodes UTF-8 and UTF-16, cutting the bytes only between characters. */
export async function* decodeUnicode(
  bytes: AsyncIterable<Uint8Array>,
  name: UnicodeName,
  options: { readonly start: number; readonly replace: boolean },
): AsyncGenerator<TextChunk> {
  const toText = unicodeDecoder(name, options.replace);
  let carry: Uint8Array = new Uint8Array(0);
  let at = options.start;
  for await (const chunk of bytes) {
    const joined = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    const whole = joined.length - unfinishedBytes(joined, name);
    carry = Uint8Array.from(joined.subarray(whole));
    if (whole === 0) continue;
    const decoded = toText(joined.subarray(0, whole), at);
    yield decoded;
    if (decoded.invalid !== undefined) return;
    at += whole;
  }
  if (carry.length > 0) yield toText(carry, at);
}

function unicodeDecoder(name: UnicodeName, replace: boolean): (bytes: Uint8Array, at: number) => TextChunk {
  // Byte order marks are data here: the one that counts was cut off before.
  const strict = new TextDecoder(name, { fatal: true, ignoreBOM: true });
  const lenient = new TextDecoder(name, { ignoreBOM: true });
  const sizeOf = name === "utf-8" ? utf8Size : (text: string) => 2 * text.length;
  const decodes = (bytes: Uint8Array): string | undefined => {
    try {
      return strict.decode(bytes);
    } catch {
      return undefined;
    }
  };
  return (bytes, at) => {
    const text = decodes(bytes);
    if (text !== undefined) return { text, byte: at, sizeOf, replaced: 0, invalid: undefined };
    if (replace) {
      const replacedText = lenient.decode(bytes);
      const genuine = name === "utf-8" ? occurrences(Buffer.from(bytes).toString("latin1"), "\u00ef\u00bf\u00bd") : 0;
      const replaced = Math.max(1, occurrences(replacedText, "\ufffd") - genuine);
      return { text: replacedText, byte: at, sizeOf, replaced, invalid: undefined };
    }
    const valid = validPrefix(bytes, (prefix) => decodes(prefix) !== undefined);
    const invalid = { byte: at + valid, found: notValid(bytes, valid, name) };
    return { text: strict.decode(bytes.subarray(0, valid)), byte: at, sizeOf, replaced: 0, invalid };
  };
}

/** Bytes at the end that only begin a character: at most three. */
function unfinishedBytes(bytes: Uint8Array, name: UnicodeName): number {
  const { length } = bytes;
  if (name !== "utf-8") {
    const odd = length % 2;
    const high = bytes[length - odd - (name === "utf-16le" ? 1 : 2)];
    return length - odd >= 2 && (high & 0xfc) === 0xd8 ? odd + 2 : odd;
  }
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back];
    if ((byte & 0xc0) === 0x80) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return size > back ? back : 0;
  }
  return 0;
}

/** Length of the longest prefix that `isValid`; a prefix is near a valid one when cutting up to three bytes makes it so. */
function validPrefix(bytes: Uint8Array, isValid: (prefix: Uint8Array) => boolean): number {
  const cut = (length: number): number => {
    for (let end = length; end >= Math.max(0, length - 3); end--) if (isValid(bytes.subarray(0, end))) return end;
    return -1;
  };
  let [low, high] = [0, bytes.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (cut(middle) >= 0) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}

/**
 * The encodings that files in these really have: the same, with characters such as \u2019 where these have control
 * characters. Which of the two it is shows only where such a character comes, which may be late.
 */
const LARGER: Readonly<Record<string, string>> = { "ISO-8859-1": "windows-1252", "ISO-8859-9": "windows-1254" };

function notValid(bytes: Uint8Array, at: number, name: UnicodeName): string {
  const value = `0x${bytes[at].toString(16).toUpperCase().padStart(2, "0")}`;
  const advice = name !== "utf-8" && isUtf8(bytes) ? "It may be UTF-8: leave --encoding out" : otherName(bytes);
  return `the byte ${value} is not valid ${name}. ${advice}, or read such bytes as U+FFFD with --invalid-utf8 replace`;
}

function otherName(bytes: Uint8Array): string {
  const guess = detect(bytes);
  const other = guess !== null && !/^(utf-8|ascii)$/i.test(guess) && iconv.encodingExists(guess);
  const likely = guess === null ? "" : (LARGER[guess] ?? guess);
  return other
    ? `It may be ${likely}: name the encoding of the file with --encoding ${likely}`
    : "Name the encoding of the file with --encoding";
}

/** Whether bytes are UTF-8, the last character perhaps cut off; with a NUL they might be UTF-16. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    return !bytes.includes(0) && new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true }) !== "";
  } catch {
    return false;
  }
}
