import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CorpusOptions } from "../../../src/corpus/corpus.js";
import { failure, readBytes } from "./reading.js";

const read = (content: string, options: CorpusOptions = {}, chunkSize?: number) =>
  readBytes(content, { from: "jsonl", ...options }, chunkSize);

describe("openCorpus() on JSONL", () => {
  it("gives strings as they are, numbers and booleans as text, null and absent as null, the rest as JSON", async () => {
    const jsonl =
      '{"text":"a\\n\\"b\\"","n":1.50,"b":true,"z":null,"o":{"x":[1]}}\r\n\n  \n{"o":[],"text":7}\n{"text":""}';
    for (const size of [1, 5, 64, 1000]) {
      const got = await read(jsonl, {}, size);
      expect(got.columns).toEqual(["text", "n", "b", "z", "o"]);
      expect(got.values).toEqual([
        ['a\n"b"', "1.5", "true", null, '{"x":[1]}'],
        ["7", null, null, null, "[]"],
        ["", null, null, null, null],
      ]);
      expect(got.lines).toEqual([1, 4, 5]);
    }
  });

  it("tells the JSON of what was no string, so that it need not become one", async () => {
    const got = await read(
      '{"text":"a","n":1.50,"b":true,"o":{"x":["1"]}}\n{"text":"b","n":"1","o":null}\n{"n":12345678901234567890,"text":7}\n' +
        '{"text":"c","n":1e999,"o":[12345678901234567890]}\n',
    );
    expect(got.rows.map(({ json }) => json)).toEqual([
      [undefined, "1.5", "true", '{"x":["1"]}'],
      undefined,
      ["7", "12345678901234567890", undefined, undefined],
      [undefined, undefined, undefined, '["12345678901234567890"]'],
    ]);
  });

  it("reads back any rows that were written, in any chunks", async () => {
    const row = fc.record({ text: fc.string({ unit: "binary" }), label: fc.string({ unit: "grapheme" }) });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), fc.integer({ min: 1, max: 64 }), async (rows, size) => {
        const got = await read(rows.map((r) => JSON.stringify(r) + "\n").join(""), {}, size);
        expect(got.values).toEqual(rows.map((r) => [r.text, r.label]));
      }),
      { numRuns: 100 },
    );
  });

  it("keeps all digits of long integers, and touches no string and no fraction", async () => {
    const got = await read(
      '{"id":1234567890123456789,"text":"n: 1234567890123456789, \\"9876543210987654321,","f":0.12345678901234567,"g":-12345678901234567890}\n',
    );
    expect(got.values).toEqual([
      [
        "1234567890123456789",
        'n: 1234567890123456789, "9876543210987654321,',
        String(Number("0.12345678901234567")),
        "-12345678901234567890",
      ],
    ]);
    const long = `{"text":"${"a\\\\".repeat(400_000)}","id":12345678901234567890}`;
    expect((await read(long)).values[0][1]).toBe("12345678901234567890");
    expect((await failure(read('{"text":"a","id":012345678901234567890}'))).code).toBe("E_JSONL");
  });

  it.each([
    ["no JSON", "{text: 1}", "it is not a JSON object"],
    ["an array", '["a"]', "it is not a JSON object"],
    ["null", "null", "it is not a JSON object"],
    ["half an object", '{"text":"a"', "it is not a JSON object"],
    ["no text", '{"label":"x"}', 'its field "text" is missing'],
    ["a null text", '{"text":null,"label":"x"}', 'its field "text" is null'],
    ["a text that is an object", '{"text":{},"label":"x"}', 'its field "text" is an object'],
    ["a text that is a boolean", '{"text":true}', 'its field "text" is a boolean'],
  ])("refuses a line with %s, or rejects it", async (_, line, reason) => {
    const jsonl = `{"text":"é","label":"x"}\n${line}\n{"text":"b","label":"y"}\n`;
    const error = await failure(read(jsonl));
    expect([error.code, error.place]).toEqual(["E_JSONL", { file: "-", line: 2, byte: 26 }]);
    expect(error.message).toContain(reason);
    const got = await read(jsonl, { badRows: "skip" });
    expect(got.rows.map((row) => row.text)).toEqual(["é", "b"]);
    expect(got.rejections).toEqual([{ file: "-", line: 2, byte: 26, reason, raw: line }]);
  });

  it.each([
    ["an array in one line", '[{"text":"a"},{"text":"b"}]'],
    ["an array over several lines", '[\n{"text":"a"},\n{"text":"b"}\n]'],
    ["an indented object", '{\n  "text": "a"\n}\n{\n  "text": "b"\n}'],
    ["two objects in one line", '{"text":"a"} {"text":"b"}'],
  ])("says how %s is read", async (_, document) => {
    expect((await failure(read(document))).message).toMatch(/it is not a JSON object.*read it with --from json$/);
    const got = await read(document, { from: "json" });
    expect(got.rows.map(({ text }) => text)).toEqual(["a", "b"]);
  });

  it("does not say so of a value in a document", async () => {
    const error = await failure(read('[[{}],{"text":"b"}]', { from: "json" }));
    expect(error.message).not.toContain("--from json");
  });

  it("takes the columns from the first object when bad rows in front of it are skipped", async () => {
    const got = await read('oops\n[]\n{"text":"a"}\n', { badRows: "skip" });
    expect([got.columns, got.lines, got.rejections.map((r) => r.line)]).toEqual([["text"], [3], [1, 2]]);
    expect(got.counts).toMatchObject({ read: 3, accepted: 1, rejected: 2 });
    expect((await failure(read("oops\n"))).place.line).toBe(1);
  });

  it("of a pipe leaves out fields that the rows which come first lack, and says so", async () => {
    const jsonl = '{"text":"a"}\n{"text":"b","extra":1,"more":2}\n';
    const got = await read(jsonl, {}, 13);
    expect(got.values).toEqual([["a"], ["b"]]);
    expect(got.counts.withUnknownFields).toBe(1);
    expect(got.notices).toEqual(['1 row with fields that the first rows lack, left out: "extra", "more"']);
    expect((await read(jsonl)).columns).toEqual(["text", "extra", "more"]);
  });

  it("reads NaN and infinite numbers as null wherever they stand, but in strings, and counts their rows", async () => {
    const got = await read(
      '{"text":"NaN, Infinity","n":NaN,"l":[1,-Infinity,{"x":NaN}],"id":12345678901234567890}\n' +
        '{"text":"b","n":1}\n{"text":"c","n":Infinity}\n',
    );
    expect(got.values).toEqual([
      ["NaN, Infinity", null, '[1,null,{"x":null}]', "12345678901234567890"],
      ["b", "1", null, null],
      ["c", null, null, null],
    ]);
    expect(got.counts.withNonFinite).toBe(2);
    expect(got.notices).toEqual(["2 rows with NaN or Infinity, which JSON does not have, read as null"]);
    for (const wrong of ["NaNs", "xNaN", "1NaN", "NaN1", "nan", "+Infinity", "-NaN"])
      expect((await failure(read(`{"text":"a","n":${wrong}}`))).code).toBe("E_JSONL");
    expect((await failure(read('{"text":NaN}'))).message).toContain("--drop-missing");
  });

  it("drops rows without a text with those without a label, but not those whose text is something else", async () => {
    const jsonl = '{"text":"a"}\n{"label":"x"}\n{"text":null}\n{"text":"b"}\n';
    const got = await read(jsonl, { dropMissing: true });
    expect([got.values.map(([text]) => text), got.counts.rejected]).toEqual([["a", "b"], 2]);
    expect((await failure(read(`${jsonl}{"text":[]}`, { dropMissing: true }))).message).toContain("an array");
  });

  it("leaves out the vectors of an earlier embedding, and says so", async () => {
    const vectors = '{"text":"a","scale":0.5,"vector":[1,-2]}\n{"text":"b","scale":1,"vector":[3,4]}\n';
    const got = await read(vectors);
    expect([got.columns, got.values]).toEqual([["text"], [["a"], ["b"]]]);
    expect(got.notices).toEqual(['vectors of an earlier embedding left out: "vector", "scale"']);
    expect((await read(vectors.replace("-2", "-2.5"))).columns).toEqual(["text", "scale"]);
    expect((await read('{"text":"a","vector":"north"}\n')).columns).toEqual(["text", "vector"]);
  });

  it("makes lone surrogates well formed and counts them, and counts rows with NUL [C05, C15, R55]", async () => {
    const got = await read('{"text":"a\\ud800b\\udc00 \\ud83d\\udc4d"}\n{"text":"\\u0000"}\n');
    expect(got.values).toEqual([["a\ufffdb\ufffd 👍"], ["\0"]]);
    expect(got.counts).toMatchObject({ loneSurrogates: 2, withNul: 1 });
  });

  it("is not confused by names of object methods [C09]", async () => {
    const got = await read('{"text":"a","__proto__":"p","toString":"s","constructor":1}\n{"text":"b"}\n');
    expect(got.columns).toEqual(["text", "__proto__", "toString", "constructor"]);
    expect(got.values).toEqual([
      ["a", "p", "s", "1"],
      ["b", null, null, null],
    ]);
    expect((await failure(read('{"text":"a"}\n', { textColumn: "toString" }))).code).toBe("E_COLUMN_MISSING");
  });

  it("treats an absent, null or empty label as missing", async () => {
    const jsonl = '{"text":"a","label":0}\n{"text":"b"}\n{"text":"c","label":null}\n{"text":"d","label":""}\n';
    const error = await failure(read(jsonl, { labelColumn: "label" }));
    expect([error.code, error.place.line]).toEqual(["E_LABEL_MISSING", 2]);
    const got = await read(jsonl, { labelColumn: "label", dropMissing: true });
    expect([got.rows.map((row) => row.label), got.counts.rejected]).toEqual([["0"], 3]);
  });

  it("bounds the length of a line", async () => {
    const error = await failure(read(`{"text":"a"}\n{"text":"${"b".repeat(200)}"}\n`, { maxFieldBytes: 100 }, 16));
    expect([error.code, error.place.line]).toEqual(["E_FIELD_TOO_LARGE", 2]);
  });

  it("rejects a row that is nested too deep, in whatever column, and reads the others", async () => {
    for (const levels of [1001, 5000, 1_000_000]) {
      const jsonl = `{"text":"a","x":${"[".repeat(levels)}${"]".repeat(levels)}}\n{"text":"b","x":[[1]]}\n`;
      const error = await failure(read(jsonl));
      expect([error.code, error.place.line]).toEqual(["E_JSONL", 1]);
      expect(error.message).toContain("nested deeper than 1000 levels");
      const got = await read(jsonl, { badRows: "skip" });
      expect([got.values, got.counts.rejected]).toEqual([[["b", "[[1]]"]], 1]);
    }
    const deep = `${"[".repeat(999)}${"]".repeat(999)}`;
    expect((await read(`{"text":"a","x":${deep}}\n`)).values).toEqual([["a", deep]]);
  });

  it("keeps long integers beside strings of any length", async () => {
    const long = '\\n\\"'.repeat(2_500_000);
    const got = await read(`{"text":"${long}","id":12345678901234567890}\n`, {});
    expect(got.values[0][1]).toBe("12345678901234567890");
  });

  it("refuses a file without an object", async () => {
    for (const empty of ["", "\n", "\ufeff"]) expect((await failure(read(empty))).code).toBe("E_JSONL");
  });
});
