import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvFramer } from "../../../src/corpus/csvFrame.js";
import type { TextChunk } from "../../../src/corpus/decode/textChunk.js";
import { csvFields, csvLine, DELIMITERS } from "../../../src/formats/csv.js";

const chunkOf = (text: string): TextChunk => ({
  text,
  byte: 0,
  sizeOf: (part) => Buffer.byteLength(part),
  replaced: 0,
  invalid: undefined,
});

/** The fields of every record, as a corpus reads them from text that comes in these pieces. */
function read(pieces: readonly string[], delimiter = ","): string[][] {
  const framer = new CsvFramer({ file: "f", delimiter, hasQuotes: true, maxFieldBytes: 2 ** 20 });
  const frames = [...pieces.flatMap((piece) => framer.push(chunkOf(piece))), ...framer.end()];
  expect(frames.filter(({ fault }) => fault !== undefined)).toEqual([]);
  return csvFields(frames, delimiter);
}

/** Text in which whatever means something to CSV comes often. */
const text = fc.string({ unit: fc.constantFrom('"', ",", ";", "\n", "\r", "\t", " ", "a", "é", "日", "\\", "\u2028") });
const delimiter = fc.constantFrom(...DELIMITERS);
/** A record's fields as a careful writer puts them: quoted where they must be, and at times where they need not. */
const written = fc.array(fc.tuple(text, fc.boolean()), { minLength: 1, maxLength: 5 });
const lineEnd = fc.constantFrom("\n", "\r\n", "\r");

const fieldText = (field: string, quoted: boolean, by: string): string =>
  quoted || field === "" || /["\r\n]/.test(field) || field.includes(by) ? `"${field.replaceAll('"', '""')}"` : field;

/** `all` in pieces of these lengths, over and over. */
function cut(all: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, i = 0; at < all.length; at += lengths[i++ % lengths.length]) {
    pieces.push(all.slice(at, at + lengths[i % lengths.length]));
  }
  return pieces;
}

describe("csvFields()", () => {
  it("gives the fields that were written, however the text is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(written, lineEnd), { minLength: 1, maxLength: 6 }),
        delimiter,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (records, by, lengths) => {
          const all = records
            .map(([fields, end]) => fields.map(([field, quoted]) => fieldText(field, quoted, by)).join(by) + end)
            .join("");
          const wanted = records.map(([fields]) => fields.map(([field]) => field));
          expect(read([all], by)).toEqual(wanted);
          expect(read(cut(all, lengths), by)).toEqual(wanted);
          expect(read([...all], by)).toEqual(wanted);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("keeps empty fields at every place", () => {
    expect(read([",\n"])).toEqual([["", ""]]);
    expect(read(['"",\n,""\n""\n'])).toEqual([["", ""], ["", ""], [""]]);
    expect(read([',"a",,"""",\n'])).toEqual([["", "a", "", '"', ""]]);
  });
});

describe("csvLine()", () => {
  it("is read back as the same fields, however its text is cut", () => {
    const cells = fc.array(fc.oneof(text, fc.string({ unit: "binary" }), fc.constant(null), fc.double()), {
      minLength: 1,
    });
    fc.assert(
      fc.property(
        fc.array(cells, { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (rows, lengths) => {
          const all = rows.map((row) => csvLine(row)).join("");
          const wanted = rows.map((row) => row.map((cell) => (cell === null ? "" : String(cell))));
          expect(read([all])).toEqual(wanted);
          expect(read(cut(all, lengths))).toEqual(wanted);
        },
      ),
    );
    expect(csvLine([null])).toBe('""\r\n');
    expect(csvLine([{ a: 1 }, [2], " x"])).toBe('"{""a"":1}",[2]," x"\r\n');
  });
});
