import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { failure, readBytes } from "../reading.js";

const CSV = "text,label\ncafé 👍,neutral\n日本,x\n";
const WESTERN = "text,label\nok,x\ncafé – naïve,neutral\n";

function utf16(text: string, big: boolean): Buffer {
  const bytes = Buffer.from(text, "utf16le");
  return big ? bytes.swap16() : bytes;
}

describe("openCorpus() on encodings", () => {
  it.each([
    ["UTF-16 LE with a mark", utf16("\ufeff" + CSV, false), {}],
    ["UTF-16 BE with a mark", utf16("\ufeff" + CSV, true), {}],
    ["UTF-16 LE by name", utf16(CSV, false), { encoding: "utf-16le" }],
    ["UTF-16 BE by name", utf16(CSV, true), { encoding: "UTF-16BE" }],
    ["UTF-16 by name, with a mark", utf16("\ufeff" + CSV, true), { encoding: "utf16" }],
    ["UTF-32 by name", iconv.encode(CSV, "utf-32le"), { encoding: "utf-32le" }],
    ["UTF-8 by name", Buffer.from("\ufeff" + CSV), { encoding: "UTF8" }],
  ])("reads %s, in any chunks [C04]", async (_, bytes, options) => {
    for (const size of [1, 2, 3, 5, 1000]) {
      const got = await readBytes(bytes, options, size);
      expect(got.columns).toEqual(["text", "label"]);
      expect(got.values).toEqual([
        ["café 👍", "neutral"],
        ["日本", "x"],
      ]);
    }
  });

  it.each([
    ["windows-1252", WESTERN],
    ["latin1", "text,label\nok,x\ncafé,neutral\n"],
    ["shift_jis", "text,label\nok,x\n日本ソ表,neutral\n"],
  ])("reads %s by name [C04]", async (encoding, csv) => {
    const bytes = iconv.encode(csv, encoding);
    for (const size of [1, 2, 1000]) {
      const got = await readBytes(bytes, { encoding }, size);
      expect(got.rows.map((row) => row.text)).toEqual(
        csv
          .split("\n")
          .slice(1, 3)
          .map((line) => line.split(",")[0]),
      );
    }
    const error = await failure(readBytes(bytes));
    expect([error.code, error.place.line, error.place.byte]).toEqual([
      "E_ENCODING",
      3,
      bytes.findIndex((b) => b > 127),
    ]);
    expect(error.message).toContain("--encoding");
  });

  it("names the first byte that does not belong to a character, in any chunks [C04]", async () => {
    const cases: [number[], number][] = [
      [[0xe9, 0x20, 0x0a], 0],
      [[0xc3, 0xa9, 0x80, 0x0a], 2],
      [[0xf0, 0x9f, 0x91], 0],
      [[0xed, 0xa0, 0x80, 0x0a], 0],
      [[0xc0, 0xaf, 0x0a], 0],
      [[0x61, 0xff], 1],
    ];
    for (const [tail, offset] of cases) {
      for (const size of [1, 2, 3, 1000]) {
        const error = await failure(
          readBytes(Buffer.concat([Buffer.from("text\nfirst é\r\n"), Buffer.from(tail)]), {}, size),
        );
        expect([error.code, error.place.line, error.place.byte]).toEqual(["E_ENCODING", 3, 15 + offset]);
      }
    }
  });

  it("gives the rows in front of an invalid byte", async () => {
    const { openCorpus } = await import("../../../../src/corpus/corpus.js");
    const { Readable } = await import("node:stream");
    const stdin = Readable.from([Buffer.from("text\na\nb\n\xff\n", "latin1")]);
    const corpus = await openCorpus(["-"], { stdin });
    const texts: string[] = [];
    const reading = (async () => {
      for await (const row of corpus.rows()) texts.push(row.text);
    })();
    expect((await failure(reading)).place.line).toBe(4);
    expect(texts).toEqual(["a", "b"]);
  });

  it("replaces invalid bytes only when asked to, and counts them [C04, R47]", async () => {
    const bytes = Buffer.concat([Buffer.from("text\n\ufffd "), Buffer.from([0xff, 0xe9, 0x20, 0x0a])]);
    for (const size of [1, 3, 1000]) {
      const got = await readBytes(bytes, { invalidUtf8: "replace" }, size);
      expect(got.values).toEqual([["\ufffd \ufffd\ufffd "]]);
      expect(got.counts.replacedBytes).toBe(2);
      expect(got.notices).toEqual(["2 invalid bytes read as U+FFFD"]);
    }
  });

  it("does not take a byte without a meaning in a legacy encoding for text", async () => {
    const error = await failure(
      readBytes(Buffer.from([...Buffer.from("text\na"), 0x81, 0x0a]), { encoding: "windows-1252" }),
    );
    expect([error.code, error.place.line, error.place.byte]).toEqual(["E_ENCODING", 2, 6]);
  });

  it.each([
    ["UTF-16 without a byte order mark", utf16(CSV, false), "utf-16le"],
    ["UTF-16 without a byte order mark", utf16(CSV, true), "utf-16be"],
    ["UTF-32", Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), iconv.encode(CSV, "utf-32le")]), "utf-32le"],
    ["UTF-32", Buffer.concat([Buffer.from([0, 0, 0xfe, 0xff]), iconv.encode(CSV, "utf-32be")]), "utf-32be"],
  ])("says that bytes look like %s and what to do [C04]", async (name, bytes, advice) => {
    const error = await failure(readBytes(bytes));
    expect([error.code, error.place]).toEqual(["E_ENCODING", { file: "-", line: 1, byte: 0 }]);
    expect(error.message).toContain(name);
    expect(error.message).toContain(advice);
  });

  it("refuses a lone surrogate and a half character at the end of UTF-16", async () => {
    for (const tail of [[0x00, 0xd8, 0x61, 0x00], [0x00, 0xd8], [0x61]]) {
      const bytes = Buffer.concat([utf16("\ufefftext\n", false), Buffer.from(tail)]);
      expect((await failure(readBytes(bytes))).place).toEqual({ file: "-", line: 2, byte: 12 });
    }
  });

  it("refuses an encoding that it does not know", async () => {
    const error = await failure(readBytes(CSV, { encoding: "klingon" }));
    expect(error.code).toBe("E_ENCODING");
    expect(error.message).toContain('no encoding is called "klingon"');
  });

  it("says that a file is UTF-8 where another encoding was named for it", async () => {
    for (const size of [7, 1000]) {
      const error = await failure(readBytes("text\né\n€ 12\n", { encoding: "utf-16" }, size));
      expect(error.message).toContain("It may be UTF-8: leave --encoding out");
    }
    const other = await failure(readBytes(Buffer.from([0x61, 0, 0, 0xd8, 0x61, 0]), { encoding: "utf-16" }));
    expect(other.message).not.toContain("UTF-8:");
  });

  it("counts bytes of rejected rows in the encoding of the file", async () => {
    const western = iconv.encode("text,label\né,x\nbad\n", "latin1");
    const wide = utf16("\ufefftext,label\né,x\nbad\n", true);
    for (const size of [1, 3, 1000]) {
      const got = await readBytes(western, { encoding: "latin1", badRows: "skip" }, size);
      expect(got.rejections[0]).toMatchObject({ line: 3, byte: 15 });
      expect((await readBytes(wide, { badRows: "skip" }, size)).rejections[0]).toMatchObject({ line: 3, byte: 32 });
    }
  });
});
