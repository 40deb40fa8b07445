import { HeadstartError } from "../../errors.js";

/** A stretch of a file's text, whole characters only. */
export interface TextChunk {
  readonly text: string;
  /** 0-based byte offset of `text` in the file, decompressed. */
  readonly byte: number;
  /** Bytes that a text takes in the encoding of the file. */
  readonly sizeOf: (text: string) => number;
  /** Invalid bytes that became U+FFFD in this chunk. */
  readonly replaced: number;
  /** Set on the last chunk of a file that goes on with bytes that are no text. */
  readonly invalid: InvalidBytes | undefined;
}

interface InvalidBytes {
  /** 0-based byte offset of the first byte that does not belong to a valid character. */
  readonly byte: number;
  /** What was found there and what to do about it, as the end of an error message. */
  readonly found: string;
}

/** A place in the text of a file; cheap to keep, its byte offset is worked out only when asked for. */
export interface TextPosition {
  /** Undefined in a file that is no text. */
  readonly chunk: TextChunk | undefined;
  /** UTF-16 units from the start of the chunk. */
  readonly index: number;
  /** 1-based line; 1-based row in a file that is no text. */
  readonly line: number;
}

/** Byte offset of a position, if it is one in text; exact unless invalid bytes were replaced in the same chunk. */
export const byteAt = ({ chunk, index }: TextPosition): { readonly byte?: number | undefined } =>
  chunk === undefined ? {} : { byte: chunk.byte + (index === 0 ? 0 : chunk.sizeOf(chunk.text.slice(0, index))) };

/** The error for a chunk's invalid bytes, on the line that the reader of the chunks has reached. */
export function encodingError(file: string, line: number, invalid: InvalidBytes): HeadstartError {
  const message = `Cannot read ${file} as text: at line ${line}, byte ${invalid.byte}, ${invalid.found}`;
  return new HeadstartError("E_ENCODING", message, { file, line, byte: invalid.byte });
}

export const utf8Size = (text: string): number => Buffer.byteLength(text);

/** How often `wanted` stands in `text`. */
export function occurrences(text: string, wanted: string): number {
  let count = 0;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) count++;
  return count;
}
