import { gzipSync } from "node:zlib";
import { mkdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import {
  csv,
  expectFailure,
  jsonOf,
  labelledRows,
  sandbox,
  sharedSandbox,
  TINY,
  type Sandbox,
  succeeded,
} from "./runCli.js";

const WITH_TINY = ["--encoder", TINY];
const GOOD = csv(["text", "label"], labelledRows(20));

interface Case {
  readonly name: string;
  /** Name of the corpus. @default "in.csv" */
  readonly file?: string;
  /** Its content; without it there is no file. */
  readonly content?: string | Uint8Array;
  readonly code: string;
  readonly says: readonly RegExp[];
}

const UNREADABLE: readonly Case[] = [
  { name: "a missing file", code: "E_INPUT_MISSING", says: [/in\.csv: there is no such file/] },
  { name: "a file below a file", file: "x.csv/y.csv", code: "E_INPUT_MISSING", says: [/x\.csv\/y\.csv/] },
  {
    name: "an unknown ending",
    file: "in.doc",
    content: "",
    code: "E_INPUT_ENDING",
    says: [/\.csv/, /--from/],
  },
  {
    name: "a workbook",
    file: "in.xlsx",
    content: "",
    code: "E_INPUT_ENDING",
    says: [/it is a workbook\. Save it as CSV/],
  },
  { name: "an empty file", content: "", code: "E_CSV_HEADER", says: [/in\.csv:1: .*it is empty/] },
  { name: "an empty JSONL file", file: "in.jsonl", content: "\n", code: "E_JSONL", says: [/no JSON object/] },
  {
    name: "a missing column, with the header and the nearest name",
    content: "id,txt,label\n1,a,b\n",
    code: "E_COLUMN_MISSING",
    says: [/in\.csv:1: .*column "text".*"id", "txt", "label".*Did you mean "txt"\? .*--text-column/],
  },
  {
    name: "two columns of nearly the same name",
    content: "text,Text,label\na,b,c\n",
    code: "E_COLUMN_AMBIGUOUS",
    says: [/"text", "Text"/],
  },
  { name: "two columns of one name", content: "text,label,text\na,b,c\n", code: "E_CSV_HEADER", says: [/twice/] },
  {
    name: "bytes that are no text",
    content: Buffer.from("text,label\nok,a\ncaf\xe9,b\n", "latin1"),
    code: "E_ENCODING",
    says: [/in\.csv:3 \(byte 19\): .*0xE9/, /--encoding/],
  },
  {
    name: "a quote that is never closed, naming the line where it opened",
    content: 'text,label\nok,a\n"open,b\nmore,a\nand more,b\n',
    code: "E_CSV_QUOTE",
    says: [/^error\[E_CSV_QUOTE\] in\.csv:3 \(byte 16\): /, /opened at line 3 is never closed/],
  },
  {
    name: "a short row",
    content: "text,label\nok,a\nshort\n",
    code: "E_CSV_FIELDS",
    says: [/in\.csv:3\b/, /1 field where the header has 2/, /--bad-rows skip/],
  },
  {
    name: "a line that is no JSON",
    file: "in.jsonl",
    content: '{"text":"a","label":"b"}\n{\n',
    code: "E_JSONL",
    says: [/in\.jsonl:2/],
  },
  {
    name: "a compressed file that was cut",
    file: "in.csv.gz",
    content: gzipSync(GOOD).subarray(0, 60),
    code: "E_INPUT_UNREADABLE",
    says: [/the compressed data ends too early/],
  },
  { name: "an unknown encoding", file: "in.csv", content: GOOD, code: "E_ENCODING", says: [/"klingon"/] },
];

describe("headstart ends with 3, one line and nothing written [C07, C09, C10]", () => {
  it.each(UNREADABLE)("for $name", async ({ file = "in.csv", content, code, says }) => {
    const box = await sandbox();
    if (content !== undefined) await box.write(file, content);
    if (file.includes("/")) await box.write("x.csv", GOOD);
    const before = await box.files();
    const encoding = says[0].source.includes("klingon") ? ["--encoding", "klingon"] : [];
    const finished = await box.call(["embed", file, "-o", "new/out.parquet", ...encoding, ...WITH_TINY]);
    expectFailure(finished, { exit: 3, code, says });
    expect((await box.files()).filter((name) => name !== "new")).toEqual(before);
  });

  it("for a folder", async () => {
    const box = await sandbox();
    await mkdir(box.path("folder.csv"));
    const finished = await box.call(["embed", "folder.csv", "-o", "out.npy", ...WITH_TINY]);
    expectFailure(finished, { exit: 3, code: "E_INPUT_UNREADABLE", says: [/it is a folder/] });
  });

  it("for files of different columns", async () => {
    const box = await sandbox();
    await box.write("a.csv", GOOD);
    await box.write("b.csv", "text,topic\nx,y\n");
    const finished = await box.call(["embed", "a.csv", "b.csv", "-o", "out.npy", ...WITH_TINY]);
    expectFailure(finished, { exit: 3, code: "E_CSV_HEADER", says: [/b\.csv.*lacks "label" and has "topic" besides/] });
  });
});

describe("headstart reads CSV and TSV as people have them", () => {
  const rows = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
  const LABELED = labelledRows(20);

  it.each<[string, string, string, readonly string[], readonly (string | RegExp)[]]>([
    [
      "a quote that opens a field in TSV",
      "in.tsv",
      rows(["text\tlabel", '"so good\tx', "dull\ty", 'no"\tx']),
      [],
      ['"so good', "dull", 'no"', /1 row with a quote that opens a field.*--quote '"'/],
    ],
    ["columns without a name", "in.csv", "text,label,,\r\na,x,,\r\n", [], ["a", /2 columns without a name/]],
    ["a sep= line", "in.csv", "sep=|\ntext|label\na,b|x\n", [], ["a,b"]],
    ["no header", "in.csv", "x,one\ny,two\n", ["--no-header", "--text-column", "2"], ["one", "two"]],
    ["a tab by name", "in.csv", "text\tlabel\na,b;c\tx\n", ["--delimiter", "tab"], ["a,b;c"]],
    ["a tab as an escape", "in.csv", "text\tlabel\na\tx\n", ["--delimiter", "\\t"], ["a"]],
    ["quotes as characters", "in.csv", 'text,label\n"a",x\n', ["--quote", "none"], ['"a"']],
    ["quotes of RFC 4180", "in.tsv", 'text\tlabel\n"a\nb"\tx\n', ["--quote", '"'], ["a\nb"]],
    ["the header once more", "in.csv", "text,label\na,x\ntext,label\n", [], ["a", /in\.csv:3, left out/]],
  ])("with %s", async (_, file, content, flags, expected) => {
    const box = await sandbox();
    await box.write(file, content);
    const { code, stderr } = await box.call(["embed", file, "-o", "out.jsonl", ...flags, ...WITH_TINY]);
    const lines = code === 0 ? (await readFile(box.path("out.jsonl"), "utf8")).trimEnd().split("\n") : [stderr];
    const texts = lines.map((line): unknown => (code === 0 ? Object.values(JSON.parse(line) as object) : line));
    const wanted = expected.filter((one) => typeof one === "string");
    expect(texts).toEqual(wanted.map((text) => expect.arrayContaining([text])));
    const notices = expected.filter((one) => one instanceof RegExp);
    expect(notices.filter((notice) => !notice.test(stderr))).toEqual([]);
  });

  it("in every command that reads rows, columns by their places and several columns of text among them", async () => {
    const box = await sandbox();
    await box.write("in.tsv", rows(LABELED.map(([text, label]) => `${label}\tword\t${text}`)));
    const how = ["--no-header", "--text-column", "2,3", "--label-column", "1", "--quote", "none", "--delimiter", "tab"];
    succeeded(await box.call(["train", "in.tsv", "-o", "head", ...how, ...WITH_TINY]));
    succeeded(await box.call(["evaluate", "head", "in.tsv", ...how]));
    const reading = how.filter((one) => one !== "--label-column" && one !== "1");
    succeeded(await box.call(["predict", "head", "--input", "in.tsv", "-o", "out.csv", ...reading]));
    const both = ["--source", "in.tsv", "--target", "in.tsv"];
    const moved = await box.call(["transfer", ...both, "-o", "moved", ...how, ...WITH_TINY]);
    expect(moved.code).toBe(0);
  });

  it.each([
    ["--delimiter", ";;", /Give one character/],
    ["--quote", "yes", /Give auto, none/],
  ])("and ends with 2 for %s %s", async (flag, value, says) => {
    const box = await sandbox();
    await box.write("in.csv", GOOD);
    const refused = await box.call(["embed", "in.csv", "-o", "out.npy", flag, value]);
    expectFailure(refused, { exit: 2, code: "E_USAGE", says: [says] });
  });

  it.each([["--no-header"], ["--delimiter", ";"], ["--quote", "none"]])(
    "and refuses %s for files that are neither",
    async (...flags) => {
      const box = await sandbox();
      await box.write("in.jsonl", '{"text":"a"}\n');
      const refused = await box.call(["embed", "in.jsonl", "-o", "out.npy", ...flags]);
      expectFailure(refused, {
        exit: 2,
        code: "E_USAGE",
        says: [/does nothing for files that are neither CSV nor TSV/],
      });
    },
  );
});

describe("headstart ends with 6 [C08]", () => {
  it.each([
    ["in.csv", `text\n"${"a".repeat(50)}"\n${"b".repeat(200)}\n`, /in\.csv:3.*longer than 100 bytes.*--max-field/],
    ["in.jsonl", `{"text":"a"}\n{"text":"${"b".repeat(200)}"}\n`, /in\.jsonl:2.*longer than 100.*--max-field/],
  ])("for a field of %s longer than --max-field", async (file, content, says) => {
    const box = await sandbox();
    await box.write(file, content);
    const args = ["embed", file, "-o", "out.npy", ...WITH_TINY];
    const refused = await box.call([...args, "--max-field", "100"]);
    expectFailure(refused, { exit: 6, code: "E_FIELD_TOO_LARGE", says: [says] });
    expect(await box.files()).toEqual([file]);
    expect((await box.call([...args, "--max-field", "300"])).code).toBe(0);
  });
});

describe("headstart train ends with 3, one line and nothing written [C10, C11]", () => {
  it.each<[string, readonly [string, string][], string, RegExp]>([
    ["a corpus of nothing but a header", [], "E_NO_ROWS", /in\.csv gives no labeled rows/],
    [
      "one class",
      [
        ["sun", "a"],
        ["rain", "a"],
      ],
      "E_LABELS",
      /all 2 rows have the label "a" \(2\)/,
    ],
    [
      "a class of one row",
      [...labelledRows(20), ["odd", "so-so"]],
      "E_LABELS",
      /"so-so", of "bad" \(10\), "good" \(10\), "so-so" \(1\)/,
    ],
    [
      "a label a row",
      [
        ["sun", "1"],
        ["rain", "2"],
        ["fog", "3"],
      ],
      "E_LABELS",
      /--label-column/,
    ],
    [
      "a missing label",
      [
        ["sun", "a"],
        ["rain", " "],
      ],
      "E_LABEL_MISSING",
      /in\.csv:3.*--drop-missing/,
    ],
  ])("for %s", async (_, rows, code, says) => {
    const box = await sandbox();
    await box.write("in.csv", csv(["text", "label"], rows));
    const finished = await box.call(["train", "in.csv", "-o", "head", ...WITH_TINY]);
    expectFailure(finished, { exit: 3, code, says: [says] });
    // Labels are judged before the encoder is loaded.
    expect(finished.stderr).not.toContain("encoder");
    expect(await box.files()).toEqual(["in.csv"]);
  });

  it.each<[string, readonly string[], string, RegExp]>([
    ["a label column that is missing", ["--label-column", "labl"], "E_COLUMN_MISSING", /Did you mean "label"/],
    ["one column for texts and labels", ["--text-column", "label"], "E_COLUMN_AMBIGUOUS", /--label-column/],
    ["a malformed map", ["--map", "good:fine"], "E_LABEL_MAP", /has no "="/],
    ["a map that drops all rows", ["--map", "good=drop,bad=drop"], "E_NO_ROWS", /the map drops all 20/],
    ["a map that leaves one class", ["--map", "good=bad"], "E_LABELS", /all 20 rows/],
  ])("for %s", async (_, flags, code, says) => {
    const box = await sandbox();
    await box.write("in.csv", GOOD);
    expectFailure(await box.call(["train", "in.csv", "-o", "head", ...flags, ...WITH_TINY]), {
      exit: 3,
      code,
      says: [says],
    });
    expect(await box.files()).toEqual(["in.csv"]);
  });
});

describe("labels are judged before the encoder is loaded [R38]", () => {
  it("by headstart train with --dev", async () => {
    const box = await sandbox();
    await box.write("in.csv", GOOD);
    await box.write("dev.csv", csv(["text", "label"], labelledRows(6, ["good", "so-so"])));
    const finished = await box.call(["train", "in.csv", "--dev", "dev.csv", "-o", "head", ...WITH_TINY]);
    expectFailure(finished, { exit: 3, code: "E_LABEL_MAP", says: [/dev\.csv.*"so-so"/] });
    expect(finished.stderr).not.toContain("encoder ");
  });

  it("by headstart transfer", async () => {
    const box = await sandbox();
    await box.write("in.csv", csv(["text", "label"], labelledRows(20, ["good"])));
    const finished = await box.call(["transfer", "--source", "in.csv", "--target", "in.csv", "-o", "d", ...WITH_TINY]);
    expectFailure(finished, { exit: 3, code: "E_LABELS", says: [/all 20 rows have the label "good"/] });
    expect(finished.stderr).not.toContain("encoder ");
    expect(await box.files()).toEqual(["in.csv"]);
  });
});

describe("with a trained head", () => {
  let box: Sandbox;
  beforeAll(async () => {
    box = await sharedSandbox();
    await box.write("in.csv", GOOD);
    succeeded(await box.run(["train", "in.csv", "-o", "head", "--quiet", ...WITH_TINY]));
  });

  it("headstart evaluate ends with 3 for labels that the head does not know, unless a map bridges them", async () => {
    await box.write("stars.csv", csv(["text", "label"], labelledRows(20, ["5", "1"])));
    const args = ["evaluate", "head", "stars.csv", "--errors", "mistakes.csv"];
    // Said before the encoder is loaded.
    expect((await box.call(args)).stderr).not.toContain("encoder");
    expectFailure(await box.call(args), {
      exit: 3,
      code: "E_LABEL_MAP",
      says: [/"5", "1".*"bad", "good".*--map "5=\.\.\.,1=\.\.\."/],
    });
    expect(await box.files()).not.toContain("mistakes.csv");
    expect((await box.run([...args, "--map", "5=good,1=bad"])).code).toBe(0);
  });

  it("headstart evaluate says what brings other spellings of its labels to them, which is right when copied", async () => {
    await box.write("spaced.csv", csv(["text", "label"], labelledRows(20, ["Good ", "bad"])));
    const args = ["evaluate", "head", "spaced.csv"];
    const { stderr } = await box.call(args);
    const flag = /--map ('.*')/.exec(stderr)?.[1] ?? "";
    expect(flag).toBe(`'"Good "=good'`);
    const same = jsonOf(await box.call(["evaluate", "head", "in.csv", "--json"]));
    const mapped = jsonOf(await box.call([...args, "--json", "--map", flag.slice(1, -1)]));
    expect(mapped["perLabel"]).toEqual(same["perLabel"]);
  });

  it("headstart evaluate and predict read the columns that the head was trained with, and say so", async () => {
    const columns = ["--text-column", "review", "--label-column", "stars"];
    await box.write("stars2.csv", csv(["review", "stars"], labelledRows(20, ["5", "1"])));
    const train = ["train", "stars2.csv", "-o", "stars", ...columns, "--map", "5=good,1=bad", ...WITH_TINY];
    succeeded(await box.run(train));
    const evaluated = succeeded(await box.run(["evaluate", "stars", "stars2.csv"]));
    expect(evaluated.stderr).toContain("columns review and stars; label map 5=good,1=bad, as in training");
    const predicted = succeeded(await box.run(["predict", "stars", "--input", "stars2.csv", "-o", "p.csv"]));
    expect(predicted.stderr).toContain("column review, as in training");
    expectFailure(await box.call(["evaluate", "stars", "stars2.csv", "--no-map"]), { exit: 3, code: "E_LABEL_MAP" });
    const other = await box.run(["evaluate", "stars", "in.csv"]);
    expect(succeeded(other).stderr).toContain('warning: there is no column "review"');
  });

  it("a run with --force that fails leaves the old output as it was [A04]", async () => {
    await box.write("bad.csv", `${GOOD}"the last row, and a long way from the first"\n`);
    await box.write("rest.csv", csv(["text", "label"], labelledRows(20, ["5", "1"])));
    const old = {
      "out.parquet": "old vectors",
      "out.csv": "old answers",
      "e.csv": "old mistakes",
    };
    for (const [name, content] of Object.entries(old)) await box.write(name, content);
    succeeded(await box.run(["transfer", "--source", "in.csv", "--target", "in.csv", "-o", "d", ...WITH_TINY]));
    const inFolders = ["head/head.safetensors", "d/report.html", "d/record.json"];
    const contents = await Promise.all(inFolders.map((name) => readFile(box.path(name))));
    const before = await box.files();
    for (const args of [
      ["embed", "bad.csv", "-o", "out.parquet", ...WITH_TINY],
      ["train", "bad.csv", "-o", "head", ...WITH_TINY],
      ["evaluate", "head", "rest.csv", "--errors", "e.csv"],
      ["predict", "head", "--input", "bad.csv", "-o", "out.csv"],
      ["transfer", "--source", "in.csv", "--target", "rest.csv", "-o", "d", ...WITH_TINY],
    ]) {
      const finished = await box.call([...args, "--force"]);
      expectFailure(finished, { exit: 3, code: args.includes("bad.csv") ? "E_CSV_FIELDS" : "E_LABEL_MAP" });
    }
    for (const [name, content] of Object.entries(old)) expect(await readFile(box.path(name), "utf8")).toBe(content);
    expect(await Promise.all(inFolders.map((name) => readFile(box.path(name))))).toEqual(contents);
    expect(await box.files()).toEqual(before);
  });
});
