import { describe, expect, it } from "vitest";
import { csv, expectFailure, jsonOf, labelledRows, sandbox, TINY } from "./runCli.js";

const EMBED = ["embed", "in.csv", "-o", "out.npy", "--encoder", TINY];

describe("headstart ends with 2 and one line", () => {
  it.each<[string, readonly string[], string, RegExp]>([
    ["an unknown flag", [...EMBED, "--poolin", "cls"], "E_USAGE", /'--poolin' \(Did you mean --pooling\?\)/],
    ["an unknown flag before the command", ["--nope", "embed"], "E_USAGE", /'--nope'/],
    ["an unknown command", ["embedd", "in.csv"], "E_USAGE", /'embedd' \(Did you mean embed\?\)/],
    ["help for an unknown command", ["help", "embedd"], "E_USAGE", /no such command/],
    ["a missing argument", ["embed", "-o", "out.npy"], "E_USAGE", /'corpus'/],
    ...["in.csv", "in.json", "in.ndjson.gz", "in.parquet"].map((file): [string, readonly string[], string, RegExp] => [
      `the corpus ${file} after --multi-label`,
      ["train", "-o", "head", "--multi-label", file],
      "E_USAGE",
      /name the corpus before --multi-label/,
    ]),
    ["a missing head", ["predict"], "E_USAGE", /'head'/],
    ["a missing output", ["embed", "in.csv"], "E_USAGE", /--output/],
    ["a missing source", ["transfer", "--target", "in.csv", "-o", "out"], "E_USAGE", /--source/],
    ["a flag without its value", ["embed", "in.csv", "-o"], "E_USAGE", /-o, --output <file>/],
    ["an argument too many", ["encoders", "in.csv"], "E_USAGE", /too many arguments/],
    [
      "an unknown ending",
      ["embed", "in.csv", "-o", "out.csv"],
      "E_OUTPUT_ENDING",
      /\.parquet, \.arrow, \.npy or \.jsonl/,
    ],
    ["no ending", ["embed", "in.csv", "-o", "out"], "E_OUTPUT_ENDING", /\.parquet/],
    ["an unknown ending of a missing corpus", ["embed", "no.csv", "-o", "out.h5"], "E_OUTPUT_ENDING", /out\.h5/],
    ["an unknown ending of mistakes", ["evaluate", "h", "in.csv", "--errors", "e.txt"], "E_OUTPUT_ENDING", /e\.txt/],
    ["a bad number", [...EMBED, "--limit", "many"], "E_USAGE", /--limit <rows>.*whole number of at least 1/],
    ["a number too small", [...EMBED, "--threads", "0"], "E_USAGE", /--threads.*from 1 to 256/],
    ["more threads than work", [...EMBED, "--threads", "5000"], "E_USAGE", /--threads.*from 1 to 256/],
    ["a negative number", [...EMBED, "--layer", "-1"], "E_USAGE", /--layer.*at least 0/],
    ["half a number", [...EMBED, "--seed", "1.5"], "E_USAGE", /--seed.*whole number/],
    ["an empty number", [...EMBED, "--seed", ""], "E_USAGE", /--seed.*whole number/],
    ["a bad choice", [...EMBED, "--pooling", "median"], "E_USAGE", /Allowed choices are mean, cls, max/],
    ["a bad choice of a flag without use", ["encoders", "--store", "fp8"], "E_USAGE", /fp32, fp16, int8/],
    ["a layer that the encoder lacks", [...EMBED, "--layer", "99"], "E_USAGE", /it has layers 0 to \d/],
    ["too few tokens", [...EMBED, "--max-tokens", "1"], "E_USAGE", /at least 3/],
    ["--to that is not the ending", [...EMBED, "--to", "arrow"], "E_USAGE", /the ending of out\.npy says npy/],
  ])("for %s", async (_, args, code, says) => {
    const box = await sandbox();
    await box.write("in.csv", csv(["text", "label"], labelledRows(10)));
    const finished = await box.call(args);
    expectFailure(finished, { exit: 2, code, says: [says] });
    expect(finished.stderr).toMatch(
      /\. See headstart (embed |train |evaluate |predict |transfer |encoders )?--help\n$/,
    );
    expect(await box.files()).toEqual(["in.csv"]);
  });

  it("that points to the help of the command, where there is one of that name", async () => {
    const box = await sandbox();
    for (const [args, help] of [
      [["embed", "--nope"], "embed --help"],
      [["distil", "--nope"], "distill --help"],
      [["--nope", "embed"], "--help"],
      [["embedd"], "--help"],
      [["evaluate", "head", "in.csv", "--errors", "e.txt"], "evaluate --help"],
    ] as const) {
      expect((await box.run(args)).stderr.trimEnd().endsWith(` See headstart ${help}`)).toBe(true);
    }
    expect((await box.run(["predict", "no-such-head", "text"])).stderr).not.toContain("--help");
  });

  it("for --json with -o -, as one object", async () => {
    const box = await sandbox();
    await box.write("in.csv", "text\nsun\n");
    const { code, stdout, stderr } = await box.call(["embed", "in.csv", "-o", "-", "--json"]);
    expect([code, stdout]).toEqual([2, ""]);
    const message = expect.stringContaining("stdout") as string;
    expect(JSON.parse(stderr)).toEqual({ error: { code: "E_USAGE", message } });
  });

  it("for an output that is an input, --force or not", async () => {
    const box = await sandbox();
    await box.write("in.jsonl", '{"text":"sun"}\n');
    for (const args of [
      ["embed", "in.jsonl", "-o", "in.npy", "--force", "--encoder", TINY],
      ["predict", "head", "--input", "in.jsonl", "-o", "./in.jsonl", "--force"],
      ["train", "in.jsonl", "-o", "in.jsonl", "--force"],
    ]) {
      expectFailure(await box.call(args), { exit: 2, code: "E_USAGE", says: [/in\.jsonl: this run reads it/] });
    }
    expect(await box.files()).toEqual(["in.jsonl"]);
  });
});

