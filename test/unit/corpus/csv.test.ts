import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failure, readBytes } from "./reading.js";

/** The first column, whatever its name, is the text. */
const read = (content: string | Uint8Array, textColumn: string, chunkSize?: number) =>
  readBytes(content, { textColumn }, chunkSize);

const SPECTRUM: Record<string, { csv: string; columns: string[]; values: string[][] }> = {
  "a comma in quotes": {
    csv: 'first,address\nAda,"12 Hill Road, Leeds"\n',
    columns: ["first", "address"],
    values: [["Ada", "12 Hill Road, Leeds"]],
  },
  "empty fields": {
    csv: 'a,b,c\n1,"",""\n2,3,4\n',
    columns: ["a", "b", "c"],
    values: [
      ["1", "", ""],
      ["2", "3", "4"],
    ],
  },
  "empty fields, CRLF": {
    csv: 'a,b,c\r\n1,"",""\r\n2,3,4\r\n',
    columns: ["a", "b", "c"],
    values: [
      ["1", "", ""],
      ["2", "3", "4"],
    ],
  },
  "escaped quotes": {
    csv: 'a,b\n1,"so ""very"" odd"\n2,b\n',
    columns: ["a", "b"],
    values: [
      ["1", 'so "very" odd'],
      ["2", "b"],
    ],
  },
  "JSON in a field": {
    csv: 'key,val\n1,"{""type"": ""dot"", ""at"": [2.5, 3]}"\n',
    columns: ["key", "val"],
    values: [["1", '{"type": "dot", "at": [2.5, 3]}']],
  },
  "line ends in quotes": {
    csv: 'a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n',
    columns: ["a", "b", "c"],
    values: [
      ["1", "2", "3"],
      ["Once upon \na time", "5", "6"],
      ["7", "8", "9"],
    ],
  },
  "line ends in quotes, CRLF": {
    csv: 'a,b,c\r\n1,2,3\r\n"Once upon \r\na time",5,6\r\n7,8,9\r\n',
    columns: ["a", "b", "c"],
    values: [
      ["1", "2", "3"],
      ["Once upon \r\na time", "5", "6"],
      ["7", "8", "9"],
    ],
  },
  "quotes and line ends": {
    csv: 'a,b\n1,"so \n""very""\n odd"\n2,b\n',
    columns: ["a", "b"],
    values: [
      ["1", 'so \n"very"\n odd'],
      ["2", "b"],
    ],
  },
  simple: { csv: "a,b,c\n1,2,3\n", columns: ["a", "b", "c"], values: [["1", "2", "3"]] },
  "simple, CRLF": { csv: "a,b,c\r\n1,2,3\r\n", columns: ["a", "b", "c"], values: [["1", "2", "3"]] },
  "UTF-8": {
    csv: "a,b,c\n1,2,3\n4,5,ʤ é 👩‍👩‍👧\n",
    columns: ["a", "b", "c"],
    values: [
      ["1", "2", "3"],
      ["4", "5", "ʤ é 👩‍👩‍👧"],
    ],
  },
};

