import type { ColumnChunk, SchemaElement } from "hyparquet";
import { ByteWriter } from "hyparquet-writer";
import { unreachable } from "../../errors.js";
import { bytesOf } from "../byteView.js";
import { writeDataPageHeader, writeDictionaryHeader, type DataPage } from "./pageHeader.js";
import type { StoredVectors, StoreKind } from "../storedVectors.js";

/** About how many bytes of values a page holds; always whole rows. */
const PAGE_BYTES = 2 ** 20;
/** int8 values are written as indices into the dictionary -127 ... 127, which makes one byte of each. */
const BYTE_DICTIONARY = Int32Array.from({ length: 255 }, (_, i) => i - 127);

/** Schema of a column of lists of one number kind, no list and no number missing. */
export function listSchema(name: string, kind: StoreKind): SchemaElement[] {
  return [
    { name, repetition_type: "REQUIRED", converted_type: "LIST", logical_type: { type: "LIST" }, num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", repetition_type: "REQUIRED", ...elementType(kind) },
  ];
}

function elementType(kind: StoreKind): Omit<SchemaElement, "name"> {
  switch (kind) {
    case "fp32":
      return { type: "FLOAT" };
    case "fp16":
      return { type: "FIXED_LEN_BYTE_ARRAY", type_length: 2, logical_type: { type: "FLOAT16" } };
    case "int8":
      // The newer logical type is left out: the library writes its bit width as a number of another size.
      return { type: "INT32", converted_type: "INT_8" };
    default:
      return unreachable(kind);
  }
}

/**
 * Writes the column chunk of a row group's vectors, uncompressed: numbers of a vector hardly compress.
 *
 * Every list has `width` numbers, so the levels of a page follow from its row count alone and the numbers go in as they
 * lie in memory, where the general way takes each number by itself and needs more than twice the time. Bytes of a fixed
 * length instead of lists would save less than a hundredth of a run, and no reader would take them for vectors.
 *
 * @see https://parquet.apache.org/docs/file-format/data-pages/ (data page V2), .../encodings/ (RLE)
 */
export function writeListChunk(
  writer: ByteWriter,
  vectors: StoredVectors,
  { name, width }: { readonly name: string; readonly width: number },
): ColumnChunk {
  const start = writer.offset;
  const encoding = vectors.kind === "int8" ? "RLE_DICTIONARY" : "PLAIN";
  if (vectors.kind === "int8") writeDictionary(writer);
  const dataStart = writer.offset;
  const rows = vectors.values.length / width;
  const pageRows = Math.max(1, Math.floor(PAGE_BYTES / (width * vectors.values.BYTES_PER_ELEMENT)));
  for (let row = 0; row < rows; row += pageRows) {
    const pageEnd = Math.min(rows, row + pageRows);
    writePage(writer, {
      bytes: pageBytes(vectors, row * width, pageEnd * width),
      rows: pageEnd - row,
      width,
      encoding,
    });
  }
  const size = BigInt(writer.offset - start);
  const type = elementType(vectors.kind).type ?? "FLOAT";
  return {
    file_offset: 0n,
    meta_data: {
      type,
      encodings: vectors.kind === "int8" ? ["RLE", "PLAIN", "RLE_DICTIONARY"] : ["RLE", "PLAIN"],
      path_in_schema: [name, "list", "element"],
      codec: "UNCOMPRESSED",
      num_values: BigInt(vectors.values.length),
      total_uncompressed_size: size,
      total_compressed_size: size,
      data_page_offset: BigInt(dataStart),
      ...(vectors.kind === "int8" && { dictionary_page_offset: BigInt(start) }),
    },
  };
}

function writeDictionary(writer: ByteWriter): void {
  const bytes = bytesOf(BYTE_DICTIONARY);
  writeDictionaryHeader(writer, bytes.length, BYTE_DICTIONARY.length);
  writer.appendBytes(bytes);
}

interface Page {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly width: number;
  readonly encoding: DataPage["encoding"];
}

function writePage(writer: ByteWriter, { bytes, rows, width, encoding }: Page): void {
  const repetition = repetitionLevels(rows, width);
  const definition = runOfOnes(rows * width);
  writeDataPageHeader(writer, {
    bytes: repetition.length + definition.length + bytes.length,
    values: rows * width,
    rows,
    encoding,
    definitionBytes: definition.length,
    repetitionBytes: repetition.length,
  });
  writer.appendBytes(repetition);
  writer.appendBytes(definition);
  writer.appendBytes(bytes);
}

/** Values [start, end) as the page holds them. */
function pageBytes(vectors: StoredVectors, start: number, end: number): Uint8Array {
  if (vectors.kind !== "int8") return bytesOf(vectors.values.subarray(start, end));
  // Bit-packed at 8 bits: a width byte, one header for all groups of 8 values, then a byte for each value.
  const groups = Math.ceil((end - start) / 8);
  const page = new ByteWriter(groups * 8 + 8);
  page.appendUint8(8);
  page.appendVarInt((groups << 1) | 1);
  const indices = new Uint8Array(groups * 8);
  for (let i = start; i < end; i++) indices[i - start] = vectors.values[i] + 127;
  page.appendBytes(indices);
  return page.getBytes();
}

/** Level 0 where a row starts, 1 elsewhere, as a run-length and bit-packed hybrid of 1 bit. */
function repetitionLevels(rows: number, width: number): Uint8Array {
  const count = rows * width;
  const levels = new ByteWriter(rows * 6 + 16);
  for (let at = 0; at < count;) {
    const ones = at % width === 0 ? 0 : width - (at % width);
    if (ones >= 8) {
      levels.appendVarInt(ones << 1);
      levels.appendUint8(1);
      at += ones;
      continue;
    }
    // Eight levels in a byte; those past the end are not read.
    let packed = 0;
    for (let bit = 0; bit < 8; bit++) if ((at + bit) % width !== 0) packed |= 1 << bit;
    levels.appendVarInt((1 << 1) | 1);
    levels.appendUint8(packed);
    at += 8;
  }
  return levels.getBytes();
}

/** `count` times definition level 1: every list has its numbers. */
function runOfOnes(count: number): Uint8Array {
  const levels = new ByteWriter(8);
  levels.appendVarInt(count << 1);
  levels.appendUint8(1);
  return levels.getBytes();
}
