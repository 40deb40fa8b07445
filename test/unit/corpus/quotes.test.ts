import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CorpusOptions } from "../../../src/corpus/corpus.js";
import { csvLine, type CsvDialect } from "../../../src/formats/csv.js";
import { failure, readBytes, type Reading } from "./reading.js";

const tsv = (content: string, options: CorpusOptions = {}): Promise<Reading> =>
  readBytes(content, { from: "tsv", ...options });
const textsOf = ({ rows }: Reading): string[] => rows.map(({ text }) => text);

describe("openCorpus() on TSV", () => {
  it("reads a quote that opens a field and is not closed on its line as a character, and says so", async () => {
    const got = await tsv('label\ttext\nup\t"so good\ndown\tdull\nup\twhat a day"\ndown\tno\n');
    expect(textsOf(got)).toEqual(['"so good', "dull", 'what a day"', "no"]);
    expect(got.notices).toEqual([
      `1 row with a quote that opens a field and is not closed on its line (the first at -:2), read as a character; ` +
        `if fields go on over line ends, read the file with --quote '"'`,
    ]);
  });

  it.each([
    ["inside a field", 'a "b" c', 'a "b" c'],
    ["behind a number", '7" screen', '7" screen'],
    ["at both ends, and alone inside", '"a" and "b"', '"a" and "b"'],
    ["around the field", '"a b"', "a b"],
    ["around the field, doubled inside", '"a ""b"" c"', 'a "b" c'],
    ["around nothing", '""', ""],
    ["alone", '"', '"'],
    ["three times", '"""', '"""'],
    ["four times", '""""', '"'],
    ["in front of a space", ' "a"', ' "a"'],
  ])("takes quotes off a field only where it is in quotes as a whole: quotes %s", async (_, field, text) => {
    for (const line of [`${field}\tx`, `x\t${field}`]) {
      const column = line.startsWith("x") ? "b" : "a";
      const got = await tsv(`a\tb\r\n${line}\r\ny\tz\r\n`, { textColumn: column });
      expect(textsOf(got)).toEqual([text, column === "a" ? "y" : "z"]);
    }
  });

  it("reads a field in quotes that holds tabs where the line has too many fields otherwise", async () => {
    expect(textsOf(await tsv('text\tlabel\n"a\tb"\tx\n"c\td"\n'))).toEqual(["a\tb", '"c']);
    const error = await failure(tsv('text\tlabel\n"a\tb\tx\n'));
    expect([error.code, error.place.line]).toEqual(["E_CSV_FIELDS", 2]);
  });

  it("names --quote where a field in quotes goes on over a line end, which it reads then", async () => {
    const content = 'label\ttext\nup\t"two\nlines"\ndown\tone\n';
    const error = await failure(tsv(content));
    expect([error.code, error.place.line]).toEqual(["E_CSV_FIELDS", 3]);
    expect(error.message).toContain(`--quote '"'`);
    expect(textsOf(await tsv(content, { quote: '"' }))).toEqual(["two\nlines", "one"]);
    const skipped = await tsv(content, { badRows: "skip" });
    expect(skipped.counts).toMatchObject({ read: 3, accepted: 2, rejected: 1 });
    expect(skipped.notices.join()).toContain(`--quote '"'`);
  });

  it("reads files with tabs called .csv in the same way, and TSV with another delimiter as CSV", async () => {
    expect(textsOf(await readBytes('text\tlabel\n"a\tx\nb"\ty\n'))).toEqual(['"a', 'b"']);
    expect(textsOf(await tsv('text;label\n"a\nb";y\n', { delimiter: ";" }))).toEqual(["a\nb"]);
  });
});

