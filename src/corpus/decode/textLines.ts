import { HeadstartError } from "../../errors.js";
import { encodingError, type TextChunk, type TextPosition } from "./textChunk.js";

export interface TextLineOptions {
  readonly file: string;
  /** Longest line, in UTF-16 units. */
  readonly maxLineLength: number;
}

/**
 * Lines of a file with their places; they end in LF, and the CR of CRLF stays at their end.
 *
 * @throws HeadstartError E_FIELD_TOO_LARGE for a line without end, E_ENCODING
 */
export async function* textLines(
  chunks: AsyncGenerator<TextChunk>,
  { file, maxLineLength }: TextLineOptions,
): AsyncGenerator<{ position: TextPosition; raw: string }> {
  let parts: string[] = [];
  let [length, line] = [0, 1];
  let start: TextPosition | undefined;
  const keep = (part: string, position: TextPosition): void => {
    start ??= position;
    parts.push(part);
    length += part.length;
    if (length > maxLineLength) throw tooLong(file, line, maxLineLength);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.text.indexOf("\n"); end >= 0; end = chunk.text.indexOf("\n", from)) {
      keep(chunk.text.slice(from, end), { chunk, index: from, line });
      yield { position: start ?? { chunk, index: from, line }, raw: parts.join("") };
      [parts, length, start] = [[], 0, undefined];
      from = end + 1;
      line++;
    }
    if (from < chunk.text.length) keep(chunk.text.slice(from), { chunk, index: from, line });
    if (chunk.invalid !== undefined) throw encodingError(file, line, chunk.invalid);
  }
  if (start !== undefined) yield { position: start, raw: parts.join("") };
}

function tooLong(file: string, line: number, limit: number): HeadstartError {
  const message =
    `Cannot read ${file}: line ${line} is longer than ${limit} characters. ` +
    `Check that it holds one object or word a line, or raise --max-field`;
  return new HeadstartError("E_FIELD_TOO_LARGE", message, { file, line });
}
