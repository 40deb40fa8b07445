import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openCorpus, type CorpusOptions } from "../../../src/corpus/corpus.js";
import { tempFolder } from "../files/tempFolder.js";
import { failure, readBytes, readFiles } from "./reading.js";

const read = (content: string, options: CorpusOptions = {}, chunkSize?: number) =>
  readBytes(content, { from: "json", ...options }, chunkSize);

describe("openCorpus() on a JSON document", () => {
  const rows = [{ text: 'a "[{]},' }, { text: "b\\", n: [1, { x: "]" }] }, { text: "c\nd" }];
  const values = [
    ['a "[{]},', null],
    ["b\\", '[1,{"x":"]"}]'],
    ["c\nd", null],
  ];
  it.each([
    ["an array in one line", JSON.stringify(rows)],
    ["an indented array", JSON.stringify(rows, null, 2)],
    ["an array with a comma behind its last value", JSON.stringify(rows).replace(/]$/, " , ]\n")],
    ["an object with one array of objects", JSON.stringify({ version: "1", tags: ["x"], data: rows, next: null })],
    ["the same, indented", JSON.stringify({ version: { data: 1 }, rows }, null, 2)],
    ["an object a line", rows.map((row) => JSON.stringify(row)).join("\n")],
    ["objects over several lines each", rows.map((row) => JSON.stringify(row, null, 2)).join("\n")],
  ])("reads %s, in any chunks", async (_, document) => {
    for (const size of [1, 3, 16, 1000]) {
      const got = await read(document, {}, size);
      expect(got.rows.map(({ text }) => text)).toEqual(values.map(([text]) => text));
    }
    expect((await read(document)).values).toEqual(values);
  });

  it("reads NaN in an object that holds the rows as null, in a row or beside them, and says on which line a row is none", async () => {
    const rows = '[{"text":"NaN","n":NaN},\n\n{"text":"b","n":-Infinity},\n[1]]';
    const got = await read(`\n{"v":Infinity,\n"rows":${rows}}`, { badRows: "skip" });
    expect(got.values).toEqual([
      ["NaN", null],
      ["b", null],
    ]);
    expect(got.rejections).toMatchObject([{ line: 6 }]);
  });

  it("gives the same rows as the lines of JSONL with the same objects, whatever they are", async () => {
    const object = fc.record({ text: fc.string({ unit: "binary" }), other: fc.jsonValue() });
    await fc.assert(
      fc.asyncProperty(fc.array(object, { minLength: 1 }), fc.integer({ min: 1, max: 64 }), async (objects, size) => {
        const lines = objects.map((one) => JSON.stringify(one)).join("\n");
        const expected = await readBytes(lines, { from: "jsonl" }, 100_000);
        const got = await read(JSON.stringify(objects, null, size % 3), {}, size);
        expect(got.rows.map(({ text }) => text)).toEqual(expected.rows.map(({ text }) => text));
        expect((await read(JSON.stringify(objects))).values).toEqual(expected.values);
      }),
      { numRuns: 60 },
    );
  });

  it("says on which line a value stands that is no row, or leaves it out", async () => {
    const document = '[\n  {"text": "a"},\n  7,\n  {\n    "text": [1]\n  },\n  {"text": "b"}\n]\n';
    expect((await failure(read(document))).place).toMatchObject({ line: 3, byte: 21 });
    const got = await read(document, { badRows: "skip" });
    expect(got.rejections.map(({ line, reason }) => [line, reason])).toEqual([
      [3, "it is not a JSON object"],
      [4, 'its field "text" is an array'],
    ]);
    expect(got.lines).toEqual([2, 7]);
    const inner = await read('{\n"meta": 1,\n"rows": [\n{"text": "a"},\n{"text": "b"}]}');
    expect(inner.lines).toEqual([4, 5]);
  });

  it.each([
    ["an array that is cut off", '[{"text":"a"},{"text":"b"}', /at line 1 its array has no end: it is cut off/],
    ["a value that is cut off", '[{"text":"a"},\n{"text":"b', /the value that starts at line 2 has no end/],
    ["a comma that is missing", '[{"text":"a"}\n{"text":"b"}]', /at line 2 it has "{" where a comma or ] is expected/],
    ["two commas", '[{"text":"a"},,{"text":"b"}]', /it has "," where an object is expected/],
    ["two arrays", '[{"text":"a"}]\n[{"text":"b"}]', /at line 2 it goes on with "\[" after its array/],
    ["brackets that do not match", '[{"text":["a"}]', /it has } where ] is expected/],
    ["a number", "42", /it starts with "42", not an array of objects/],
    ["a string", '"a text"', /not an array of objects/],
    ["an array of nothing", "[]", /it holds no JSON object/],
    ["nothing", " \n ", /it holds no JSON object/],
    [
      "columns as arrays",
      '{"text":["a"],"label":["x"]}',
      /"text" \(an array\), "label" \(an array\).*range\(\."text" \| length/,
    ],
    [
      "names and rows of values",
      '{"columns":["text","n"],"data":[["a",1]]}',
      /'\."columns" as \$names \| \."data"\[\] \|/,
    ],
    ["an object of rows", '{"r1":{"text":"a","spans":[{}]},"r2":{"text":"b"}}', /jq -c "\.\[\]"/],
    ["rows deeper in it", '{"all":{"rows":[{"text":"a"}]}}', /jq -c '\."all"\."rows"\[\]'/],
    ["an array of texts", '{"docs":["a","b"]}', /jq -c '\."docs"\[\] \| \{"text": \.\}'/],
    ["no rows at all", '{"a":1}', /Write one object a line$/],
    ["columns as objects", '{"text":{"0":"a"}}', /jq -c '\. as \$t \| \."text" \| keys_unsorted/],
    ["two arrays of objects", '{"train":[{"text":"a"}],"test":[{"text":"b"}]}', /jq -c '\."train"\[\]'/],
  ])("refuses %s, and says what to do", async (_, document, says) => {
    for (const size of [2, 1000]) {
      const error = await failure(read(document, { badRows: "skip" }, size));
      expect([error.code, error.exitCode]).toEqual(["E_JSONL", 3]);
      expect(error.message).toMatch(says);
    }
  });

  it("bounds the length of a value, not of the document", async () => {
    const document = JSON.stringify(Array.from({ length: 100 }, (_, i) => ({ text: `row ${i}` })));
    expect((await read(document, { maxFieldBytes: 40 }, 16)).counts.read).toBe(100);
    const long = `[{"text":"a"},\n{"text":"${"b".repeat(100)}"}]`;
    const error = await failure(read(long, { maxFieldBytes: 40 }, 16));
    expect([error.code, error.place.line]).toEqual(["E_FIELD_TOO_LARGE", 2]);
    expect(error.message).toContain('jq -c ".[]"');
  });
});

