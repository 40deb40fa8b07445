import { HeadstartError } from "../../errors.js";
import { encodingError, type TextChunk, type TextPosition } from "./textChunk.js";

export interface TextLineOptions {
  readonly file: string;
  /** Longest line, in UTF-16 units. */
  readonly maxLineLength: number;
  /** What to do about a longer one. */
  readonly advice?: string | undefined;
}

interface Line {
  readonly position: TextPosition;
  /** Without its LF; the CR of CRLF stays. */
  readonly raw: string;
}

/**
 * Lines of a file with their places; they end in LF, and the CR of CRLF stays at their end.
 *
 * @throws HeadstartError E_FIELD_TOO_LARGE for a line without end, E_ENCODING
 */
export async function* textLines(chunks: AsyncGenerator<TextChunk>, options: TextLineOptions): AsyncGenerator<Line> {
  for await (const lines of lineGroups(chunks, options)) yield* lines;
}

/** As `textLines`, but all lines together that end in the same chunk. */
export async function* lineGroups(
  chunks: AsyncGenerator<TextChunk>,
  { file, maxLineLength, advice }: TextLineOptions,
): AsyncGenerator<Line[]> {
  let parts: string[] = [];
  let [length, line] = [0, 1];
  let start: TextPosition | undefined;
  const keep = (part: string, position: TextPosition): void => {
    start ??= position;
    parts.push(part);
    length += part.length;
    if (length > maxLineLength) throw tooLong(file, line, { limit: maxLineLength, advice });
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.text.indexOf("\n"); end >= 0; end = chunk.text.indexOf("\n", from)) {
      keep(chunk.text.slice(from, end), { chunk, index: from, line });
      lines.push({ position: start ?? { chunk, index: from, line }, raw: parts.join("") });
      [parts, length, start] = [[], 0, undefined];
      from = end + 1;
      line++;
    }
    if (lines.length > 0) yield lines;
    if (from < chunk.text.length) keep(chunk.text.slice(from), { chunk, index: from, line });
    if (chunk.invalid !== undefined) throw encodingError(file, line, chunk.invalid);
  }
  if (start !== undefined) yield [{ position: start, raw: parts.join("") }];
}

function tooLong(
  file: string,
  line: number,
  { limit, advice = "Check that it holds one object or word a line, or raise --max-field" }: TooLong,
): HeadstartError {
  const name = file === "-" ? "the pipe" : file;
  const message = `Cannot read ${name}: line ${line} is longer than ${limit} characters. ${advice}`;
  return new HeadstartError("E_FIELD_TOO_LARGE", message, { file, line });
}

interface TooLong {
  readonly limit: number;
  readonly advice: string | undefined;
}