describe("a flag that may have a value", () => {
  it("does not take the file behind it for that", async () => {
    const box = await sandbox();
    await box.write("in.csv", csv(["text", "label"], labelledRows(20)));
    const tiny = ["--encoder", TINY, "--json"];
    const cached = jsonOf(await box.run(["embed", "--cache", "in.csv", "-o", "out.npy", ...tiny]));
    expect(cached).toMatchObject({ rows: 20, output: "out.npy" });
    const kept = jsonOf(await box.run(["train", "--explainable", "in.csv", "-o", "head", ...tiny]));
    expect(kept).toMatchObject({ holds: { texts: 20 } });
    expect(jsonOf(await box.run(["train", "--explainable", "7", "in.csv", "-o", "few", ...tiny]))).toMatchObject({
      holds: { texts: 7 },
    });
    expect((await box.files()).filter((name) => !/^(head|few)/.test(name))).toEqual(["in.csv", "out.jsonl", "out.npy"]);
  });
});

describe("a command that takes more memory than it may", () => {
  it("ends with 6 and says which limit it hit, and leaves nothing behind [H06]", async () => {
    const box = await sandbox();
    const rows = Array.from({ length: 200_000 }, (_, i) => `sun rain day ${i},${i % 2}\n`);
    await box.write("in.csv", `text,label\n${rows.join("")}`);
    const args = ["train", "in.csv", "-o", "head", "--encoder", TINY];
    const finished = await box.run(args, { env: { HEADSTART_MAX_MEMORY: "100MB" } });
    expectFailure(finished, { exit: 6, code: "E_MEMORY", says: [/100 MB .*HEADSTART_MAX_MEMORY/] });
    expect(await box.files()).toEqual(["in.csv"]);
  });

  it("ends with 6 where Node's own limit is hit, instead of being broken off", async () => {
    const box = await sandbox();
    const rows = Array.from({ length: 400_000 }, (_, i) => `sun rain day ${i},${i % 2}\n`);
    await box.write("in.csv", `text,label\n${rows.join("")}`);
    const args = ["train", "in.csv", "-o", "head", "--encoder", TINY];
    const finished = await box.run(args, { env: { NODE_OPTIONS: "--max-old-space-size=60" } });
    expectFailure(finished, { exit: 6, code: "E_MEMORY", says: [/NODE_OPTIONS/] });
  });
});
