import iconv from "iconv-lite";
import { occurrences, type TextChunk } from "./textChunk.js";

/** Decodes the encodings older than Unicode; a byte without a meaning is known by the U+FFFD that it becomes. */
export async function* decodeLegacy(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  replace: boolean,
): AsyncGenerator<TextChunk> {
  const decoder = iconv.getDecoder(name);
  const sizeOf = (text: string): number => iconv.encode(text, name, { addBOM: false }).length;
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
    const text = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    if (text === "") continue;
    const decoded = chunkOf(text);
    yield decoded;
    if (decoded.invalid !== undefined) return;
    at += sizeOf(text);
  }
  const last = decoder.end();
  if (last !== undefined && last !== "") yield chunkOf(last);
}
