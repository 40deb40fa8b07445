import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openRowWriter, rowFormat, type Cell } from "../../../src/vectors/rowWriter.js";
import { readFiles } from "../corpus/reading.js";
import { tempFolder } from "../files/tempFolder.js";

async function written(name: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Promise<string> {
  const path = join(await tempFolder(), name);
  const writer = await openRowWriter(path, columns);
  for (const row of rows) await writer.write(row);
  await writer.commit();
  return path;
}

const ODD = [
  "plain",
  "",
  " outer spaces ",
  "a,b;c\td|e",
  'quo"te ""',
  "two\nlines",
  "two\r\nlines\r",
  "=1+1",
  "-1",
  "@me",
  "\ttab",
  ":-)",
  "\ufeffmark",
  "é 😀 नमस्ते \u2028",
  "\u0000nul",
];

describe("openRowWriter() to .csv", () => {
  it("comes back through openCorpus as it was written, whatever stands in it [C16]", async () => {
    const rows = ODD.map((text, i) => [text, ODD[(i + 7) % ODD.length]]);
    const { values, columns } = await readFiles([await written("out.csv", ["text", "predicted"], rows)]);
    expect(columns).toEqual(["text", "predicted"]);
    expect(values).toEqual(rows);
  });

  it("does so for any texts, one column or two", async () => {
    const cell = fc.string({
      unit: fc.constantFrom("a", " ", ",", ";", "\t", "|", '"', "\n", "\r", "é", "\ufeff", "'"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), async (rows) => {
        expect((await readFiles([await written("two.csv", ["text", "label"], rows)])).values).toEqual(rows);
        const one = rows.map(([text]) => [text]);
        expect((await readFiles([await written("one.csv", ["text"], one)])).values).toEqual(one);
      }),
      { numRuns: 40 },
    );
  });

  it("comes back where column names hold other delimiters", async () => {
    const columns = ["text", "a;b;c", "d|e", "f\tg", 'h"i', "j,k", "ü"];
    const rows = [columns.map((_, i) => String(i))];
    const read = await readFiles([await written("out.csv", columns, rows)]);
    expect([read.columns, read.values]).toEqual([columns, rows]);
  });

  it("is RFC 4180: CRLF, quotes where they are needed and nowhere else, numbers in full, null as nothing", async () => {
    const path = await written(
      "out.csv",
      ["text", "label", "p"],
      [
        ["plain", null, 0.1 + 0.2],
        ["a,b", 'c"d', 1e-7],
        ["{}", { x: 0.5, __proto__x: 1 }, -0],
      ],
    );
    expect(await readFile(path, "utf8")).toBe(
      'text,label,p\r\nplain,,0.30000000000000004\r\n"a,b","c""d",1e-7\r\n{},"{""x"":0.5,""__proto__x"":1}",0\r\n',
    );
  });
});

describe("openRowWriter() to .jsonl", () => {
  it("is JSON a line, with a column and a label called __proto__", async () => {
    const named = Object.create(null) as Record<string, number>;
    named["__proto__"] = 0.25;
    const path = await written(
      "out.jsonl",
      ["text", "__proto__", "probabilities"],
      [
        ["one", "x", named],
        [ODD.join("\n"), null, 2],
      ],
    );
    const [first, second] = (await readFile(path, "utf8")).trimEnd().split("\n");
    expect(first).toBe('{"text":"one","__proto__":"x","probabilities":{"__proto__":0.25}}');
    expect(JSON.parse(second)).toMatchObject({ text: ODD.join("\n"), probabilities: 2 });
  });

  it("comes back through openCorpus with a label column called __proto__", async () => {
    const path = await written(
      "out.jsonl",
      ["text", "__proto__"],
      ODD.map((text, i) => [text, `label ${i}`]),
    );
    const { rows } = await readFiles([path], { labelColumn: "__proto__" });
    expect(rows.map(({ text, label }) => [text, label])).toEqual(ODD.map((text, i) => [text, `label ${i}`]));
  });
});

describe("openRowWriter", () => {
  it("shows nothing under the name before commit, and nothing at all after abort", async () => {
    const folder = await tempFolder();
    const path = join(folder, "out.csv");
    const writer = await openRowWriter(path, ["text"]);
    await writer.write(["x".repeat(100_000)]);
    expect(await readdir(folder)).not.toContain("out.csv");
    await writer.abort();
    await writer.abort();
    expect(await readdir(folder)).toEqual([]);
  });

  it("keeps the file when abort comes after commit", async () => {
    const path = join(await tempFolder(), "out.csv");
    const writer = await openRowWriter(path, ["text"]);
    await writer.commit();
    await writer.abort();
    expect(await readFile(path, "utf8")).toBe("text\r\n");
  });

  it("does not replace a file without force", async () => {
    const path = join(await tempFolder(), "out.csv");
    await writeFile(path, "mine");
    await expect(openRowWriter(path, ["text"])).rejects.toMatchObject({ code: "E_OUTPUT_EXISTS" });
    const writer = await openRowWriter(path, ["text"], { force: true });
    expect(await readFile(path, "utf8")).toBe("mine");
    await writer.commit();
    expect(await readFile(path, "utf8")).toBe("text\r\n");
  });

  it("keeps all rows, in order, where writes are not awaited one by one", async () => {
    const path = join(await tempFolder(), "out.jsonl");
    const writer = await openRowWriter(path, ["n", "text"]);
    const filler = "x".repeat(20_000);
    await Promise.all(Array.from({ length: 40 }, (_, n) => writer.write([n, filler])));
    await writer.commit();
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { n: number }).n)).toEqual(Array.from({ length: 40 }, (_, n) => n));
  });

  it("refuses a row of another length than the header", async () => {
    const writer = await openRowWriter(join(await tempFolder(), "out.jsonl"), ["text", "label"]);
    await expect(writer.write(["only one"])).rejects.toThrow(RangeError);
    await writer.abort();
  });

  it.each(["out.tsv", "out", "out.CSV.txt"])("refuses the ending of %s", async (name) => {
    expect(() => rowFormat(name)).toThrow(expect.objectContaining({ code: "E_OUTPUT_ENDING" }));
  });
});
