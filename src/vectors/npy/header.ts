import { NUMPY_MARK } from "../../formats/signature.js";
/** Element kinds that hold vectors: float of 2, 4, 8 bytes, and signed byte. */
type NpyKind = "f2" | "f4" | "f8" | "i1";

export interface NpyHeader {
  readonly kind: NpyKind;
  readonly bigEndian: boolean;
  /** Column after column instead of row after row. */
  readonly fortran: boolean;
  readonly rows: number;
  readonly cols: number;
  /** Byte at which the numbers start. */
  readonly dataStart: number;
}

/** Bytes of the headers that `encodeNpyHeader` makes; a multiple of 64, so that numpy can map the file. */
const NPY_HEADER_BYTES = 128;
/** numpy itself refuses to read more than 10,000 characters by default. */
const MAX_HEADER = 65_536;

/** The first 128 bytes of a C-order array `[rows, cols]`; always as long, whatever the row count. */
export function encodeNpyHeader(kind: "f2" | "f4" | "i1", rows: number, cols: number): Uint8Array {
  const descr = kind === "i1" ? "|i1" : `<${kind}`;
  const fields = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  const header = Buffer.alloc(NPY_HEADER_BYTES, " ");
  header.write(`${NUMPY_MARK}\x01\x00`, 0, "latin1");
  header.writeUInt16LE(NPY_HEADER_BYTES - 10, 8);
  header.write(fields, 10, "latin1");
  header.write("\n", NPY_HEADER_BYTES - 1, "latin1");
  return header;
}

/**
 * Reads the header at the start of an npy file, without evaluating it as Python.
 *
 * @param start the first bytes of the file, at least 65,548 where it has as many
 * @throws SyntaxError saying what is wrong or cannot be read, as a clause: "its dtype is object, ..."
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function decodeNpyHeader(start: Uint8Array): NpyHeader {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  if (bytes.toString("latin1", 0, 6) !== NUMPY_MARK) throw new SyntaxError("it does not start as an npy file does");
  const version = bytes[6];
  if (!(version >= 1 && version <= 3)) throw new SyntaxError(`it has npy version ${version}, not 1, 2 or 3`);
  const textStart = version === 1 ? 10 : 12;
  if (bytes.length < textStart) throw new SyntaxError("it is cut off in its header");
  const length = version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  if (length > MAX_HEADER) throw new SyntaxError(`its header declares ${length} bytes, more than ${MAX_HEADER}`);
  if (bytes.length < textStart + length) throw new SyntaxError("it is cut off in its header");
  const fields = parseFields(bytes.toString("latin1", textStart, textStart + length));
  return { ...elementOf(fields.get("descr")), ...layoutOf(fields), dataStart: textStart + length };
}

const FIELD = /\s*'(\w+)'\s*:\s*('[^']*'|True|False|\([\d,\s]*\)|\[)\s*(,|(?=\}))/y;

function parseFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  const open = /^\s*\{/.exec(text);
  if (open === null) throw new SyntaxError("its header is not a dictionary");
  let at = open[0].length;
  for (;;) {
    FIELD.lastIndex = at;
    const match = FIELD.exec(text);
    if (match === null) break;
    if (fields.has(match[1])) throw new SyntaxError(`its header names '${match[1]}' twice`);
    fields.set(match[1], match[2]);
    at = FIELD.lastIndex;
  }
  if (/^\s*'descr'\s*:\s*\[/.test(text.slice(at))) throw new SyntaxError("its dtype is a record of several fields");
  if (!/^\s*\}\s*$/.test(text.slice(at))) throw new SyntaxError("its header is malformed");
  return fields;
}

function elementOf(descr: string | undefined): Pick<NpyHeader, "kind" | "bigEndian"> {
  const match = /^'([<>=|])([a-zA-Z])(\d*)'$/.exec(descr ?? "");
  if (match === null) throw new SyntaxError("its header names no dtype");
  const [, order, letter, size] = match;
  if (letter === "O") throw new SyntaxError("its dtype is object: a pickle that can run code, which is never loaded");
  const kind = `${letter}${size}`;
  if (kind !== "f2" && kind !== "f4" && kind !== "f8" && kind !== "i1") {
    throw new SyntaxError(`its dtype is ${order}${kind}, not float16, float32, float64 or int8`);
  }
  return { kind, bigEndian: order === ">" };
}

function layoutOf(fields: ReadonlyMap<string, string>): Pick<NpyHeader, "fortran" | "rows" | "cols"> {
  const fortran = fields.get("fortran_order");
  const shape = /^\(\s*(\d+)\s*,\s*(\d+)\s*,?\s*\)$/.exec(fields.get("shape") ?? "");
  if (fortran !== "True" && fortran !== "False") throw new SyntaxError("its header lacks fortran_order");
  if (shape === null) throw new SyntaxError(`its shape is ${fields.get("shape") ?? "missing"}, not (rows, width)`);
  const [rows, cols] = [Number(shape[1]), Number(shape[2])];
  if (!Number.isSafeInteger(rows) || !Number.isSafeInteger(cols) || !Number.isSafeInteger(rows * cols * 8)) {
    throw new SyntaxError(`its shape ${shape[0]} is larger than any file`);
  }
  // Without numbers, a file of a hundred bytes would have as many rows as it says.
  if (cols === 0 && rows > 0) throw new SyntaxError(`its shape ${shape[0]} has rows without numbers`);
  return { fortran: fortran === "True", rows, cols };
}
