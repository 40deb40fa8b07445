import { execFileSync } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCorpus } from "../../../src/corpus/corpus.js";
import { failure, readBytes, readFiles } from "./reading.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headstart-corpus-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("openCorpus() on files", () => {
  it("reads .csv, .tsv and .jsonl, each also as .gz, in one corpus", async () => {
    const contents = {
      ".csv": "text,label\na;1,x\n",
      ".tsv": 'label\ttext\nx\t"b,\t2"\n',
      ".jsonl": '{"label":"x","text":"c"}\n',
    };
    const paths = Object.entries(contents).flatMap(([ending, content]) => [
      write(`plain${ending}`, content),
      write(`packed${ending}.gz`, gzipSync(content)),
    ]);
    const got = await readFiles(paths, { labelColumn: "label" });
    expect(got.columns).toEqual(["text", "label"]);
    expect(got.rows.map((row) => row.text)).toEqual(["a;1", "a;1", "b,\t2", "b,\t2", "c", "c"]);
    expect(got.rows.map((row) => row.file)).toEqual(paths);
    expect(got.lines).toEqual([2, 2, 2, 2, 1, 1]);
    expect(got.values.every((values) => values[1] === "x")).toBe(true);
  });

  it("refuses files whose columns differ before the first row", async () => {
    const first = write("one.csv", "text,label\na,b\n");
    const second = write("two.csv", "text,labels\na,b\n");
    const error = await failure(openCorpus([first, second], {}));
    expect([error.code, error.place.file]).toEqual(["E_CSV_HEADER", second]);
    expect(error.message).toContain('it lacks "label" and has "labels" besides');
  });

  it("lets a later JSONL file lack a field", async () => {
    const first = write("more.jsonl", '{"text":"a","note":"n"}\n');
    expect((await readFiles([first, write("less.jsonl", '{"text":"b"}\n')])).values).toEqual([
      ["a", "n"],
      ["b", null],
    ]);
  });

  it.each(["data.xlsx", "data.xls", "data.ods"])("says that %s is a workbook, and what to do", async (name) => {
    const error = await failure(openCorpus([join(folder, name)], {}));
    expect([error.code, error.exitCode]).toEqual(["E_INPUT_ENDING", 3]);
    expect(error.message).toMatch(/it is a workbook\. Save it as CSV$/);
  });

  it.each(["data.conllu", "data.csv.zip", "data", "csv"])("refuses the ending of %s", async (name) => {
    const error = await failure(openCorpus([join(folder, name)], {}));
    expect([error.code, error.exitCode]).toEqual(["E_INPUT_ENDING", 3]);
    expect(error.message).toContain("--from");
  });

  it("refuses a missing file, a folder and a broken archive [C10]", async () => {
    expect((await failure(openCorpus([join(folder, "none.csv")], {}))).code).toBe("E_INPUT_MISSING");
    expect((await failure(openCorpus([join(folder, "none.csv/x.csv")], {}))).code).toBe("E_INPUT_MISSING");
    const { mkdirSync } = await import("node:fs");
    mkdirSync(join(folder, "folder.csv"));
    const error = await failure(openCorpus([join(folder, "folder.csv")], {}));
    expect([error.code, error.message]).toEqual(["E_INPUT_UNREADABLE", expect.stringContaining("it is a folder")]);
    const unnamed = await failure(openCorpus([folder], {}));
    expect([unnamed.code, unnamed.message]).toEqual(["E_INPUT_UNREADABLE", expect.stringContaining("it is a folder")]);
    const packed = gzipSync("text\n" + "a long row of some text\n".repeat(1000));
    const short = await failure(readFiles([write("short.csv.gz", packed.subarray(0, packed.length - 20))]));
    expect([short.code, short.message]).toEqual(["E_INPUT_UNREADABLE", expect.stringContaining("ends too early")]);
    const plain = await failure(readFiles([write("plain.csv.gz", "text\na\n")]));
    expect([plain.code, plain.message]).toEqual(["E_INPUT_UNREADABLE", expect.stringContaining("not valid gzip")]);
  });

  it.skipIf(process.getuid?.() === 0)("refuses a file without permission [C10]", async () => {
    const path = write("secret.csv", "text\n");
    const { chmodSync } = await import("node:fs");
    chmodSync(path, 0);
    expect((await failure(openCorpus([path], {}))).code).toBe("E_INPUT_UNREADABLE");
  });

  it.skipIf(process.platform === "win32")("reads a FIFO [C10]", async () => {
    const path = join(folder, "fifo.csv");
    execFileSync("mkfifo", [path]);
    const reading = readFiles([path]);
    createWriteStream(path).end("text\na\nb\n");
    expect((await reading).values).toEqual([["a"], ["b"]]);
  });

  it("does not open a file again that it may not reopen", async () => {
    const path = write("many.csv", "text\n" + "row\n".repeat(200_000));
    const corpus = await openCorpus([path, path], { limit: 3 });
    const texts: string[] = [];
    for await (const row of corpus.rows()) texts.push(row.text);
    expect([texts.length, corpus.counts.read]).toEqual([3, 3]);
    await expect(corpus.rows().next()).rejects.toThrow("once");
  });

  it("does not hold more of a pipe than it needs", async () => {
    let served = 0;
    let closed = false;
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        yield Buffer.from("text\n");
        for (;;) {
          served++;
          yield Buffer.from("row\n".repeat(1000));
        }
      } finally {
        closed = true;
      }
    }
    const corpus = await openCorpus(["-"], { stdin: Readable.from(endless()), limit: 2500 });
    for await (const row of corpus.rows()) expect(row.text).toBe("row");
    expect(served).toBeLessThan(50);
    expect(closed).toBe(true);
  });

  it("closes a pipe whose rows are not read, and one whose header is refused", async () => {
    for (const [textColumn, found] of [
      ["text", "open"],
      ["other", "E_COLUMN_MISSING"],
    ]) {
      const stdin = Readable.from([Buffer.from("text\na\n"), Buffer.from("b\n")]);
      const opened = await openCorpus(["-"], { stdin, textColumn }).catch((error: { code: string }) => error);
      expect("code" in opened ? opened.code : "open").toBe(found);
      if ("close" in opened) await opened.close();
      expect(stdin.destroyed).toBe(true);
    }
  });

  it("ends after the limit of accepted rows, rejected ones not counted", async () => {
    const csv = "text,label\na,1\nbad\nb,2\nc,3\n";
    const got = await readBytes(csv, { limit: 2, badRows: "skip" });
    expect(got.counts).toMatchObject({ read: 3, accepted: 2, rejected: 1 });
    expect((await readBytes(csv, { limit: 0 })).rows).toEqual([]);
  });
});

