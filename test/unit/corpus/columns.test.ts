import fc from "fast-check";
import { Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { joinTexts } from "../../../src/corpus/columns.js";
import type { CorpusOptions } from "../../../src/corpus/corpus.js";
import { failure, readBytes } from "./reading.js";

describe("openCorpus() without a header", () => {
  const content = "x,first,one\ny,second,two\n";

  it("reads the first line as a row, and names the columns by their places", async () => {
    const got = await readBytes(content, { header: false, textColumn: "2", labelColumn: "1" });
    expect(got.columns).toEqual(["column1", "column2", "column3"]);
    expect(got.rows.map(({ text, label, line }) => [text, label, line])).toEqual([
      ["first", "x", 1],
      ["second", "y", 2],
    ]);
    const named = await readBytes(content, { header: false, textColumn: "column3" });
    expect(named.rows.map(({ text }) => text)).toEqual(["one", "two"]);
  });

  it("asks for the number of a column, but takes the only one for the texts", async () => {
    for (const textColumn of [undefined, "0", "4", "text", "-1", "1.5", "2,9"]) {
      const error = await failure(readBytes(content, { header: false, textColumn }));
      expect(error.code).toBe("E_COLUMN_MISSING");
      expect(error.message).toMatch(/3 columns\. Give the number of the column, such as --text-column 2$/);
    }
    const label = await failure(readBytes(content, { header: false, textColumn: "2", labelColumn: "label" }));
    expect(label.message).toMatch(/such as --label-column 1$/);
    expect((await readBytes("one\ntwo\n", { header: false })).rows.map(({ text }) => text)).toEqual(["one", "two"]);
  });

  it("takes the number of fields from the first row, which the others have to have too", async () => {
    const error = await failure(readBytes("a,b\nc\n", { header: false, textColumn: "1" }));
    expect(error.message).toContain("it has 1 field where the first row has 2");
    const got = await readBytes('a"b\nc,d\ne\n', { header: false, textColumn: "1", badRows: "skip" });
    expect([got.values, got.rejections.map(({ line }) => line)]).toEqual([[["c", "d"]], [1, 3]]);
    expect((await failure(readBytes('a"b\n', { header: false }))).code).toBe("E_CSV_QUOTE");
    expect((await failure(readBytes("", { header: false }))).code).toBe("E_CSV_HEADER");
  });

  it.each(["1,nice\n2,bad\n", "good,We came back twice!\nbad,No\n", "x,a b c d\ny,e\n", "1,1\n2,3\n"])(
    "is proposed where the header %j is hardly one",
    async (rows) => {
      expect((await failure(readBytes(rows))).message).toContain("--no-header");
    },
  );

  it("is not proposed where it is one, and --delimiter is where it is one field", async () => {
    expect((await failure(readBytes("tweet,label\na,b\n"))).message).not.toContain("--no-header");
    expect((await failure(readBytes("body~label\na~b\n"))).message).toContain("--delimiter");
  });

  it("changes nothing for JSONL", async () => {
    expect((await readBytes('{"text":"a"}', { from: "jsonl", header: false })).rows[0].text).toBe("a");
  });
});

describe("openCorpus() with several text columns", () => {
  const arrow = (rows: readonly (string | null)[][]): Uint8Array => {
    const column = (i: number) =>
      vectorFromArray(
        rows.map((row) => row[i]),
        new Utf8(),
      );
    return tableToIPC(new Table({ title: column(0), id: column(1), body: column(2) }), "stream");
  };
  const rows = [
    ["One", "1", "a, b"],
    ["", "2", "c"],
    ["Three", "3", " "],
  ];
  const names = ["title", "id", "body"];
  const formats: readonly (readonly [NonNullable<CorpusOptions["from"]>, string | Uint8Array])[] = [
    ["csv", [names, ...rows].map((row) => row.map((cell) => `"${cell}"`).join(",")).join("\n")],
    ["tsv", [names, ...rows].map((row) => row.join("\t")).join("\n")],
    ["jsonl", rows.map(([title, id, body]) => JSON.stringify({ title, id, body })).join("\n")],
    ["arrow", arrow(rows)],
  ];

  it.each(formats)("joins them by line ends in %s, without those that are blank", async (from, content) => {
    for (const textColumn of ["title,body", "title, body", ["title", "body"]]) {
      const got = await readBytes(content, { from, textColumn });
      expect(got.rows.map(({ text }) => text)).toEqual(["One\na, b", "c", "Three"]);
      expect(got.values).toEqual(rows);
    }
    expect((await readBytes(content, { from, textColumn: "body,title" })).rows[0].text).toBe("a, b\nOne");
  });

  it.each(formats)("refuses in %s what is no column, and a label that is one of them", async (from, content) => {
    const missing = await failure(readBytes(content, { from, textColumn: "title,boddy" }));
    expect([missing.code, missing.place.column]).toEqual(["E_COLUMN_MISSING", "boddy"]);
    const label = await failure(readBytes(content, { from, textColumn: "title,body", labelColumn: "body" }));
    expect(label.code).toBe("E_COLUMN_AMBIGUOUS");
  });

  it("takes a column that is called like the list for the column", async () => {
    const csv = '"title,body",title,body\na,b,c\n';
    expect((await readBytes(csv, { textColumn: "title,body" })).rows[0].text).toBe("a");
    const jsonl = '{"title,body":"a","title":"b","body":"c"}';
    expect((await readBytes(jsonl, { from: "jsonl", textColumn: "title,body" })).rows[0].text).toBe("a");
    expect((await readBytes(jsonl, { from: "jsonl", textColumn: ["title", "body"] })).rows[0].text).toBe("b\nc");
  });

  it("takes a row as missing its text where all of them are missing", async () => {
    const jsonl =
      '{"title":"a","body":"b"}\n{"title":null,"body":"c"}\n{"title":"d"}\n{"title":null}\n{"title":"e","body":[]}\n';
    const got = await readBytes(jsonl, { from: "jsonl", textColumn: "title,body", badRows: "skip" });
    expect(got.rows.map(({ text }) => text)).toEqual(["a\nb", "c", "d"]);
    expect(got.rejections.map(({ reason }) => reason)).toEqual([
      'its field "title" is null',
      'its field "body" is an array',
    ]);
    const content = arrow([...rows, [null, "4", "x"], [null, "5", null]]);
    const ofArrow = await readBytes(content, { from: "arrow", textColumn: "title,body", dropMissing: true });
    expect(ofArrow.rows.at(-1)?.text).toBe("x");
    expect(ofArrow.rejections.map(({ reason }) => reason)).toEqual(['its texts in columns "title", "body" are null']);
  });
});

describe("joinTexts()", () => {
  it("leaves one text as it is, and never has a blank line or one at an end for several", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.constantFrom("", " ", "a", "b c")), { minLength: 1 }), (parts) => {
        const joined = joinTexts(parts);
        const filled = parts.length === 1 ? [parts[0] ?? ""] : parts.filter((part) => part?.trim());
        expect(joined).toBe(filled.join("\n"));
      }),
    );
  });
});
