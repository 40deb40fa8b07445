import { parseDecimal } from "../../math/decimal.js";
import { fileKind, type FileKind } from "../../formats/signature.js";

/** How a file of word vectors is laid out. */
export interface WordVectorFormat {
  readonly kind: "text" | "binary";
  readonly width: number;
  /** As the first line says; undefined for GloVe, which has no such line. */
  readonly rows: number | undefined;
  /** Bytes of the first line where it is no row, its line end included. */
  readonly headerBytes: number;
}

/** A file that is an encoder by itself: word vectors. */
export interface EncoderFile {
  /** As the user named it. */
  readonly name: string;
  readonly kind: "file";
  readonly path: string;
  readonly format: WordVectorFormat;
  readonly decisions: readonly string[];
}

/** What a file is, or why it holds no word vectors: a clause, and what to give instead. */
type Sniffed = { readonly format: WordVectorFormat } | { readonly found: string; readonly advice: string };

/** Enough for the first row in text of the widest vectors. */
export const SNIFFED_BYTES = 256 * 1024;
const MOST_WIDTH = 65_536;

/** What to give in place of files that are mistaken for word vectors. */
const ADVICE: Partial<Record<FileKind, readonly [found: string, advice: string]>> = {
  "a fastText binary model": ["it is a fastText binary model", "Give its .vec file, the words and vectors as text"],
  "a zip archive": [
    "it is a zip archive, as PyTorch's files are, which can run code when loaded",
    "Export the encoder to ONNX and name its folder; of packed word vectors name the file inside",
  ],
  "a Python pickle": [
    "it looks like a Python pickle, which can run code when loaded",
    "Export the encoder to ONNX and name its folder; save word vectors in word2vec's format",
  ],
};

/**
 * Tells word vectors by their content: GloVe's text (a word and its numbers a line), the text of word2vec and fastText
 * (the same after a line `rows width`), or word2vec's binary (float32 numbers after such a line).
 *
 * @param head  the first bytes of the file, unpacked: `SNIFFED_BYTES` of them where it has as many
 * @returns     undefined for a file that is none of these and looks like nothing known
 */
export function sniffWordVectors(head: Buffer): Sniffed | undefined {
  const kind = fileKind(head);
  const mistaken = kind && ADVICE[kind];
  if (mistaken !== undefined) return { found: mistaken[0], advice: mistaken[1] };
  const end = head.indexOf(0x0a);
  const line = head.subarray(0, end < 0 ? head.length : end);
  const header = /^(\d{1,12})[ \t]+(\d{1,12})\s*$/.exec(line.length > 64 ? "" : line.toString("latin1"));
  if (header === null) {
    const width = numbersAfterWord(line);
    if (width < 2 || width > MOST_WIDTH) return undefined;
    return { format: { kind: "text", width, rows: undefined, headerBytes: 0 } };
  }
  const [rows, width] = [Number(header[1]), Number(header[2])];
  if (rows === 0 || width === 0 || width > MOST_WIDTH || end < 0) {
    const found = `its first line announces ${rows} vectors of ${width} numbers`;
    return { found, advice: "Give a file of word vectors that has some" };
  }
  const isText = looksLikeText(head.subarray(end + 1));
  return { format: { kind: isText ? "text" : "binary", width, rows, headerBytes: end + 1 } };
}

/** Numbers at the end of a line that starts with a word; 0 where there is none. */
function numbersAfterWord(line: Buffer): number {
  const fields = line
    .toString("latin1")
    .trimEnd()
    .split(/[ \t]+/);
  let numbers = 0;
  for (let i = fields.length - 1; i > 0; i--) {
    const field = Buffer.from(fields[i], "latin1");
    if (!Number.isFinite(parseDecimal(field, 0, field.length))) break;
    numbers++;
  }
  return fields[0] === "" ? 0 : numbers;
}

/** Whether digits and the like follow the first word to the end of its line, or for a while. */
function looksLikeText(rows: Buffer): boolean {
  const space = rows.indexOf(0x20);
  if (space < 0) return true;
  const [line] = rows.toString("latin1", space + 1, space + 65).split("\n");
  return /^[-+.\deE \t\rnaifNAIF]+$/.test(line);
}