describe("openCorpus() on columns", () => {
  it("names what the header has, the nearest name and the flag [C09]", async () => {
    const path = write("tweets.csv", "tweet,label\na,b\n");
    const error = await failure(openCorpus([path], {}));
    expect([error.code, error.place]).toEqual(["E_COLUMN_MISSING", { file: path, line: 1, column: "text" }]);
    expect(error.message).toBe(
      `Cannot read column "text" from ${path}: the header has "tweet", "label". ` +
        `Did you mean "tweet"? Name it with --text-column`,
    );
  });

  it.each([
    ["another case", "Text,label", '"Text"'],
    ["outer spaces", " text ,label", '" text "'],
    ["another letter", "txt,label,id", '"txt"'],
  ])("does not take a name with %s for the column, but names it [C09]", async (_, header, nearest) => {
    const error = await failure(readBytes(`${header}\n${header}\n`));
    expect(error.code).toBe("E_COLUMN_MISSING");
    expect(error.message).toContain(`Did you mean ${nearest}?`);
  });

  it("asks which one when several columns have nearly the name, unless one was named [C09]", async () => {
    for (const csv of ["Text,TEXT\na,b\n", "text,Text\na,b\n"]) {
      const error = await failure(readBytes(csv));
      expect(error.code).toBe("E_COLUMN_AMBIGUOUS");
      expect(error.message).toContain("--text-column");
    }
    expect((await readBytes("text,Text\na,b\n", { textColumn: "Text" })).rows[0].text).toBe("b");
    expect((await readBytes("text,label,Label\na,b,c\n", { labelColumn: "label" })).rows[0].label).toBe("b");
  });

  it("asks for the label column by its own flag, and for two different columns", async () => {
    const missing = await failure(readBytes("text,y\na,b\n", { labelColumn: "label" }));
    expect(missing.message).toContain("--label-column");
    const same = await failure(readBytes("text,y\na,b\n", { labelColumn: "text" }));
    expect(same.code).toBe("E_COLUMN_AMBIGUOUS");
  });

  it("reads columns called like object methods, and does not find them where they are not [C09]", async () => {
    const csv = "__proto__,toString,hasOwnProperty,text\na,b,c,d\n";
    const got = await readBytes(csv, { textColumn: "__proto__", labelColumn: "toString" });
    expect(got.rows[0]).toMatchObject({ text: "a", label: "b", values: ["a", "b", "c", "d"] });
    expect((await failure(readBytes("text\na\n", { textColumn: "toString" }))).code).toBe("E_COLUMN_MISSING");
  });
});

describe("openCorpus() on labels", () => {
  it("reads no label unless a column is asked for", async () => {
    expect((await readBytes("text,label\na,\n")).rows[0].label).toBeUndefined();
  });

  it("refuses an empty label with its place, or drops its row [C12]", async () => {
    const csv = "text,label\na,x\nb,\nc,  \nd,y\n";
    const error = await failure(readBytes(csv, { labelColumn: "label" }));
    expect([error.code, error.place]).toEqual(["E_LABEL_MISSING", { file: "-", line: 3, column: "label" }]);
    expect(error.message).toContain("--drop-missing");
    const got = await readBytes(csv, { labelColumn: "label", dropMissing: true });
    expect([got.rows.map((row) => row.label), got.counts.rejected]).toEqual([["x", "y"], 2]);
    expect(got.rejections.map((r) => r.reason)).toEqual(["its label is missing", "its label is missing"]);
  });

  it("keeps labels that look like missing ones, and notices each once [C12]", async () => {
    const labels = ["NaN", "nan", "NA", "None", "null", "-1", "?"];
    const rows = [...labels, ...labels, "banana", " NA2"].map((label) => `a,${label}\n`);
    const got = await readBytes(`text,label\n${rows.join("")}`, { labelColumn: "label" });
    expect(got.rows.map((row) => row.label)).toEqual([...labels, ...labels, "banana", " NA2"]);
    expect(got.notices.map((notice) => /"(.*?)"/.exec(notice)?.[1])).toEqual(labels);
    expect(got.notices[2]).toContain("-:4");
  });
});
