import { cp, readFile, rm } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { writeModel } from "../../src/onnx/model/model.js";
import { quantizeInt8 } from "../../src/onnx/quantize/quantize.js";
import { fixtureModel } from "../unit/encoder/tinyBert.js";
import {
  csv,
  expectFailure,
  jsonOf,
  labelledRows,
  linesOf,
  sharedSandbox,
  succeeded,
  TINY,
  type Sandbox,
} from "./runCli.js";

let box: Sandbox;
const ODD = [
  ["", "good"],
  ["day 中", "bad"],
  ["night ".repeat(80), "bad"],
];
const COUNTS = { empty: 1, truncated: 1 };

beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("train.csv", csv(["text", "label"], labelledRows(60)));
  await box.write("odd.csv", csv(["text", "label"], [...labelledRows(60).slice(30), ...ODD]));
  succeeded(await box.run(["train", "train.csv", "-o", "head", "--quiet", "--encoder", TINY]));
});

const unknownOf = (json: Record<string, unknown>): number => json["unknownTokens"] as number;

describe("what the encoder cannot read", () => {
  it("is counted by evaluate over all rows, those of the training among them", async () => {
    const finished = await box.call(["evaluate", "head", "odd.csv", "--json"]);
    const json = jsonOf(finished);
    expect(json).toMatchObject(COUNTS);
    expect(unknownOf(json)).toBeGreaterThan(0);
    expect(unknownOf(json)).toBeLessThan(0.05);
    const seen = json["seenInTraining"] as number;
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThanOrEqual(30);
    expect(json).toMatchObject({ n: 33 - seen, allRows: { n: 33 } });
    expect(finished.stderr).toContain(`${seen} of 33 rows were in training: scored without them`);
    expect(finished.stderr).toContain("1 of 33 texts is empty: its label says nothing");
  });

  it("is null of a head without hashes, what was seen", async () => {
    await box.write(
      "words.csv",
      csv(
        ["text", "label"],
        [
          ["fine", "positive"],
          ["awful", "negative"],
          ["so", "neutral"],
        ],
      ),
    );
    expect(jsonOf(await box.call(["evaluate", "sentiment", "words.csv", "--json"]))).toMatchObject({
      seenInTraining: null,
      empty: 0,
    });
  });

  it("is counted by train, the same from a warm cache, and leaves hashes that the card tells of", async () => {
    const args = ["train", "odd.csv", "-o", "odd-head", "--force", "--json", "--encoder", TINY, "--cache", "kept"];
    const cold = await box.call(args);
    const [json, warm] = [jsonOf(cold), jsonOf(await box.call(args))];
    expect(json).toMatchObject(COUNTS);
    for (const field of ["empty", "truncated", "unknownTokens"]) expect(warm[field]).toBe(json[field]);
    expect(cold.stderr).toContain("nothing can be learned from it");
    const { textHashes } = json["holds"] as { readonly textHashes: number };
    expect(textHashes).toBeGreaterThan(20);
    expect(await readFile(box.path("odd-head/README.md"), "utf8")).toContain(
      `- ${textHashes} training texts as 32-bit hashes`,
    );
  });

  it("is said by predict in one warning, and nothing of it on stdout", async () => {
    const finished = await box.call(["predict", "head", "", "good day", "bad day"]);
    expect(linesOf(succeeded(finished)).map(({ text }) => text)).toEqual(["", "good day", "bad day"]);
    expect(finished.stderr.match(/warning: /g)).toHaveLength(1);
    expect(finished.stderr).toContain("1 of 3 texts is empty: its label says nothing");
    expect((await box.call(["predict", "head", "", "good day", "--quiet"])).stderr).toBe("");
    expect((await box.call(["predict", "head", "good day"])).stderr).not.toContain("warning");
  });

  it("is counted by predict over all rows of a corpus", async () => {
    const args = ["predict", "head", "--input", "odd.csv", "-o", "out.csv", "--json", "--force"];
    expect(jsonOf(await box.call(args))).toMatchObject({ rows: 33, ...COUNTS });
  });

  it("is counted by transfer for each corpus", async () => {
    const args = [
      "transfer",
      "--source",
      "train.csv",
      "--target",
      "odd.csv",
      "-o",
      "moved",
      "--json",
      "--encoder",
      TINY,
    ];
    const json = jsonOf(await box.call(args));
    expect(json["texts"]).toMatchObject({ source: { empty: 0 }, target: COUNTS });
  });

  it("is counted by a tagger, which was trained on some of the sentences", async () => {
    const sentence = (i: number): string => `Anna${i}\tB-PER\nsaw\tO\n中\tO\nOslo\tB-LOC\n\n`;
    await box.write("names.conll", Array.from({ length: 12 }, (_, i) => sentence(i)).join(""));
    const made = await box.call([
      "train",
      "names.conll",
      "--task",
      "ner",
      "-o",
      "tagger",
      "--epochs",
      "2",
      "--json",
      "--encoder",
      TINY,
    ]);
    expect(unknownOf(jsonOf(made))).toBeGreaterThan(0);
    const json = jsonOf(await box.call(["evaluate", "tagger", "names.conll", "--json"]));
    expect(json).toMatchObject({ empty: 0, seenInTraining: expect.any(Number) as number });
    expect(json["seenInTraining"]).toBeGreaterThan(8);
  });
});

