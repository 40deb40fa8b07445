import { decodeText, type DecodeOptions } from "./decode.js";
import { encodingError } from "./textChunk.js";
import { HeadstartError } from "../../errors.js";

export interface LineOptions extends DecodeOptions {
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
export async function* linesOf(stream: AsyncIterable<Uint8Array>, options: LineOptions): AsyncGenerator<string[]> {
  let rest = "";
  let line = 1;
  for await (const chunk of decodeText(readable(stream), "-", options)) {
    const lines = (rest + chunk.text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST) throw tooLong(line + lines.length);
    for (let start = 0; start < lines.length; start += options.most) {
      yield lines.slice(start, start + options.most).map(withoutCr);
    }
    line += lines.length;
    if (chunk.invalid !== undefined) throw encodingError("-", line, chunk.invalid);
  }
  if (rest !== "") yield [withoutCr(rest)];
}

const withoutCr = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line);

async function* readable(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    const message = `Cannot read the pipe: ${found}. Give it lines of text`;
    throw new HeadstartError("E_INPUT_UNREADABLE", message, { file: "-", cause });
  }
}

function tooLong(line: number): HeadstartError {
  const message = `Cannot read the pipe: line ${line} is longer than ${LONGEST} characters. Give one text a line`;
  return new HeadstartError("E_FIELD_TOO_LARGE", message, { file: "-", line });
}