describe("openCorpus() on CSV", () => {
  for (const [name, { csv, columns, values }] of Object.entries(SPECTRUM)) {
    it(`reads ${name}, in chunks of 1 to 64 bytes too [C01, C02]`, async () => {
      for (let size = 1; size <= 64; size++) {
        const got = await read(csv, columns[0], size);
        expect(got.columns).toEqual(columns);
        expect(got.values).toEqual(values);
      }
    });
  }

  it("gives identical rows whatever the chunks, around 64 KiB too [C02, C06, R42, R44]", async () => {
    const start = '\ufefftext,label\r\n"é ""q"" 👩‍👩‍👧\r\nb",x\rplain,"y"\n\n\r\n"",z\u2028\u0085\fw\r\n';
    const csv = start + `"${"é".repeat(20_000)}\r\n""",long\r\n`.repeat(4) + "last,row";
    const whole = await readBytes(csv, {}, 1e9);
    expect(whole.lines).toEqual([2, 4, 7, 8, 10, 12, 14, 16]);
    expect(whole.values.slice(0, 3)).toEqual([
      ['é "q" 👩‍👩‍👧\r\nb', "x"],
      ["plain", "y"],
      ["", "z\u2028\u0085\fw"],
    ]);
    for (let size = 65536 - 3; size <= 65536 + 3; size++)
      expect((await readBytes(csv, {}, size)).rows).toEqual(whole.rows);
    for (let size = 1; size <= 64; size++) {
      const part = await readBytes(start, {}, size);
      expect(part.rows).toEqual(whole.rows.slice(0, 3));
    }
  });

  const cell = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom(",", '"', "\n", "\r", ";", "\t", "|", " ", "é", "👩‍👩‍👧", "\ufeff", "\0"),
      maxLength: 8,
    }),
  );
  const written = (cells: readonly string[], quoteAll: boolean): string =>
    cells.map((c) => (quoteAll || c === "" || /[",\r\n]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c)).join(",");

  it("reads back any table that was written, in any chunks and with any line ends [C02, C06, R39]", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 }),
        fc.array(fc.constantFrom("\n", "\r\n", "\r"), { minLength: 1, maxLength: 4 }),
        fc.record({ chunk: fc.integer({ min: 1, max: 256 }), quoteAll: fc.boolean(), mark: fc.boolean() }),
        async (table, ends, { chunk, quoteAll, mark }) => {
          const rows = [["text", "b", "c"], ...table];
          const csv = rows.map((cells, i) => written(cells, quoteAll) + ends[i % ends.length]).join("");
          const got = await readBytes((mark ? "\ufeff" : "") + csv, {}, chunk);
          const byteByByte = await readBytes((mark ? "\ufeff" : "") + csv, {}, 1);
          expect(got.values).toEqual(table);
          expect(got.rows).toEqual(byteByByte.rows);
          expect(got.counts.read).toBe(table.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    [",", "text,label\na;b,x\n"],
    [";", "text;label\na,b,c;x\n"],
    ["a tab", "text\tlabel\na,b;c\tx\n"],
    ["|", '"text"|"label"\na,b;c|x\n'],
  ])("recognizes %s between fields [C09]", async (_, csv) => {
    const got = await readBytes(csv, { labelColumn: "label" });
    expect(got.rows[0].label).toBe("x");
  });

  it("does not count delimiters inside a quoted header", async () => {
    expect((await readBytes('"a,\nb,c";text\n1;2\n')).columns).toEqual(["a,\nb,c", "text"]);
    expect((await readBytes('"a,b,c";text\n1;2\n')).columns).toEqual(["a,b,c", "text"]);
  });

  it.each([
    ["is never closed", 'text,label\na,b\nc,d\ne,f\n"g,h\ni,j\nk,l\n', 5, 5, 23],
    ["ends the file", 'text,label\n"', 2, 2, 11],
    ["is followed by text", 'text,label\na,b\n"a"b,c\n', 3, 3, 15],
    ["stands inside a bare field", 'text,label\na "b" c,d\n', 2, 2, 13],
    ["is escaped by a backslash", 'text,label\n\n"x\ny \\"b\\" c",d\n', 3, 3, 12],
  ])("names the line and byte where a quote opened that %s [C07, R43]", async (_, csv, opened, line, byte) => {
    for (const size of [1, 7, 1000]) {
      const error = await failure(readBytes(csv, {}, size));
      expect(error.code).toBe("E_CSV_QUOTE");
      expect(error.place).toEqual({ file: "-", line, byte });
      expect(error.message).toMatch(new RegExp(`(line |-:)${opened}\\b`));
    }
  });

  it("says so when quotes are escaped by backslashes [C07]", async () => {
    expect((await failure(readBytes('text\n"a \\"b\\" c"\n'))).message).toContain("backslash");
    expect((await failure(readBytes('text\n"a \\""\n'))).message).toContain("backslash");
  });

  it("gives up an open quote at the longest field, not at the end of the file [C07, R43]", async () => {
    let served = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('text,label\na,b\n"open');
      for (;;) {
        served++;
        yield Buffer.from("x,y\n".repeat(256));
      }
    }
    const { Readable } = await import("node:stream");
    const stdin = Readable.from(endless());
    const error = await failure(readBytes("", { stdin, maxFieldBytes: 65_536 }));
    expect([error.code, error.place.line]).toEqual(["E_CSV_QUOTE", 3]);
    expect(served).toBeLessThan(120);
  });

  it("counts the longest field in bytes of UTF-8 [C08, R40]", async () => {
    const fits = await readBytes(`text,label\n${"é".repeat(50)},"${"👍".repeat(25)}"\n`, { maxFieldBytes: 100 });
    expect(fits.counts.accepted).toBe(1);
    const error = await failure(readBytes(`text,label\nok,x\n${"é".repeat(50)}a,y\n`, { maxFieldBytes: 100 }));
    expect([error.code, error.exitCode, error.place.line]).toEqual(["E_FIELD_TOO_LARGE", 6, 3]);
  });

  it("bounds a row of many short fields [C08]", async () => {
    const error = await failure(readBytes(`text,label\n${"a,".repeat(1000)}\n`, { maxFieldBytes: 100 }, 64));
    expect(error.code).toBe("E_FIELD_TOO_LARGE");
  });

  it.each([
    ["an object", '{"text":"a"}\n{"text":"b"}\n', "jsonl"],
    ["an object that begins with a space", ' { "text": 1 }', "jsonl"],
    ["an array", '[{"text":"a"},{"text":"b"}]', "json"],
    ["the bracket of an array", '[\n{"text":"a"}\n]', "json"],
    ["the bracket of an object", '{\n"text": "a"\n}', "json"],
  ])("says how a first line is read that is %s", async (_, content, from) => {
    for (const options of [{}, { badRows: "skip" }, { from: "tsv" }] as const) {
      const error = await failure(readBytes(content, options));
      expect([error.code, error.place.line]).toEqual(["E_CSV_HEADER", 1]);
      expect(error.message).toMatch(new RegExp(`--from ${from}$`));
    }
  });

  it("says how a pipe of texts is read", async () => {
    expect((await failure(readBytes("a text, or two\nb\n"))).message).not.toContain("--from txt");
    for (const line of ["a text", "a longer text: it ends here!"])
      expect((await failure(readBytes(`${line}\nb\n`))).message).toMatch(/--from txt$/);
    expect((await readBytes("[text],{n}\na,1\n", { textColumn: "[text]" })).values).toEqual([["a", "1"]]);
  });

  it.each([
    ["one less", "a", "it has 1 field where the header has 2"],
    ["one more", "a,b,c", "it has 3 fields where the header has 2"],
    ["a hundred more", "a,b" + ",".repeat(100), "it has 102 fields where the header has 2"],
  ])("refuses a row with %s fields than the header, or rejects it [C06, R47]", async (_, row, reason) => {
    const csv = `text,label\n"x\ny",1\n${row}\nz,2\n`;
    const error = await failure(readBytes(csv));
    expect([error.code, error.place]).toEqual(["E_CSV_FIELDS", { file: "-", line: 4, byte: 19 }]);
    expect(error.message).toContain(reason);
    const got = await readBytes(csv, { badRows: "skip" });
    expect(got.values).toEqual([
      ["x\ny", "1"],
      ["z", "2"],
    ]);
    expect(got.counts).toMatchObject({ read: 3, accepted: 2, rejected: 1 });
    expect(got.rejections).toEqual([{ file: "-", line: 4, byte: 19, reason, raw: row }]);
  });

  it("goes on behind a misplaced quote when bad rows are skipped, but not behind an open one", async () => {
    const csv = 'text,label\na "b" c,1\n"d"e,2\nf,3\n';
    const got = await readBytes(csv, { badRows: "skip" });
    expect([got.values, got.rejections.map((r) => r.line)]).toEqual([[["f", "3"]], [2, 3]]);
    expect((await failure(readBytes(csv + '"g,4\n', { badRows: "skip" }))).place.line).toBe(5);
  });

  it("escapes and cuts the raw text of a rejected row at 200 bytes [C06]", async () => {
    const got = await readBytes(`text,label\n\u001b[2J${"é".repeat(300)}\n`, { badRows: "skip" });
    expect(got.rejections[0].raw).toMatch(/^\\u001b\[2Jé+$/);
    expect(Buffer.byteLength(got.rejections[0].raw)).toBeLessThanOrEqual(200);
    expect(Buffer.byteLength(got.rejections[0].raw)).toBeGreaterThan(197);
  });

  it("skips blank lines, which are no rows, and reads an empty text as a row [C06]", async () => {
    const got = await readBytes('\n\r\ntext\n\n""\n\nlast');
    expect([got.values, got.lines, got.counts.read]).toEqual([[[""], ["last"]], [5, 7], 2]);
  });

  it("keeps NUL characters as data and counts their rows [C05, R46]", async () => {
    const got = await readBytes("text,la\0bel\na\0b,\0\nc,d\n");
    expect([got.columns, got.values]).toEqual([
      ["text", "la\0bel"],
      [
        ["a\0b", "\0"],
        ["c", "d"],
      ],
    ]);
    expect(got.counts.withNul).toBe(1);
    expect(got.notices).toEqual(["1 row with a NUL character, kept as it is"]);
  });

  it("reads a header of many columns [C08]", async () => {
    const names = Array.from({ length: 30_000 }, (_, i) => `column ${i}`);
    const got = await read(`${names.join(",")}\n${names.join("!,")}\n`, "column 7");
    expect(got.rows[0].text).toBe("column 7!");
  });

  it.each([
    ["no byte", "", "is empty"],
    ["a byte order mark only", "\ufeff", "is empty"],
    ["a line end only", "\n", "is empty"],
    ["a name that stands twice", "text,label,label\n", '"label" stands in the header twice'],
  ])("refuses a file with %s [C03, C09, C10]", async (_, csv, found) => {
    const error = await failure(readBytes(csv));
    expect(error.code).toBe("E_CSV_HEADER");
    expect(error.message).toContain(found);
  });

  it("reads a header without rows, and row numbers under a first column without a name [C10]", async () => {
    expect((await readBytes("text,label\n")).counts.read).toBe(0);
    expect((await readBytes(",text\n0,a\n")).rows[0].text).toBe("a");
  });

  it("takes one byte order mark off, quoted header or not, and keeps the second [C03, R41]", async () => {
    for (const size of [1, 2, 3, 4, 100]) {
      expect((await readBytes('\ufeff"text","label"\na,b\n', {}, size)).columns).toEqual(["text", "label"]);
      expect((await read("\ufeff\ufeffa,b\nc,d\n", "b", size)).columns).toEqual(["\ufeffa", "b"]);
    }
  });
});
