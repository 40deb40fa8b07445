import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { csv, expectFailure, labelledRows, linesOf, sharedSandbox, succeeded, TINY, type Sandbox } from "./runCli.js";

/** CSV as spreadsheets of some countries write it: semicolons, a byte order mark, CRLF. */
const SPREADSHEET = '\ufeffid;text;label\r\n1;"sun; lovely";good\r\n2;"rain\r\nagain ""now""";\r\n3;" outer ";bad\r\n';

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("train.csv", csv(["text", "label"], labelledRows(60)));
  succeeded(await box.run(["train", "train.csv", "-o", "head", "--quiet", "--encoder", TINY]));
  const several = labelledRows(60).map(([text, label], i) => [text, i % 3 === 0 ? `${label}|odd` : label]);
  await box.write("several.csv", csv(["text", "label"], several));
  const how = ["--multi-label", "|", "--quiet", "--encoder", TINY];
  succeeded(await box.run(["train", "several.csv", "-o", "multi", ...how]));
  await box.write("sheet.csv", SPREADSHEET);
});

describe("headstart predict --input without -o", () => {
  it.each([[[]], [["-o", "-"]]])(
    "prints CSV as it was given: delimiter, byte order mark, line ends %j",
    async (flags) => {
      const { stdout, stderr } = succeeded(await box.run(["predict", "head", "--input", "sheet.csv", ...flags]));
      expect(stderr).toContain("3 rows in = 3 out + 0 rejected");
      const cell = String.raw`;(good|bad);0\.\d{6}\r\n`;
      const pattern =
        `^\ufeffid;text;label;predicted_label;probability\r\n1;"sun; lovely";good${cell}` +
        `2;"rain\r\nagain ""now""";${cell}3;" outer ";bad${cell}$`;
      expect(stdout).toMatch(new RegExp(pattern));
    },
  );

  it("writes the same to a file", async () => {
    const printed = succeeded(await box.call(["predict", "head", "--input", "sheet.csv", "--quiet"])).stdout;
    succeeded(await box.call(["predict", "head", "--input", "sheet.csv", "--quiet", "-o", "sheet-out.csv"]));
    expect(await readFile(box.path("sheet-out.csv"), "utf8")).toBe(printed);
  });

  it.each([["\n"], ["\r\n"], ["\r"]])("keeps tabs and line ends of a TSV: %j", async (end) => {
    await box.write("in.tsv", ["text\tn", "sun\t1", "rain\t2", ""].join(end));
    const { stdout } = succeeded(await box.call(["predict", "head", "--input", "in.tsv", "--quiet"]));
    const lines = stdout.split(end);
    expect(lines[0]).toBe("text\tn\tpredicted_label\tprobability");
    expect(lines.slice(1, 3).map((line) => line.split("\t").slice(0, 2))).toEqual([
      ["sun", "1"],
      ["rain", "2"],
    ]);
    expect(lines.slice(3)).toEqual([""]);
  });

  it("prints JSON lines for JSONL, which keep the types of their fields, and CSV where that is asked for", async () => {
    await box.write(
      "typed.jsonl",
      '{"id":7,"text":"sun","seen":true,"tags":["a"]}\n{"id":null,"text":"rain","seen":0}\n',
    );
    const rows = linesOf(await box.call(["predict", "head", "--input", "typed.jsonl", "--quiet"]));
    expect(rows).toMatchObject([
      { id: 7, text: "sun", seen: true, tags: ["a"] },
      { id: null, text: "rain", seen: 0, tags: null },
    ]);
    for (const row of rows) {
      const probabilities = row["probabilities"] as Record<string, number>;
      expect(row["probability"]).toBe(probabilities[row["predicted_label"] as string]);
      expect(probabilities["good"] + probabilities["bad"]).toBeCloseTo(1, 8);
    }
    const { stdout } = await box.call(["predict", "head", "--input", "typed.jsonl", "--quiet", "--to", "csv"]);
    expect(stdout.split("\r\n")[0]).toBe("id,text,seen,tags,predicted_label,probability");
  });

  it("prints JSON lines of CSV with --json, without a word about them", async () => {
    const { stdout } = succeeded(await box.call(["predict", "head", "--input", "sheet.csv", "--json", "--quiet"]));
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { id: string }).id),
    ).toEqual(["1", "2", "3"]);
    const both = await box.call(["predict", "head", "--input", "sheet.csv", "--json", "--to", "csv"]);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("Leave one of them out")]);
  });

  it("reads the pipe as -, and ends quietly when its own is closed", async () => {
    const input = csv(
      ["text"],
      labelledRows(4000).map(([text]) => [text]),
    );
    const { stdout } = await box.run(["predict", "head", "--input", "-", "--quiet"], { input });
    expect(stdout.split("\n")).toHaveLength(4002);
    const { process: child, finished } = box.start(["predict", "head", "--input", "-", "--quiet"], { input });
    child.stdout.once("data", () => child.stdout.destroy());
    const { code, stderr } = await finished;
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("counts rejected rows on stderr, where there is no file for them", async () => {
    const input = "id,text\n1,sun\n2\n3,rain\n";
    const args = ["predict", "head", "--input", "-", "--bad-rows", "skip"];
    const { stdout, stderr } = succeeded(await box.run(args, { input }));
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(",")[0]),
    ).toEqual(["id", "1", "3"]);
    expect(stderr).toContain("3 rows in = 2 out + 1 rejected");
    expect(stderr).toContain("-:3");
  });

  it("gives several labels in one cell, and the probability of each in a column", async () => {
    const args = ["predict", "multi", "--input", "sheet.csv", "--quiet"];
    const [header, ...lines] = succeeded(await box.call([...args, "--probabilities"]))
      .stdout.trimEnd()
      .split("\r\n");
    expect(header.split(";").slice(3)).toEqual([
      "predicted_label",
      "probability",
      ...["bad", "good", "odd"].map((label) => `probability_${label}`),
    ]);
    const rows = linesOf(await box.call([...args, "--json"])) as unknown as {
      predicted_label: string;
      predicted_labels: string[];
      probabilities: Record<string, number>;
    }[];
    const last = rows[2];
    expect(last.predicted_label).toBe(last.predicted_labels.join("|"));
    const cells = lines.at(-1)!.split(";");
    expect(cells.slice(5)).toEqual(Object.values(last.probabilities).map((p) => p.toFixed(6)));
  });
});

