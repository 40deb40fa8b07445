import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readVectors } from "../../src/vectors/reader.js";
import { csv, expectFailure, jsonOf, labelledRows, sandbox, succeeded, TINY } from "./runCli.js";

describe("headstart distil", () => {
  it("makes a table that embed, train and evaluate take", async () => {
    const box = await sandbox();
    await box.write("in.csv", csv(["text", "label"], labelledRows(60)));
    expect(jsonOf(await box.run(["distil", TINY, "-o", "table", "--dims", "16", "--json"]))).toMatchObject({
      encoder: TINY,
      output: "table",
      vocabulary: 197,
      tokens: 192,
      dims: 16,
      weights: "none",
    });
    expect((await box.files()).filter((file) => file.startsWith("table"))).toEqual([
      "table",
      "table/.headstart",
      "table/README.md",
      "table/config.json",
      "table/model.safetensors",
      "table/tokenizer.json",
    ]);
    const encoder = ["--encoder", "./table"];
    const embedded = jsonOf(await box.run(["embed", "in.csv", "-o", "out.npy", "--json", ...encoder]));
    expect(embedded).toMatchObject({ rows: 60, width: 16, encoder: "./table" });
    expect((await readVectors(box.path("out.npy"))).vectors.cols).toBe(16);
    succeeded(await box.run(["train", "in.csv", "-o", "head", ...encoder]));
    expect(jsonOf(await box.run(["evaluate", "head", "in.csv", "--json"]))).toMatchObject({ n: 60 });
    expect(JSON.parse(await readFile(box.path("table/config.json"), "utf8"))).toMatchObject({
      model_type: "model2vec",
      apply_zipf: false,
      hidden_dim: 16,
      normalize: true,
    });
  });

  it("weighs tokens with --weights zipf, and says what it did", async () => {
    const box = await sandbox();
    const { stdout } = succeeded(await box.call(["distil", TINY, "-o", "table", "--weights", "zipf"]));
    expect(stdout).toMatch(/^table: 192 of 197 tokens x 32, 100\.0 % of the variance, 0\.0 MB, [\d.]+ s\n$/);
    expect(await readFile(box.path("table/README.md"), "utf8")).toContain("by Zipf's law");
  });

  it("refuses what cannot be: too many numbers, a static encoder, two encoders, an output that is there", async () => {
    const box = await sandbox();
    const glove = await box.write("glove.txt", "good 1 0\nbad 0 1\n");
    const says = (flag: string): RegExp => new RegExp(flag);
    const dims = await box.call(["distil", TINY, "-o", "table", "--dims", "33"]);
    expectFailure(dims, { exit: 2, code: "E_USAGE", says: [says("--dims 32")] });
    const still = await box.call(["distil", `./${glove}`, "-o", "table"]);
    expectFailure(still, { exit: 4, code: "E_ENCODER_UNSUPPORTED", says: [says("static encoder already")] });
    const both = await box.call(["distil", TINY, "-o", "table", "--encoder", "headstart-mini"]);
    expectFailure(both, { exit: 2, code: "E_USAGE" });
    const there = await box.call(["distil", TINY, "-o", glove]);
    expectFailure(there, { exit: 5, code: "E_OUTPUT_EXISTS" });
    expect(await box.files()).toEqual(["glove.txt"]);
  });
});

describe("headstart embed --encoder <word vectors>", () => {
  it("takes a file by its bare name, counts unknown words, and refuses flags of transformers", async () => {
    const box = await sandbox();
    await box.write("glove.txt", "good 1 0\nbad 0 1\n");
    await box.write("in.csv", csv(["text"], [["good bad"], ["good news!"], [""]]));
    const args = ["embed", "in.csv", "-o", "out.npy", "--encoder", "glove.txt", "--force"];
    expect(jsonOf(await box.call([...args, "--json"]))).toMatchObject({ rows: 3, unknown: 1, empty: 1, width: 2 });
    const { vectors } = await readVectors(box.path("out.npy"));
    expect([...vectors.data]).toEqual([Math.SQRT1_2, Math.SQRT1_2, 1, 0, 0, 0].map(Math.fround));
    expect(succeeded(await box.call(args)).stdout).toContain("(1 empty, 1 unknown word)");
    expectFailure(await box.call([...args, "--layer", "0"]), { exit: 2, code: "E_USAGE" });
    expectFailure(await box.call([...args, "--precision", "int8"]), { exit: 4, code: "E_ENCODER_UNSUPPORTED" });
  });

  it("names the line of a malformed row", async () => {
    const box = await sandbox();
    await box.write("glove.txt", "good 1 0\nbad 0\n");
    await box.write("in.csv", "text\ngood\n");
    const finished = await box.call(["embed", "in.csv", "-o", "out.npy", "--encoder", "glove.txt"]);
    expectFailure(finished, { exit: 4, code: "E_ENCODER_INVALID", says: [/glove\.txt:2: .* 2 fields/] });
  });
});
