import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { csv, expectFailure, jsonOf, labelledRows, sharedSandbox, succeeded, TINY, type Sandbox } from "./runCli.js";

const ROWS = labelledRows(60);
const HOW = ["--encoder", TINY, "--quiet"];

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("train.csv", csv(["text", "label"], ROWS));
  const wrong = ROWS.map(([text, label], r) => [text, r % 3 === 0 ? (label === "good" ? "bad" : "good") : label]);
  await box.write("wrong.csv", csv(["text", "label"], wrong));
  const others = labelledRows(120).map(([text, label]) => [`${text} by itself`, label]);
  await box.write("test.csv", csv(["text", "label"], others));
  succeeded(await box.run(["train", "train.csv", "-o", "one", ...HOW]));
  succeeded(await box.run(["train", "wrong.csv", "-o", "two", "--pooling", "max", ...HOW]));
});

describe("headstart compare", () => {
  it("prints scores, the difference with its interval, a test of equal accuracy and where the heads differ", async () => {
    const { stdout } = succeeded(await box.call(["compare", "one", "two", "test.csv"]));
    expect(stdout).toMatch(/^one and two on test\.csv, 120 rows\n/);
    expect(stdout).toMatch(/^one {2}macro-F1 \d\.\d{3} \(\d\.\d{3} to \d\.\d{3}\), accuracy \d/m);
    expect(stdout).toMatch(/is better than .* by \d\.\d{3} \(95 % interval|do not show which of the two is better/);
    expect(stdout).toContain("McNemar's exact test of equal accuracy: p ");
    expect(stdout).toMatch(/both right +only one +only two +neither\nall/);
  });

  it("prints one JSON object with --json, whose counts add up to the rows", async () => {
    const found = jsonOf(await box.call(["compare", "one", "two", "test.csv", "--json"]));
    expect(found).toMatchObject({ kind: "classifier", first: "one", second: "two", n: 120, corpus: ["test.csv"] });
    const sum = (counts: unknown): number => Object.values(counts as Record<string, number>).reduce((a, b) => a + b, 0);
    expect(sum(found["agreement"])).toBe(120);
    expect(Object.values(found["perLabel"] as object).reduce((all: number, own) => all + sum(own), 0)).toBe(120);
    expect(found["interval95"]).toHaveLength(2);
    expect(found["differences"]).toBeUndefined();
  });

  it("writes the rows that are predicted differently to --differences, which it replaces with --force alone", async () => {
    const args = ["compare", "one", "two", "test.csv", "--differences", "differences.csv", "--json"];
    const found = jsonOf(await box.call(args));
    const [head, ...rows] = (await readFile(box.path("differences.csv"), "utf8")).trimEnd().split("\n");
    expect(head.trimEnd()).toBe("text,label,first,firstProbability,second,secondProbability,file,line");
    expect(rows).toHaveLength(found["differing"] as number);
    expect(found["differences"]).toBe("differences.csv");
    expectFailure(await box.call(args.slice(0, -1)), { exit: 5, code: "E_OUTPUT_EXISTS", says: [/differences\.csv/] });
    expect(jsonOf(await box.call([...args, "--force"]))).toEqual(found);
  });

  it("says which rows a head was trained on before anything else, and calls neither better by them", async () => {
    const { stdout, stderr } = succeeded(await box.call(["compare", "one", "two", "train.csv"]));
    expect(stderr).toMatch(/a head was trained on the texts of \d+ rows/);
    expect(stdout).toContain("do not show which of the two is better");
  });

  it.each([
    [["one", "one", "test.csv"], 2, "E_USAGE", /Cannot compare a head with itself/],
    [["test.csv", "one", "two"], 2, "E_USAGE", /"test\.csv" is not a head\. Name two heads first, and then the rows/],
    [["one", "two"], 2, "E_USAGE", /corpus/],
    [["one", "nowhere", "test.csv"], 4, "E_HEAD_MISSING", /nowhere/],
    [["one", "two", "texts.csv"], 3, "E_COLUMN_MISSING", /--label-column/],
    [["one", "two", "stars.csv"], 3, "E_LABEL_MAP", /one knows none of the labels of stars\.csv/],
    [["one", "two", "test.csv", "--differences", "d.txt"], 2, "E_OUTPUT_ENDING", /d\.txt/],
  ])("refuses %j", async (args, exit, code, says) => {
    await box.write("texts.csv", "text\nsun\nrain\n");
    await box.write("stars.csv", "text,label\nsun,5\nrain,1\n");
    expectFailure(await box.call(["compare", ...args]), { exit, code, says: [says] });
  });
});