describe("headstart predict, of a file that is not named with --input,", () => {
  it("refuses the name of a file as a text, and says which command reads it", async () => {
    const says = [/To predict its rows: headstart predict head --quiet --input sheet\.csv \(/];
    expectFailure(await box.run(["predict", "head", "sheet.csv", "--quiet"]), { exit: 2, code: "E_USAGE", says });
    await box.write("my notes.txt", "sun\n");
    const lines = await box.run(["predict", "head", "my notes.txt"]);
    expectFailure(lines, { exit: 2, code: "E_USAGE", says: [/headstart predict head < "my notes\.txt" \(/] });
    for (const file of ["rows.ndjson", "rows.json", "rows.parquet", "rows.json.gz"]) {
      await box.write(file, "x");
      const rows = await box.call(["predict", "head", file]);
      const reads = [new RegExp(`To predict its rows: headstart predict head --input ${file} \\(`)];
      expectFailure(rows, { exit: 2, code: "E_USAGE", says: reads });
    }
    const asText = succeeded(await box.run(["predict", "head", "--", "sheet.csv"]));
    expect(linesOf(asText)).toMatchObject([{ text: "sheet.csv" }]);
  });

  it("refuses a dash as the only text, and says how a pipe is read", async () => {
    const says = [/lines: headstart predict head --quiet; .*: headstart predict head --quiet --input - \(/];
    expectFailure(await box.run(["predict", "head", "-", "--quiet"], { input: "sun\n" }), {
      exit: 2,
      code: "E_USAGE",
      says,
    });
    for (const texts of [
      ["--", "-"],
      ["a", "-"],
    ])
      expect(linesOf(succeeded(await box.call(["predict", "head", ...texts]))).at(-1)).toMatchObject({ text: "-" });
  });

  it.each([
    ["rows.json", [], "predict head --quiet --input rows.json"],
    ["rows.ndjson", ["sun"], "predict head --quiet --input rows.ndjson"],
    ["rows.jsonl", ["-o", "rows.csv"], "predict head -o rows.csv --quiet --input rows.jsonl"],
    ["rows.jsonl", ["--", "sun"], "predict head --quiet --input rows.jsonl"],
  ])("names a command that runs as it is: for %s beside %j", async (file, more, meant) => {
    await box.write(file, file.endsWith(".json") ? '[{"text": "sun"}]' : '{"text": "sun"}\n');
    const flags = more.includes("--") ? ["--quiet", ...more] : [...more, "--quiet"];
    const refused = await box.call(["predict", "head", file, ...flags]);
    expectFailure(refused, { exit: 2, code: "E_USAGE", says: [new RegExp(`headstart ${meant} \\(`)] });
    succeeded(await box.call(meant.split(" ")));
  });

  it("puts the lines of several files in one pipe", async () => {
    await box.write("a.txt", "sun\n");
    await box.write("b.txt", "rain\n");
    const says = [/To predict its lines: cat a\.txt b\.txt \| headstart predict head \(/];
    expectFailure(await box.call(["predict", "head", "a.txt", "b.txt"]), { exit: 2, code: "E_USAGE", says });
  });

  it.each([
    ['[{"text": "sun"}]', ["--from", "json"]],
    ['[\n{"text": "sun"}\n]\n', ["--from", "json"]],
    ['{"id": 1, "body": "sun"}\n', ["--from", "jsonl", "--text-column", "body"]],
  ])("refuses a pipe of JSON in other forms: %j", async (input, flags) => {
    const says = [new RegExp(`To predict the rows: headstart predict head --input - ${flags.join(" ")}\\. See`)];
    expectFailure(await box.call(["predict", "head"], { input }), { exit: 2, code: "E_USAGE", says });
    expect(linesOf(await box.call(["predict", "head", "--input", "-", ...flags, "--json"], { input }))).toHaveLength(1);
  });

  it.each([
    ["text,label\nsun,good\n", "csv"],
    ['\ufeffid;"text"\r\n1;sun\r\n', "csv"],
    ["id\ttext\n1\tsun\n", "tsv"],
    ['{"id": 1, "text": "sun"}\n', "jsonl"],
  ])("refuses a pipe of rows: %j", async (input, format) => {
    const says = [new RegExp(`To predict the rows: headstart predict head --input - --from ${format}\\. See`)];
    expectFailure(await box.run(["predict", "head"], { input }), { exit: 2, code: "E_USAGE", says });
    const args = ["predict", "head", "--input", "-", "--from", format, "--json", "--quiet"];
    expect(linesOf(await box.run(args, { input }))).toMatchObject([{ text: "sun" }]);
  });

  it.each([
    ["a text, of words"],
    ["text"],
    ["text, call or write"],
    ["{ text }"],
    ['{"id": 1}'],
    ["text,text"],
    ['text,"'],
    ['She said "hi", text'],
    ['sun;a "b" c'],
    ["[laughs] and text"],
    ["a,b"],
  ])("takes %j for a line of text", async (line) => {
    expect(linesOf(await box.run(["predict", "head"], { input: `${line}\nsun\n` }))).toHaveLength(2);
  });
});
