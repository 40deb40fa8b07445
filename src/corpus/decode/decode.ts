import { chooseEncoding } from "./encoding.js";
import { decodeLegacy } from "./legacyText.js";
import { refuseOtherKinds } from "./notText.js";
import { utf8Size, type TextChunk } from "./textChunk.js";
import { decodeUnicode } from "./unicodeText.js";

export interface DecodeOptions {
  /** Encoding by name; without it UTF-8 or, by byte order mark, UTF-16. */
  readonly encoding?: string | undefined;
  /** What to do with bytes that are no text. @default "fail" */
  readonly invalidUtf8?: "fail" | "replace" | undefined;
}

interface TextOptions extends DecodeOptions {
  /** Whether the text has rows of columns, and so cannot be a page of markup. @default false */
  readonly isTable?: boolean | undefined;
}

/**
 * Decodes bytes to text without guessing: one byte order mark at the start goes, and bytes that are no text end the
 * stream with a chunk that says so, unless they are to be replaced.
 *
 * The texts joined are the same however the bytes were cut.
 *
 * @throws HeadstartError E_ENCODING when the encoding named is not known, E_INPUT_UNREADABLE for a file of another kind
 */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
  options: TextOptions = {},
): AsyncGenerator<TextChunk> {
  const source = bytes[Symbol.asyncIterator]();
  try {
    const head = await firstBytes(source);
    refuseOtherKinds(head, file, options.isTable === true);
    const encoding = chooseEncoding(head, options.encoding, file);
    const replace = options.invalidUtf8 === "replace";
    if (encoding.kind === "refused") {
      const found = `it looks like ${encoding.looksLike}. ${encoding.advice}`;
      yield { text: "", byte: 0, sizeOf: utf8Size, replaced: 0, invalid: { byte: 0, found } };
    } else if (encoding.kind === "legacy") {
      yield* decodeLegacy(withHead(head, source), encoding.name, replace);
    } else {
      const rest = head.subarray(encoding.markBytes);
      yield* decodeUnicode(withHead(rest, source), encoding.name, { start: encoding.markBytes, replace });
    }
  } finally {
    await source.return?.();
  }
}

/** At least four bytes, unless the file or its first line is shorter: whoever writes a short line may wait for its result. */
async function firstBytes(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 4 && !isWholeLine(head)) {
    const next = await source.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

/** Whether the bytes end a line of UTF-8. With a NUL before the line end they might be UTF-16. */
const isWholeLine = (head: Uint8Array): boolean => head.length > 1 && head.at(-1) === 0x0a && !head.includes(0);

async function* withHead(head: Uint8Array, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}