describe("openCorpus() with a meaning of quotes", () => {
  it.each([
    ["csv", ","],
    ["tsv", "\t"],
  ] as const)("reads quotes of %s as characters with none, and as RFC 4180 has them otherwise", async (from, by) => {
    const content = [`text${by}label`, `"a"${by}x`, `b"${by}"y`, ""].join("\n");
    const got = await readBytes(content, { from, quote: "none", labelColumn: "label" });
    expect(got.values).toEqual([
      ['"a"', "x"],
      ['b"', '"y'],
    ]);
    expect((await failure(readBytes(content, { from, quote: '"' }))).code).toBe("E_CSV_QUOTE");
  });

  it("mentions rows of several lines, each of which could be one, in CSV", async () => {
    const got = await readBytes('label,text\nx,"a\ny,b\nz,c"\nx,d\ny,"two\nlines"\n');
    expect(got.values).toHaveLength(3);
    expect(got.notices).toEqual([
      expect.stringMatching(
        /^1 row of several lines, each of which could be a row of its own \(the first at -:2\).*none$/,
      ),
    ]);
  });

  it("rejects each line of a row with a misplaced quote", async () => {
    const content = 'text,label\n"a,x\r\n\r\nb,y\nc "d" e,z\nf,x\n';
    for (const size of [1, 3, 1000]) {
      const got = await readBytes(content, { badRows: "skip" }, size);
      expect([textsOf(got), got.counts.read]).toEqual([["f"], 4]);
      expect(got.rejections.map(({ line, byte, raw }) => [line, byte, raw])).toEqual([
        [2, 11, '"a,x'],
        [4, 19, "b,y"],
        [5, 23, 'c "d" e,z'],
      ]);
    }
  });

  it("does not open a field behind a misplaced quote", async () => {
    const got = await readBytes('text,label\na"b,"x\nc,y\nd,"z"\n', { badRows: "skip" });
    expect([textsOf(got), got.counts.rejected]).toEqual([["c", "d"], 1]);
  });

  it("takes any one character between fields", async () => {
    for (const delimiter of ["~", ":", " ", "¦", "\u0001", "."]) {
      const content = `text${delimiter}label\n"a${delimiter}b"${delimiter}x\n`;
      expect(textsOf(await readBytes(content, { delimiter, labelColumn: "label" }))).toEqual([`a${delimiter}b`]);
    }
    for (const delimiter of ["", ";;", '"', "\n", "\r", "😀"])
      expect((await failure(readBytes("text\n", { delimiter }))).code).toBe("E_USAGE");
  });
});

describe("csvLine()", () => {
  const unit = fc.constantFrom('"', ",", ";", "\t", " ", "a", "é", "日", "\\", '""');
  const dialect: fc.Arbitrary<CsvDialect> = fc.record({
    delimiter: fc.constantFrom(",", ";", "\t", "|"),
    quoting: fc.constantFrom("rfc4180", "line", "none"),
    byteOrderMark: fc.boolean(),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
  });

  it("writes what is read back as the same fields, in any dialect that can hold them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit }), fc.string({ unit: fc.oneof(unit, fc.constant("\n")) })), {
          maxLength: 5,
        }),
        dialect,
        async (table, own) => {
          const { delimiter, quoting } = own;
          const rows = table
            .map((row) => (quoting === "rfc4180" ? row : row.map((cell) => cell.replaceAll("\n", ""))))
            .map((row) => (quoting === "none" ? row.map((cell) => cell.replaceAll(delimiter, "")) : row));
          const quote = quoting === "none" ? "none" : quoting === "rfc4180" ? '"' : "auto";
          fc.pre(quoting !== "line" || delimiter === "\t");
          const written = [["text", "b"], ...rows].map((cells) => csvLine(cells, own)).join("");
          const got = await readBytes(`${own.byteOrderMark ? "\ufeff" : ""}${written}`, { quote });
          expect(got.values).toEqual(rows);
          expect(got.dialect).toEqual(own);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("leaves a line of TSV as it was where it can", () => {
    const own: CsvDialect = { delimiter: "\t", quoting: "line", byteOrderMark: false, lineEnd: "\n" };
    expect(csvLine(['"open', 'a "b"', " c "], own)).toBe('"open\ta "b"\t c \n');
    expect(csvLine(['"whole"', null, '"x\ty'], own)).toBe('"""whole"""\t\t"""x\ty"\n');
    expect(csvLine(['"open', "x\ty"], own)).toBe('"""open"\t"x\ty"\n');
  });
});
