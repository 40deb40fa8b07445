import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { csv, expectFailure, jsonOf, labelledRows, sharedSandbox, succeeded, type Sandbox } from "./runCli.js";

const ROWS = labelledRows(200).map(([text, label], i) => [String(i), text, label]);

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("in.csv", csv(["id", "text", "label"], ROWS));
});

const linesIn = async (name: string): Promise<string[]> =>
  (await readFile(box.path(name), "utf8")).split(/\r?\n/).slice(1, -1);

describe("headstart split", () => {
  it("deals every row to one file, in its order, each label in proportion", async () => {
    const told = jsonOf(await box.call(["split", "in.csv", "-o", "parts", "--dev", "0.1", "--json"]));
    const [train, dev, test] = await Promise.all(["train", "dev", "test"].map((name) => linesIn(`parts/${name}.csv`)));
    expect([train.length, dev.length, test.length]).toEqual([140, 20, 40]);
    expect(told).toMatchObject({
      train: { rows: 140, output: "parts/train.csv" },
      dev: { rows: 20, output: "parts/dev.csv" },
      test: { rows: 40, output: "parts/test.csv" },
      rejected: 0,
      duplicates: 0,
      labels: ["bad", "good"],
      perLabel: { good: { train: 70, dev: 10, test: 20 } },
    });
    const id = (line: string): number => Number(line.split(",")[0]);
    expect([...train, ...dev, ...test].toSorted((a, b) => id(a) - id(b))).toEqual(ROWS.map((row) => row.join(",")));
    for (const lines of [train, dev, test]) expect(lines.map(id)).toEqual(lines.map(id).toSorted((a, b) => a - b));
  });

  it("gives the same files for the same seed, and others for another", async () => {
    for (const [name, seed] of [
      ["a", "7"],
      ["b", "7"],
      ["c", "8"],
    ])
      succeeded(await box.call(["split", "in.csv", "-o", name, "--seed", seed]));
    const [a, b, c] = await Promise.all(["a", "b", "c"].map((name) => linesIn(`${name}/test.csv`)));
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });

  it("puts equal texts in one file", async () => {
    const twice = Array.from({ length: 60 }, (_, i) => [`Text ${i % 20}${"!".repeat(i % 3)}`, i % 2 === 0 ? "a" : "b"]);
    await box.write("twice.csv", csv(["text", "label"], twice));
    expect(jsonOf(await box.call(["split", "twice.csv", "-o", "apart", "--json"]))["duplicates"]).toBe(40);
    const texts = await Promise.all(
      ["train", "test"].map(
        async (name) => new Set((await linesIn(`apart/${name}.csv`)).map((l) => l.replace(/!*,.*/, ""))),
      ),
    );
    expect([...texts[0]].filter((text) => texts[1].has(text))).toEqual([]);
    expect(texts[0].size + texts[1].size).toBe(20);
  });

  it("writes CSV as it was given, and rejected rows beside it", async () => {
    const rows = Array.from({ length: 10 }, (_, i) => `"row; ${i}";${i % 2}`);
    await box.write("sheet.csv", `\ufefftext;label\n${rows.join("\n")}\nlonely\n`);
    const told = jsonOf(await box.call(["split", "sheet.csv", "-o", "sheets", "--bad-rows", "skip", "--json"]));
    expect(told).toMatchObject({ train: { rows: 8 }, test: { rows: 2 }, rejected: 1 });
    const test = await readFile(box.path("sheets/test.csv"), "utf8");
    expect(test).toMatch(/^\ufefftext;label\n("row; \d";\d\n){2}$/);
    expect(await readFile(box.path("sheets.rejects.jsonl"), "utf8")).toContain('"line":12');
  });

  it("keeps the types of JSONL with --to jsonl", async () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ text: `row ${i}`, label: i % 2, more: { at: [i, null] } }));
    await box.write("in.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    succeeded(await box.call(["split", "in.jsonl", "-o", "typed", "--to", "jsonl"]));
    const parts = await Promise.all(["train", "test"].map((name) => readFile(box.path(`typed/${name}.jsonl`), "utf8")));
    const kept = parts
      .join("")
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(kept).toHaveLength(10);
    expect(rows.filter((row) => !kept.some((own) => JSON.stringify(own) === JSON.stringify(row)))).toEqual([]);
    const told = succeeded(await box.call(["split", "in.jsonl", "-o", "flat"]));
    expect(told.stderr).toContain("--to jsonl keeps the types");
    expect((await linesIn("flat/test.csv"))[0]).toMatch(/^row \d,[01],"\{""at""/);
  });

  it("keeps a label with a single text in train, and says so", async () => {
    await box.write(
      "rare.csv",
      csv(["text", "label"], [...ROWS.map(([, ...row]) => row), ["rare", "odd"], ["Rare!", "odd"]]),
    );
    const finished = succeeded(await box.call(["split", "rare.csv", "-o", "rare"]));
    expect(finished.stderr).toContain('too few different texts for a row in test: "odd"');
    expect((await linesIn("rare/train.csv")).filter((line) => line.endsWith(",odd"))).toHaveLength(2);
  });

  it("splits rows without labels too, and those whose labels are missing", async () => {
    await box.write(
      "bare.csv",
      csv(
        ["text"],
        ROWS.map(([, text]) => [text]),
      ),
    );
    const bare = succeeded(await box.call(["split", "bare.csv", "-o", "bare"]));
    expect(bare.stderr).toContain('no column "label"');
    expect(bare.stdout).toBe("200 rows in = 160 train + 40 test + 0 rejected\nbare/train.csv\nbare/test.csv\n");
    await box.write(
      "holes.csv",
      csv(
        ["text", "label"],
        ROWS.map(([, text], i) => [text, i % 2 === 0 ? "" : "a"]),
      ),
    );
    const { perLabel } = jsonOf(await box.call(["split", "holes.csv", "-o", "holes", "--json"]));
    expect(perLabel).toEqual({ "": { train: 80, test: 20 }, a: { train: 80, test: 20 } });
  });

  it("gives commands that train and evaluate as they are", async () => {
    await box.write(
      "stars.csv",
      csv(
        ["review", "stars"],
        ROWS.map(([, ...row]) => row),
      ),
    );
    const columns = ["--text-column", "review", "--label-column", "stars"];
    const { stdout } = succeeded(await box.call(["split", "stars.csv", "-o", "by stars", "--dev", "0.1", ...columns]));
    expect(stdout).toContain(
      '  headstart train "by stars/train.csv" --dev "by stars/dev.csv" -o head --text-column review --label-column stars\n',
    );
    expect(stdout).toContain(
      '  headstart evaluate head "by stars/test.csv" --text-column review --label-column stars\n',
    );
  });

  it("names the columns of a corpus without a header, in the files and in the commands", async () => {
    await box.write("plain.csv", csv([...ROWS[0]], ROWS.slice(1)));
    const columns = ["--no-header", "--text-column", "2", "--label-column", "3"];
    const { stdout } = succeeded(await box.call(["split", "plain.csv", "-o", "plain", ...columns]));
    expect(stdout).toContain("200 rows in = 160 train + 40 test");
    expect(await readFile(box.path("plain/test.csv"), "utf8")).toMatch(/^column1,column2,column3\n/);
    const [, command] = /headstart (train .*)\n/.exec(stdout)!;
    expect(command).toBe("train plain/train.csv -o head --text-column column2 --label-column column3");
  });

  it.each([
    [["--test", "0.7", "--dev", "0.3"], 2, "E_USAGE", /leave nothing to train on/],
    [["--test", "1"], 2, "E_USAGE", /between 0 and 1/],
    [["--label-column", "stars"], 3, "E_COLUMN_MISSING", /"stars"/],
    [["--label-column", "id"], 3, "E_NO_ROWS", /no label has different texts enough/],
    [["--drop-missing"], 2, "E_USAGE", /does nothing/],
  ])("refuses %j", async (flags, exit, code, says) => {
    const finished = await box.call(["split", "in.csv", "-o", "none", ...flags]);
    expectFailure(finished, { exit, code, says: [says] });
    expect(await box.files()).not.toContain("none");
  });

  it("never writes over a folder without --force, nor over its input", async () => {
    succeeded(await box.call(["split", "in.csv", "-o", "once"]));
    const again = await box.call(["split", "in.csv", "-o", "once", "--test", "0.5"]);
    expectFailure(again, { exit: 5, code: "E_OUTPUT_EXISTS", says: [/--force/] });
    succeeded(await box.call(["split", "in.csv", "-o", "once", "--test", "0.5", "--force"]));
    expect(await linesIn("once/test.csv")).toHaveLength(100);
    const inside = await box.call(["split", "once/train.csv", "-o", "once", "--force"]);
    expectFailure(inside, { exit: 2, code: "E_USAGE", says: [/once\/train\.csv, which this run reads/] });
  });
});
