import { fromHalf } from "../../formats/half.js";
import { readCompanion } from "../jsonl/read.js";
import type { JsonlRows } from "../jsonl/read.js";
import { looksLike, unreadable } from "../sniff.js";
import { decodeNpyHeader } from "./header.js";
import type { NpyHeader } from "./header.js";
import { companionPath } from "./sink.js";
import { withFile } from "../../files/readBytes.js";
import type { ReadableFile } from "../../files/readBytes.js";
import type { RowValues, VectorTable } from "../sink.js";
import { errnoOf } from "../../files/writeError.js";

const BYTES = { f2: 2, f4: 4, f8: 8, i1: 1 } as const;
/** One list for all rows: a file of bytes has as many as it has bytes. */
const NO_VALUES: RowValues[number] = [];
/** A multiple of every element size. */
const CHUNK = 2 ** 22;

/**
 * Reads an npy matrix of float16, float32, float64 or int8 (Fortran order and big-endian numbers are converted), with
 * the columns from the JSON lines beside it where there are any. int8 needs them for the scales.
 */
export async function readNpyVectors(path: string, file: ReadableFile): Promise<VectorTable> {
  const header = await readHeader(path, file);
  const companion = await openCompanion(path);
  if (companion !== undefined && companion.values.length !== header.rows) {
    const rows = `${header.rows} rows, but ${companionPath(path)} beside it has ${companion.values.length}`;
    throw unreadable(path, `it has ${rows}`, { advice: "Write both again, or move the other file away" });
  }
  const data = await readNumbers(file, header);
  if (header.kind === "i1") scaleRows(path, data, { header, companion });
  return {
    data,
    width: header.cols,
    columns: companion?.columns ?? [],
    values: companion?.values ?? Array.from({ length: header.rows }, () => NO_VALUES),
    metadata: {},
  };
}

async function readHeader(path: string, file: ReadableFile): Promise<NpyHeader> {
  const start = await file.bytes(0, 65_548);
  const header = parseHeader(path, start);
  // Before anything is allocated: a header may declare what no file holds.
  const declared = header.rows * header.cols * BYTES[header.kind];
  const held = file.size - header.dataStart;
  if (declared === held) return header;
  const what = held > declared ? `${held - declared} bytes too many` : `${declared - held} bytes too few`;
  throw unreadable(path, `its shape (${header.rows}, ${header.cols}) needs ${declared} bytes, and it has ${what}`);
}

function parseHeader(path: string, start: Uint8Array): NpyHeader {
  try {
    return decodeNpyHeader(start);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const isNpy = looksLike(start) === "a numpy array";
    throw unreadable(path, isNpy ? cause.message : `it looks like ${looksLike(start)}`, { cause });
  }
}

async function readNumbers(file: ReadableFile, header: NpyHeader): Promise<Float32Array> {
  const { kind, bigEndian, fortran, rows, cols, dataStart } = header;
  const data = new Float32Array(rows * cols);
  const size = BYTES[kind];
  const read = elementReader(kind, !bigEndian);
  for (let at = 0; at < data.length * size; at += CHUNK) {
    const bytes = await file.bytes(dataStart + at, dataStart + Math.min(data.length * size, at + CHUNK));
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < bytes.length / size; i++) {
      const element = at / size + i;
      data[fortran ? (element % rows) * cols + Math.floor(element / rows) : element] = read(view, i * size);
    }
  }
  return data;
}

function elementReader(kind: NpyHeader["kind"], little: boolean): (view: DataView, at: number) => number {
  switch (kind) {
    case "f2":
      return (view, at) => fromHalf(view.getUint16(at, little));
    case "f4":
      return (view, at) => view.getFloat32(at, little);
    case "f8":
      return (view, at) => view.getFloat64(at, little);
    case "i1":
      return (view, at) => view.getInt8(at);
  }
}

async function openCompanion(path: string): Promise<JsonlRows | undefined> {
  const beside = companionPath(path);
  try {
    return await withFile(beside, (file) => readCompanion(beside, file));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

interface ScaleParts {
  readonly header: NpyHeader;
  readonly companion: JsonlRows | undefined;
}

function scaleRows(path: string, data: Float32Array, { header: { rows, cols }, companion }: ScaleParts): void {
  for (let r = 0; r < rows; r++) {
    const scale = companion?.scales[r] ?? NaN;
    if (Number.isNaN(scale)) {
      throw unreadable(path, `its numbers are int8, and ${companionPath(path)} has no "scale" for row ${r + 1}`);
    }
    for (let i = r * cols; i < (r + 1) * cols; i++) data[i] *= scale;
  }
}
