import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openCorpus } from "../../../src/corpus/corpus.js";
import { formatNamed, formatOf, type CorpusFormatName } from "../../../src/corpus/format.js";
import { readTagged } from "../../../src/tagging/corpus/readTagged.js";
import { tempFolder } from "../files/tempFolder.js";
import { failure, readBytes, readFiles } from "./reading.js";

async function fileOf(name: string, content: string): Promise<string> {
  const path = join(await tempFolder(), name);
  await writeFile(path, content);
  return path;
}

describe("formatOf()", () => {
  it.each([
    ["csv", ["a.csv", "a.CSV.gz"]],
    ["tsv", ["a.tsv"]],
    ["jsonl", ["a.jsonl", "a.ndjson", "a.ndjson.gz", "a.jsonlines"]],
    ["json", ["a.json", "a.JSON.gz"]],
    ["txt", ["a.txt", "a.text.gz"]],
    ["conll", ["a.conll", "a.bio", "a.iob", "a.iob2.gz"]],
    ["parquet", ["a.parquet"]],
    ["arrow", ["a.arrow", "a.arrows", "a.feather", "a.ipc"]],
  ])("tells %s by the ending", (format, paths) => {
    expect(paths.map((path) => formatOf(path, undefined))).toEqual(paths.map(() => format));
  });

  it("takes what is named before the ending, and says --from where neither tells", async () => {
    expect(formatOf("a.csv", "ndjson")).toBe("jsonl");
    expect(formatOf("a", "txt")).toBe("txt");
    const unknown = failure(openCorpus(["a.md"], {}));
    expect((await unknown).message).toMatch(/ending names no format.*--from jsonl/);
  });
});

describe("openCorpus(), told a format,", () => {
  it.each<[CorpusFormatName, string]>([
    ["csv", "text\na\nb\n"],
    ["tsv", "text\tn\na\t1\nb\t2\n"],
    ["ndjson", '{"text":"a"}\n{"text":"b"}\n'],
    ["json", '[{"text":"a"},{"text":"b"}]'],
    ["txt", "a\r\n\n \nb"],
  ])("reads %s from a file of any ending, and from the pipe", async (from, content) => {
    const texts = async (paths: readonly string[], options: object): Promise<string[]> =>
      (await readFiles(paths, { from, ...options })).rows.map(({ text }) => text);
    expect(await texts([await fileOf("rows.md", content)], {})).toEqual(["a", "b"]);
    expect(await texts([await fileOf("rows.csv", content)], {})).toEqual(["a", "b"]);
    expect(await texts(["-"], { stdin: Readable.from([Buffer.from(content)]) })).toEqual(["a", "b"]);
    expect(formatNamed(from)).toBe(from === "ndjson" ? "jsonl" : from);
  });

  it("takes it for the pipe alone where one is read, and for a file whose ending tells nothing", async () => {
    const stdin = Readable.from([Buffer.from('{"text":"a"}\n')]);
    const files = [await fileOf("b.csv", "text\nb\n"), await fileOf("c.md", '{"text":"c"}\n')];
    const got = await readFiles(["-", ...files], { from: "jsonl", stdin });
    expect(got.rows.map(({ text }) => text)).toEqual(["a", "b", "c"]);
  });
});

describe("openCorpus() on plain text", () => {
  it("takes each line as a text, with its own spaces and its line number, under the name of the text column", async () => {
    const file = await fileOf("notes.txt", ' a \tb\r\n\r\n"c, d"\nlast');
    const got = await readFiles([file], { textColumn: "message" });
    expect([got.columns, got.values]).toEqual([["message"], [[" a \tb"], ['"c, d"'], ["last"]]]);
    expect(got.lines).toEqual([1, 3, 4]);
  });

  it("has no labels, and says what has", async () => {
    const file = await fileOf("notes.txt", "a\tx\n");
    const error = await failure(openCorpus([file], { labelColumn: "label" }));
    expect([error.code, error.exitCode]).toEqual(["E_COLUMN_MISSING", 3]);
    expect(error.message).toMatch(/plain text.*--task ner/);
  });
});

describe("readTagged() on words with tags", () => {
  const conll = "Ada\tB-person\nsings\tO\n\nOslo\tB-place\n";

  it.each(["x.conll", "x.txt", "x.bio", "x.iob", "x.iob2", "x.tsv"])("takes %s for CoNLL", async (name) => {
    const { sentences } = await readTagged([await fileOf(name, conll)]);
    expect(sentences.map(({ tags }) => tags)).toEqual([["B-person", "O"], ["B-place"]]);
  });

  it("takes any ending for what it is told", async () => {
    expect((await readTagged([await fileOf("x.csv", conll)], { from: "conll" })).sentences).toHaveLength(2);
    expect(
      (await readTagged(["-"], { from: "txt", stdin: Readable.from([Buffer.from(conll)]) })).sentences,
    ).toHaveLength(2);
  });

  it("refuses tables, of TSV those whose first line names a column of texts", async () => {
    const table = await failure(readTagged([await fileOf("x.tsv", "label\ttext\na\tb\n")]));
    expect([table.code, table.message]).toEqual(["E_INPUT_ENDING", expect.stringContaining('column "text"')]);
    const csv = await failure(readTagged([await fileOf("x.csv", "text,label\na,b\n")]));
    expect([csv.code, csv.message]).toEqual(["E_INPUT_ENDING", expect.stringContaining("--from conll")]);
  });
});

describe("openCorpus() on data of another kind", () => {
  it("says what fits where it comes from: gzip in a pipe, and packed twice in a file", async () => {
    const packed = gzipSync("text\na\n");
    expect((await failure(readBytes(packed))).message).toMatch(/Unpack it in front, with gunzip$/);
    const folder = await tempFolder();
    const paths = ["a.csv", "b.csv.gz"].map((name) => join(folder, name));
    await writeFile(paths[0], packed);
    await writeFile(paths[1], gzipSync(packed));
    expect((await failure(readFiles([paths[0]]))).message).toMatch(/Give it a name that ends in \.gz/);
    expect((await failure(readFiles([paths[1]]))).message).toMatch(/compressed twice: unpack it once$/);
  });
});
