import iconv from "iconv-lite";
import { occurrences, type TextChunk } from "./textChunk.js";

/** Decodes the encodings older than Unicode; a byte without a meaning is known by the U+FFFD that it becomes. */
export async function* decodeLegacy(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  replace: boolean,
): AsyncGenerator<TextChunk> {
  const decoder = iconv.getDecoder(name);
  const toText = name === "latin1" ? withoutControls : (text: string) => text;
  const sizeOf = (text: string): number =>
    name === "latin1" ? text.length : iconv.encode(text, name, { addBOM: false }).length;
  let at = 0;
  const chunkOf = (text: string): TextChunk => {
    const wrong = text.indexOf("\ufffd");
    if (wrong < 0 || replace) {
      return { text, byte: at, sizeOf, replaced: occurrences(text, "\ufffd"), invalid: undefined };
    }
    const before = text.slice(0, wrong);
    const found =
      `a byte is not valid ${name}. Name the encoding of the file with --encoding, ` +
      `or read such bytes as U+FFFD with --invalid-utf8 replace`;
    return { text: before, byte: at, sizeOf, replaced: 0, invalid: { byte: at + sizeOf(before), found } };
  };
  for await (const chunk of bytes) {
    const text = toText(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)));
    if (text === "") continue;
    const decoded = chunkOf(text);
    yield decoded;
    if (decoded.invalid !== undefined) return;
    at += sizeOf(text);
  }
  const last = decoder.end();
  if (last !== undefined && last !== "") yield chunkOf(last);
}

/** What windows-1252 has for the bytes 0x80 to 0x9F; U+FFFD for those that it has nothing for. */
const IN_WINDOWS_1252 = iconv.decode(Buffer.from(Array.from({ length: 32 }, (_, i) => 0x80 + i)), "windows-1252");

/**
 * Text of ISO-8859-1 as the WHATWG has it read: as windows-1252, which has quotes and dashes in place of control characters
 * that nobody writes.
 */
const withoutControls = (text: string): string =>
  text.replace(/[\x80-\x9f]/g, (control) => {
    const own = IN_WINDOWS_1252[control.charCodeAt(0) - 0x80];
    return own === "\ufffd" ? control : own;
  });
