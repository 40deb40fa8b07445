/** CSV as spreadsheets and people write it. */

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { CorpusOptions } from "../../../src/corpus/corpus.js";
import { failure, readBytes, readFiles } from "./reading.js";
import { tempFolder } from "../files/tempFolder.js";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

describe("openCorpus() on columns without a name", () => {
  it("leaves those behind the last name out, in one notice, whether rows have them or not", async () => {
    const got = await readBytes("kind,text,,,\r\nup,one,,,\r\ndown,two\r\nup,three,\r\n", { labelColumn: "kind" });
    expect(got.columns).toEqual(["kind", "text"]);
    expect(got.values).toEqual([
      ["up", "one"],
      ["down", "two"],
      ["up", "three"],
    ]);
    expect(got.notices).toEqual([
      '3 columns without a name in the header of -, left out: "column3", "column4", "column5" by place',
    ]);
  });

  it("counts the rows that have text in them, and reads those that are asked for", async () => {
    const content = "text,kind,, \na,x,,\nb,y, more,\nc,z,,end\n";
    const got = await readBytes(content);
    expect(got.columns).toEqual(["text", "kind"]);
    expect(got.notices[1]).toMatch(/^2 rows with text in columns that the header has no name for \(the first at -:3\)/);
    const asked = await readBytes(content, { textColumn: "text,column3", labelColumn: "kind" });
    expect(asked.columns).toEqual(["text", "kind", "column3"]);
    expect(asked.rows.map(({ text }) => text)).toEqual(["a", "b\n more", "c"]);
    expect(asked.notices[1]).toContain("1 row with text in columns");
  });

  it("keeps those between names, called by their place and by no name that is taken", async () => {
    const got = await readBytes(",column3,,text\n1,a,b,c\n");
    expect(got.columns).toEqual(["", "column3", "column3_", "text"]);
    expect(got.values).toEqual([["1", "a", "b", "c"]]);
    expect(got.notices).toEqual(['1 column without a name in the header of -, called by place: "column3_"']);
  });

  it("still refuses rows with fewer fields than names, or more than columns", async () => {
    for (const row of ["a", "a,b,,,"])
      expect((await failure(readBytes(`text,label,,\n${row}\n`))).code).toBe("E_CSV_FIELDS");
  });

  it("reads files with and without them together", async () => {
    const folder = await tempFolder();
    const files = ["text,label,\na,x,\n", "label,text\ny,b\n"].map((content, i) => [join(folder, `${i}.csv`), content]);
    for (const [path, content] of files) await writeFile(path, content);
    const paths = files.map(([path]) => path);
    expect((await readFiles(paths)).values).toEqual([
      ["a", "x"],
      ["b", "y"],
    ]);
    expect((await readFiles(paths.toReversed())).values).toEqual([
      ["y", "b"],
      ["x", "a"],
    ]);
  });
});

describe("openCorpus() on delimiters", () => {
  it.each([";", ",", "\t", "|", "^"])("takes the one that a line sep=%s names, which is no row", async (by) => {
    for (const line of [`sep=${by}`, `"sep=${by}"`, `SEP=${by}`]) {
      for (const size of [1, 1000]) {
        const got = await readBytes(`\ufeff${line}\r\ntext${by}label\r\na.b${by}x\r\n`, { labelColumn: "label" }, size);
        expect([got.values, got.lines]).toEqual([[["a.b", "x"]], [3]]);
        expect(got.dialect).toMatchObject({ delimiter: by, byteOrderMark: true, lineEnd: "\r\n" });
      }
    }
  });

  it.each([
    [";", "text;a,b\none;1\ntwo, or so;2\n"],
    [",", "text,a;b\none,1\ntwo; or so,2\n"],
    [";", "text;a, b, c;d\n1;2;3\n4, 5;6;7\n"],
    ["|", "text|a,b\n1|2\n3|4,\n"],
    ["\t", "text\ta,b\n1\t2\n3\t4"],
    [",", "text,a;b"],
  ])("takes %j where rows have as many of it as the header, whatever else stands there", async (delimiter, content) => {
    for (const size of [1, 1000]) {
      const got = await readBytes(content, {}, size);
      expect([got.dialect?.delimiter, got.columns[0]]).toEqual([delimiter, "text"]);
    }
  });

  it("does not wait for rows where the first record has one delimiter", async () => {
    const { openCorpus } = await import("../../../src/corpus/corpus.js");
    const { Readable } = await import("node:stream");
    const stdin = new Readable({ read() {} });
    stdin.push("text;label\n");
    const corpus = await openCorpus(["-"], { stdin });
    expect(corpus.columns).toEqual(["text", "label"]);
    stdin.push(null);
    await corpus.close();
  });

  it("gives how the first file is written", async () => {
    const dialect = { delimiter: ",", quoting: "rfc4180", byteOrderMark: false, lineEnd: "\n" };
    for (const [content, own] of [
      ["text,label\na,b\r\n", {}],
      ["text,label\r\na,b\n", { lineEnd: "\r\n" }],
      ["text,label\ra,b\n", { lineEnd: "\r" }],
      ["text,label\r", { lineEnd: "\r" }],
      ['"te\r\nxt",text\na,b\r\n', {}],
      ["\n\ufeff\rtext\r\n", { lineEnd: "\r" }],
      ["text", {}],
      ["\ufefftext\tlabel\n", { byteOrderMark: true, delimiter: "\t", quoting: "line" }],
    ] as const) {
      for (const size of [1, 1000]) {
        const got = await readBytes(content, { textColumn: content.includes("\n\ufeff") ? "\ufeff" : "text" }, size);
        expect(got.dialect).toEqual({ ...dialect, ...own });
      }
    }
    expect((await readBytes('{"text":"a"}', { from: "jsonl" })).dialect).toBeUndefined();
  });
});