describe("--model-file", () => {
  it("chooses among the ONNX files of an encoder, and is remembered by a head", async () => {
    const encoder = box.path("two-files");
    await cp(TINY, encoder, { recursive: true });
    const other = writeModel(quantizeInt8(fixtureModel("tiny-bert"), { minWeights: 256 }));
    await box.write("two-files/onnx/model_quantized.onnx", other);
    const train = [
      "train",
      "train.csv",
      "-o",
      "quantized",
      "--encoder",
      encoder,
      "--model-file",
      "onnx/model_quantized.onnx",
    ];
    expect(succeeded(await box.call(train)).stderr).toContain("model onnx/model_quantized.onnx (asked for)");
    const head = JSON.parse(await readFile(box.path("quantized/headstart.json"), "utf8")) as {
      readonly encoder: object;
    };
    expect(head.encoder).toMatchObject({ modelFile: "onnx/model_quantized.onnx", precision: "int8" });
    expect(linesOf(succeeded(await box.call(["predict", "quantized", "good day"])))).toHaveLength(1);
    const embed = ["embed", "train.csv", "-o", "v.npy", "--encoder", encoder];
    expect(succeeded(await box.call(embed)).stderr).toContain("(of 2 ONNX files; --model-file takes another)");
    expectFailure(await box.call([...embed, "--force", "--model-file", "x.onnx"]), {
      exit: 4,
      code: "E_ENCODER_MISSING",
    });
    expectFailure(await box.call(["predict", "head", "a", "--model-file", "x.onnx"]), {
      exit: 4,
      code: "E_HEAD_MISMATCH",
    });
    succeeded(await box.call(["predict", "quantized", "a", "--model-file", "./onnx/model_quantized.onnx"]));
    await rm(box.path("two-files/onnx/model_quantized.onnx"));
    expectFailure(await box.call(["predict", "quantized", "a"]), {
      exit: 4,
      code: "E_HEAD_MISMATCH",
      says: [/trained with onnx\/model_quantized\.onnx of .*two-files, and .*two-files has no such file/],
    });
  });
});

describe("headstart transfer and layers", () => {
  it("warn of what is remarkable in a corpus once, and keep it in the record with the file", async () => {
    const rows = labelledRows(12, ["good", "bad"]);
    const odd = (about: string): string =>
      csv(
        ["text", "label"],
        rows.map(([text, label], r) => [`${about} ${text}${r === 0 ? " \0" : ""}`, label]),
      );
    await box.write("film.csv", odd("film"));
    await box.write("food.csv", odd("food"));
    const sides = ["--source", "film.csv", "--target", "food.csv", "--no-head", "-o", "once"];
    for (const args of [
      ["transfer", ...sides],
      ["transfer", "--matrix", "film.csv", "food.csv", "-o", "each"],
      ["layers", "film.csv", "--target", "food.csv"],
    ]) {
      const finished = succeeded(await box.call([...args, "--encoder", TINY, "--json"]));
      expect(finished.stderr.match(/with a NUL character/g)?.length).toBe(2);
      const { warnings } = JSON.parse(finished.stdout) as { warnings: string[] };
      for (const file of ["film.csv", "food.csv"])
        expect(warnings).toContain(`${file}: 1 row with a NUL character, kept as it is`);
    }
  });
});