describe("openCorpus() on JSON files", () => {
  async function written(...contents: readonly string[]): Promise<string[]> {
    const folder = await tempFolder();
    return Promise.all(
      contents.map(async (content, i) => {
        await writeFile(join(folder, `${i}.jsonl`), content);
        return join(folder, `${i}.jsonl`);
      }),
    );
  }

  it("has the fields of all rows as columns, of a later file too; the label may first come up in the last row", async () => {
    const many = '{"text":"a"}\n'.repeat(20_000);
    const files = await written(`${many}{"text":"b","label":"x"}\n`, '{"text":"c","more":1}\n');
    const got = await readFiles(files, { labelColumn: "label", dropMissing: true });
    expect(got.columns).toEqual(["text", "label", "more"]);
    expect([got.rows.map(({ text }) => text), got.counts.rejected]).toEqual([["b"], 20_001]);
    const error = await failure(readFiles(files, { labelColumn: "label" }));
    expect([error.code, error.place.line]).toEqual(["E_LABEL_MISSING", 1]);
    expect((await readFiles(files)).notices).toEqual([]);
  });

  it("takes no more columns than it can hold, and looks no further than the limit", async () => {
    const [file] = await written(Array.from({ length: 1500 }, (_, i) => `{"text":"a","f${i}":1}\n`).join(""));
    const got = await readFiles([file]);
    expect([got.columns.length, got.counts.withUnknownFields]).toEqual([1000, 501]);
    expect((await openCorpus([file], { limit: 3 })).columns).toEqual(["text", "f0", "f1", "f2"]);
  });
});
