import { readFile } from "node:fs/promises";
import { once } from "node:events";
import { beforeAll, describe, expect, it } from "vitest";
import {
  csv,
  expectFailure,
  jsonOf,
  labelledRows,
  linesOf,
  sharedSandbox,
  TINY,
  type Sandbox,
  succeeded,
} from "./runCli.js";

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("train.csv", csv(["text", "label"], labelledRows(60)));
  succeeded(await box.run(["train", "train.csv", "-o", "head", "--quiet", "--encoder", TINY]));
});

interface Prediction {
  readonly text: string;
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

function expectPredictions(predictions: readonly unknown[], texts: readonly string[]): void {
  expect(predictions).toHaveLength(texts.length);
  for (const [i, answer] of (predictions as Prediction[]).entries()) {
    expect(answer.text).toBe(texts[i]);
    const { good, bad } = answer.probabilities;
    expect(good + bad).toBeCloseTo(1, 9);
    expect(answer.label).toBe(good > bad ? "good" : "bad");
  }
}

describe("headstart predict", () => {
  it.each([[[]], [["--json"]]])("predicts arguments in JSON lines %j", async (flags) => {
    const texts = ["sun lovely day", "", "rain awful 😀", "sun lovely day"];
    const finished = await box.call(["predict", "head", ...flags, ...texts]);
    expect(finished.code).toBe(0);
    const predictions = linesOf(finished);
    expectPredictions(predictions, texts);
    expect(predictions[3]).toEqual(predictions[0]);
  });

  it("refuses a head whose labels changed places in its record, with exit 4 [D09]", async () => {
    await box.call(["train", "train.csv", "-o", "swapped", "--quiet", "--encoder", TINY]);
    const record = JSON.parse(await readFile(box.path("swapped/headstart.json"), "utf8")) as { labels: string[] };
    record.labels.reverse();
    await box.write("swapped/headstart.json", JSON.stringify(record));
    const says = [/swapped\/headstart\.json was changed after it was saved/, /train it again/];
    for (const command of [
      ["predict", "swapped", "x"],
      ["evaluate", "swapped", "train.csv"],
    ])
      expectFailure(await box.call(command), { exit: 4, code: "E_CHECKSUM", says });
  });

  it("takes what follows -- as texts, whatever it looks like", async () => {
    const texts = ["--json", "--quiet", "-o"];
    const finished = await box.call(["predict", "head", "--", ...texts]);
    expectPredictions(linesOf(finished), texts);
    expect(finished.stderr).toContain("encoder");
  });

  it("predicts every line of a pipe, CRLF or not, in order", async () => {
    const texts = ["sun lovely day", "", "one\u2028line", ...labelledRows(3000).map(([text]) => text), "last"];
    const input = `\ufeff${texts.join("\r\n")}`;
    expectPredictions(linesOf(await box.run(["predict", "head"], { input })), texts);
  });

  it("predicts a line before the pipe closes, however short it is", async () => {
    const { process: child, finished } = box.start(["predict", "head", "--quiet"]);
    for (const text of ["ok", "sun lovely day"]) {
      child.stdin.write(`${text}\n`);
      const [chunk] = (await once(child.stdout, "data")) as [Buffer];
      expectPredictions([JSON.parse(chunk.toString())], [text]);
    }
    child.stdin.end();
    expect((await finished).code).toBe(0);
  });

  it("prints nothing for an empty pipe", async () => {
    const { code, stdout } = await box.call(["predict", "head"], { input: "" });
    expect([code, stdout]).toEqual([0, ""]);
  });

  it("refuses bytes of a pipe that are no text, unless they are to be replaced", async () => {
    const input = Buffer.from("sun\nra\xffn\n", "latin1");
    const refused = await box.run(["predict", "head"], { input });
    expect(linesOf(refused).map(({ text }) => text)).toEqual(["sun"]);
    expectFailure({ ...refused, stdout: "" }, { exit: 3, code: "E_ENCODING", says: [/line 2, byte 6/] });
    const replaced = await box.run(["predict", "head", "--invalid-utf8", "replace"], { input });
    expectPredictions(linesOf(replaced), ["sun", "ra\ufffdn"]);
    const named = await box.run(["predict", "head", "--encoding", "latin1"], { input });
    expectPredictions(linesOf(named), ["sun", "raÿn"]);
  });

  it("says the same with a cache as without", async () => {
    const args = ["predict", "head", "sun lovely day"];
    const plain = await box.call(args);
    for (const _ of ["cold", "warm"]) {
      expect((await box.call([...args, "--cache", "kept"])).stdout).toBe(plain.stdout);
    }
    expect((await box.files()).some((name) => name.startsWith("kept/"))).toBe(true);
  });
});

describe("headstart predict --input", () => {
  const COLUMNS = ["id", "text", "label"];
  const ROWS = labelledRows(2100).map(([text, label], i) => [String(i), text, label]);

  it("writes .csv: the columns of the input, and the prediction in six decimals", async () => {
    await box.write("in.csv", csv(COLUMNS, ROWS));
    const finished = await box.call(["predict", "head", "--input", "in.csv", "-o", "out.csv", "--json"]);
    expect(jsonOf(finished)).toEqual({
      rows: 2100,
      rejected: 0,
      output: "out.csv",
      empty: 0,
      truncated: 0,
      unknownTokens: 0,
    });
    const [header, ...lines] = (await readFile(box.path("out.csv"), "utf8")).trimEnd().split("\n");
    expect(header).toBe("id,text,label,predicted_label,probability");
    const rows = lines.map((line) => line.split(","));
    expect(rows.map((row) => row.slice(0, 3))).toEqual(ROWS);
    const alone = linesOf(await box.call(["predict", "head", ROWS[7][1]]))[0] as unknown as Prediction;
    expect(rows[7].slice(3)).toEqual([alone.label, alone.probabilities[alone.label].toFixed(6)]);
  });

  it("writes .jsonl with all probabilities, under other names with --prefix", async () => {
    await box.write("odd.csv", csv(["text", "label", "probability"], [["sun", "a", "c"]]));
    const args = ["predict", "head", "--input", "odd.csv", "-o", "odd.jsonl", "--prefix", "our_"];
    const { code, stdout } = await box.call(args);
    expect([code, stdout]).toEqual([0, "1 row in = 1 out + 0 rejected\nodd.jsonl\n"]);
    const row = JSON.parse(await readFile(box.path("odd.jsonl"), "utf8")) as Record<string, unknown>;
    const { our_label: label, our_probabilities: probabilities } = row;
    expectPredictions([{ text: row["text"], label, probabilities }], ["sun"]);
    const probability = (probabilities as Record<string, number>)[label as string];
    expect(row).toMatchObject({ label: "a", probability: "c", our_probability: probability });
  });

  it.each([["taken.csv"], ["taken.jsonl"]])("never writes over a column of the input: %s", async (output) => {
    await box.write("taken.in.csv", csv(["text", "predicted_label", "model_label"], [["sun", "a", "b"]]));
    const args = ["predict", "head", "--input", "taken.in.csv", "-o", output];
    const says = [/column "predicted_label" already/, /--prefix model2_$/];
    expectFailure(await box.call(args), { exit: 3, code: "E_COLUMN_AMBIGUOUS", says });
    expect(await box.files()).not.toContain(output);
    succeeded(await box.call([...args, "--prefix", "model2_"]));
  });

  it("gives the probability of each label a column with --probabilities", async () => {
    await box.write("few.csv", csv(["text"], [["sun"], ["rain awful"]]));
    const { stdout } = succeeded(
      await box.call(["predict", "head", "--input", "few.csv", "--to", "csv", "--probabilities"]),
    );
    const [header, ...lines] = stdout.trimEnd().split("\n");
    expect(header).toBe("text,predicted_label,probability,probability_bad,probability_good");
    for (const line of lines) {
      const [, label, probability, bad, good] = line.split(",");
      expect(probability).toBe(label === "good" ? good : bad);
      expect(Number(bad) + Number(good)).toBeCloseTo(1, 5);
    }
  });

  it("keeps the types of JSONL in .jsonl", async () => {
    await box.write("typed.jsonl", '{"id":7,"text":"sun","seen":true}\n');
    expect((await box.call(["predict", "head", "--input", "typed.jsonl", "-o", "typed-out.jsonl"])).code).toBe(0);
    const row: unknown = JSON.parse(await readFile(box.path("typed-out.jsonl"), "utf8"));
    expect(row).toMatchObject({ id: 7, text: "sun", seen: true });
  });

  it("writes a header and warns for a corpus without rows", async () => {
    await box.write("none.csv", "id,text\n");
    const finished = await box.call(["predict", "head", "--input", "none.csv", "-o", "none-out.csv", "--json"]);
    expect(jsonOf(finished)).toMatchObject({ rows: 0 });
    expect(finished.stderr).toContain("warning: the corpus has no rows");
    expect(await readFile(box.path("none-out.csv"), "utf8")).toBe("id,text,predicted_label,probability\n");
  });

  it("skips bad rows and tells of them", async () => {
    await box.write("bad.csv", "id,text\n1,sun\n2\n");
    const args = ["predict", "head", "--input", "bad.csv", "-o", "bad-out.csv", "--bad-rows", "skip", "--json"];
    expect(jsonOf(await box.call(args))).toMatchObject({ rows: 1, rejected: 1 });
    expect(await readFile(box.path("bad-out.csv.rejects.jsonl"), "utf8")).toContain('"line":3');
  });

  it.each([
    [["-o", "out.jsonl"], /-o is for the rows of --input/],
    [["-o", "out.jsonl", "--", "a text"], /-o is for the rows of --input/],
    [["--input", "in.csv", "-o", "x.csv", "--to", "jsonl"], /--to jsonl is for stdout/],
    [["--to", "jsonl", "a text"], /--to does nothing without --input/],
    [["--prefix", "x", "a text"], /--prefix does nothing without --input/],
    [["--input", "in.csv", "-o", "x.csv", "--", "a text"], /not both/],
    [["--input", "in.csv", "-o", "x.parquet"], /\.csv or \.jsonl/],
  ])("refuses %j", async (flags, says) => {
    const finished = await box.call(["predict", "head", ...flags]);
    const code = flags.includes("x.parquet") ? "E_OUTPUT_ENDING" : "E_USAGE";
    expectFailure(finished, { exit: 2, code, says: [says] });
  });
});

describe("headstart predict sentiment", () => {
  it("predicts with the head and the encoder that ship", async () => {
    const finished = await box.run(["predict", "sentiment", "I loved it", "What a waste of time"]);
    expect(finished.code).toBe(0);
    expect(linesOf(finished).map(({ label }) => label)).toEqual(["positive", "negative"]);
  });
});
