import { decodeText, type DecodeOptions } from "./decode.js";
import { lineGroups } from "./textLines.js";
import { HeadstartError, messageOf } from "../../errors.js";

interface StreamOptions extends DecodeOptions {
  /** Lines given out together at most. */
  readonly most: number;
}

/** Longest line, in UTF-16 units; bounds the memory where a stream has no line ends. */
const LONGEST = 16 * 1024 * 1024;

/**
 * Lines of a stream as they come: as many together as one read brings, so that lines of a slow pipe are handled at once. They end
 * in LF or CRLF; the last one may end with the stream.
 *
 * @throws HeadstartError E_ENCODING, E_FIELD_TOO_LARGE, E_INPUT_UNREADABLE
 */
export async function* linesOf(stream: AsyncIterable<Uint8Array>, options: StreamOptions): AsyncGenerator<string[]> {
  const chunks = decodeText(readable(stream), "-", options);
  for await (const lines of lineGroups(chunks, { file: "-", maxLineLength: LONGEST, advice: "Give one text a line" })) {
    for (let start = 0; start < lines.length; start += options.most) {
      yield lines.slice(start, start + options.most).map(({ raw }) => withoutCr(raw));
    }
  }
}

const withoutCr = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line);

async function* readable(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (cause) {
    const found = messageOf(cause);
    const message = `Cannot read the pipe: ${found}. Give it lines of text`;
    throw new HeadstartError("E_INPUT_UNREADABLE", message, { file: "-", cause });
  }
}