describe("openCorpus() on a header that comes again", () => {
  it("leaves it out whatever is done with bad rows, counts it as rejected and names its lines", async () => {
    const content = 'text,label\na,x\ntext,label\nb,y\n"text","label"\n\ufefftext,label\n';
    for (const badRows of ["fail", "skip"] as const) {
      const got = await readBytes(content, { labelColumn: "label", badRows });
      expect(got.rows.map(({ label }) => label)).toEqual(["x", "y"]);
      expect(got.counts).toMatchObject({ read: 5, accepted: 2, rejected: 3 });
      expect(got.rejections.map(({ line, reason }) => [line, reason])).toEqual(
        [3, 5, 6].map((line) => [line, "it is the header once more"]),
      );
      expect(got.notices).toEqual([
        "the header stands in the data once more: -:3, -:5, -:6, left out and counted as rejected",
      ]);
    }
  });

  it("keeps the name of the only column, which may be a text, and says so", async () => {
    const got = await readBytes("text\na\ntext\n");
    expect(got.values).toEqual([["a"], ["text"]]);
    expect(got.notices).toEqual([
      expect.stringContaining("1 row with the name of the column as the text (the first at -:3)"),
    ]);
  });

  it("keeps a row that is like the header in a part only, and any row without a header", async () => {
    expect((await readBytes("text,label\ntext,x\nText,label\n")).counts.accepted).toBe(2);
    expect((await readBytes("a,b\na,b\n", { header: false, textColumn: "1" })).counts.accepted).toBe(2);
  });
});

describe("openCorpus() on Windows-1252", () => {
  const western = (text: string): Buffer => Buffer.from(text, "latin1");

  it("proposes it for bytes of ISO-8859-1, since what tells them apart may come late", async () => {
    const rows = "a plain row of text,x\n".repeat(20_000);
    const bytes = western(`text,label\n${rows}caf\xe9,x\n${rows}it\x92s \x80 5,y\n`);
    const error = await failure(readBytes(bytes));
    expect([error.code, error.place.line]).toEqual(["E_ENCODING", 20_002]);
    expect(error.message).toContain("--encoding windows-1252");
    const got = await readBytes(bytes, { encoding: "windows-1252" });
    expect(got.rows.at(-1)?.text).toBe("it\u2019s \u20ac 5");
  });

  it.each(["latin1", "ISO-8859-1", "iso_8859-1", "L1"])("is what %s means, as on the web", async (encoding) => {
    const got = await readBytes(western("text\n\x93it\x92s\x94 \x85 caf\xe9\n\x81\x8d\n"), { encoding });
    expect(got.values).toEqual([["\u201cit\u2019s\u201d \u2026 café"], ["\x81\x8d"]]);
    expect(got.counts.replacedBytes).toBe(0);
  });
});

describe("openCorpus() on files of other kinds", () => {
  const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
  it.each<[string, Buffer, RegExp]>([
    ["x.csv", latin1("PK\x03\x04\x14\0\x06\0 ,\n"), /a zip archive or an \.xlsx workbook\. Save a workbook as CSV/],
    ["x.csv", latin1("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), /an \.xls workbook.*Save it as CSV/],
    ["x.tsv", latin1("PAR1\x15\x04\x15"), /a Parquet file\. Give it a name that ends in \.parquet/],
    ["x.jsonl", latin1("ARROW1\0\0"), /an Arrow file\. Give it a name that ends in \.arrow/],
    ["x.csv", gzipSync("text\na\n"), /gzip data\. Give it a name that ends in \.gz/],
    ["x.csv", latin1("%PDF-1.7\n"), /a PDF document/],
    ["x.csv", latin1("SQLite format 3\0"), /an SQLite database/],
    ["x.csv", latin1("<!DOCTYPE html>\n<html>"), /an HTML page\. Save its table as CSV/],
    ["x.jsonl", latin1("<html><body>"), /an HTML page/],
    ["x.csv", latin1("<?xml version='1.0'?>"), /XML/],
  ])("names what %s is, and what to do", async (name, bytes, found) => {
    const path = join(await tempFolder(), name);
    await writeFile(path, bytes);
    for (const options of [{}, { encoding: "latin1" }] satisfies CorpusOptions[]) {
      const error = await failure(readFiles([path], options));
      expect([error.code, error.exitCode, error.place]).toEqual(["E_INPUT_UNREADABLE", 3, { file: path }]);
      expect(error.message).toMatch(found);
    }
  });

  it("does not take text for one that begins in the same way", async () => {
    for (const header of ["PAR1,text", "ARROW1\ttext", "<text>,text", "PK,text", "%PDF,text"])
      expect((await readBytes(`${header}\n${header.replace("text", "a")}\n`)).counts.accepted).toBe(1);
  });
});
