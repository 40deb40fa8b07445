import fc from "fast-check";
import { ByteWriter } from "hyparquet-writer";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import { describe, expect, it } from "vitest";
import { writeDataPageHeader, writeDictionaryHeader } from "../../../../src/vectors/parquet/pageHeader.js";

const written = (write: (writer: ByteWriter) => void): Uint8Array => {
  const writer = new ByteWriter();
  write(writer);
  return writer.getBytes().slice();
};
const size = fc.integer({ min: 0, max: 2 ** 30 });

describe("writeDataPageHeader()", () => {
  it("writes the bytes that the general writer of the library writes", () => {
    fc.assert(
      fc.property(
        fc.tuple(size, size, size, size, size),
        fc.constantFrom("PLAIN", "RLE_DICTIONARY"),
        ([bytes, values, rows, definitionBytes, repetitionBytes], encoding) => {
          const general = written((writer) =>
            writePageHeader(writer, {
              type: "DATA_PAGE_V2",
              uncompressed_page_size: bytes,
              compressed_page_size: bytes,
              data_page_header_v2: {
                num_values: values,
                num_nulls: 0,
                num_rows: rows,
                encoding,
                definition_levels_byte_length: definitionBytes,
                repetition_levels_byte_length: repetitionBytes,
                is_compressed: false,
              },
            }),
          );
          const page = { bytes, values, rows, encoding, definitionBytes, repetitionBytes };
          expect(written((writer) => writeDataPageHeader(writer, page))).toEqual(general);
        },
      ),
    );
  });
});

describe("writeDictionaryHeader()", () => {
  it("writes the bytes that the general writer of the library writes", () => {
    fc.assert(
      fc.property(size, size, (bytes, values) => {
        const general = written((writer) =>
          writePageHeader(writer, {
            type: "DICTIONARY_PAGE",
            uncompressed_page_size: bytes,
            compressed_page_size: bytes,
            dictionary_page_header: { num_values: values, encoding: "PLAIN" },
          }),
        );
        expect(written((writer) => writeDictionaryHeader(writer, bytes, values))).toEqual(general);
      }),
    );
  });
});
