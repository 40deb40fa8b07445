import type { ByteWriter } from "hyparquet-writer";

/*
 * Of parquet.thrift, in Thrift's compact protocol:
 *
 *   PageHeader            1 type, 2 uncompressed_page_size, 3 compressed_page_size, 7 dictionary_page_header,
 *                         8 data_page_header_v2
 *   DictionaryPageHeader  1 num_values, 2 encoding
 *   DataPageHeaderV2      1 num_values, 2 num_nulls, 3 num_rows, 4 encoding, 5 definition_levels_byte_length,
 *                         6 repetition_levels_byte_length, 7 is_compressed
 */

const ENCODINGS = { PLAIN: 0, RLE_DICTIONARY: 8 } as const;
const [DICTIONARY_PAGE, DATA_PAGE_V2] = [2, 3];

/** Types of fields in the compact protocol; a boolean has its value as its type. */
const [FALSE, I32, STRUCT] = [2, 5, 12];
const STOP = 0;

/** A data page without nulls, uncompressed. */
export interface DataPage {
  /** Of the levels and values. */
  readonly bytes: number;
  readonly values: number;
  readonly rows: number;
  readonly encoding: keyof typeof ENCODINGS;
  readonly definitionBytes: number;
  readonly repetitionBytes: number;
}

/** Writes the header of an uncompressed dictionary page of plain values, `bytes` long. */
export function writeDictionaryHeader(writer: ByteWriter, bytes: number, values: number): void {
  writeIntegers(writer, [DICTIONARY_PAGE, bytes, bytes]);
  startField(writer, 7 - 3, STRUCT);
  writeIntegers(writer, [values, ENCODINGS.PLAIN]);
  writer.appendUint8(STOP);
  writer.appendUint8(STOP);
}

/** Writes the header of a data page V2. */
export function writeDataPageHeader(writer: ByteWriter, page: DataPage): void {
  const { bytes, values, rows, encoding, definitionBytes, repetitionBytes } = page;
  writeIntegers(writer, [DATA_PAGE_V2, bytes, bytes]);
  startField(writer, 8 - 3, STRUCT);
  writeIntegers(writer, [values, 0, rows, ENCODINGS[encoding], definitionBytes, repetitionBytes]);
  startField(writer, 1, FALSE);
  writer.appendUint8(STOP);
  writer.appendUint8(STOP);
}

/** The fields 1, 2 and so on of a struct. */
function writeIntegers(writer: ByteWriter, numbers: readonly number[]): void {
  for (const number of numbers) {
    startField(writer, 1, I32);
    writer.appendZigZag(number);
  }
}

/** @param step  from the id of the field before */
const startField = (writer: ByteWriter, step: number, type: number): void => writer.appendUint8((step << 4) | type);
