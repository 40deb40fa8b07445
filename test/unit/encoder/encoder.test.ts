import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { embedTexts } from "../../../src/encoder/embed/embed.js";
import type { Encoder, EncoderOptions } from "../../../src/encoder/encoder.js";
import { loadEncoder } from "../../../src/encoder/load.js";
import { cosine, row, type Matrix } from "../../../src/math/matrix.js";
import { changed, valueInfo, writeModel, type OnnxModel, type TensorProto } from "../../../src/onnx/model/model.js";
import { quantizeInt8 } from "../../../src/onnx/quantize/quantize.js";
import {
  fixture,
  fixtureModel,
  folderFrom,
  golden,
  modelBytes,
  openEncoder,
  pooledInGraph,
  type PooledText,
} from "./tinyBert.js";

const TINY = fixture("tiny-bert");
const MODEL = "onnx/model.onnx";
const texts = golden<PooledText>("tiny-bert").texts.map(({ text }) => text);

/** tiny-bert with its first weights said to lie in a file of this name. */
function withWeightsIn(location: string): { model: OnnxModel; weights: TensorProto; bytes: Uint8Array } {
  const model = fixtureModel("tiny-bert");
  const [weights, ...others] = model.graph.initializer;
  const outside = {
    ...weights,
    rawData: new Uint8Array(0),
    dataLocation: 1,
    externalData: [{ $typeName: "onnx.StringStringEntryProto" as const, key: "location", value: location }],
  } as unknown as TensorProto;
  return {
    model: { ...model, graph: { ...model.graph, initializer: [outside, ...others] } },
    weights,
    bytes: weights.rawData,
  };
}

describe("loadEncoder", () => {
  it("says what the encoder is and where its choices come from [R22]", async () => {
    const encoder = await openEncoder(TINY);
    expect(encoder).toMatchObject({
      kind: "local",
      width: 32,
      pooling: "mean",
      normalize: true,
      maxTokens: 64,
      prompt: "",
      layer: undefined,
      precision: "fp32",
      dependsOnBatch: false,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(encoder.decisions).toContain("fp32");
    expect((await openEncoder(TINY, { layer: 1 })).decisions).toContain("hidden states after layer 1");
  });

  it("sees that a vector of dynamic-int8 depends on its batch, and that one of the rewritten model does not [E03, R01, R02]", async () => {
    expect(await openEncoder(fixture("dynamic-int8"))).toMatchObject({ dependsOnBatch: true, precision: "int8" });
    expect(await openEncoder(TINY, { precision: "int8" })).toMatchObject({ dependsOnBatch: false, precision: "int8" });
  });

  it.each([-1, 3, 1.5, Number.NaN])("refuses layer %d of an encoder of two", async (layer) => {
    await expect(loadEncoder(TINY, { layer })).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringContaining("layers 0 to 2"),
    });
  });

  it("refuses odd-inputs with E_ENCODER_UNSUPPORTED, naming pixel_values", async () => {
    await expect(loadEncoder(fixture("odd-inputs"))).rejects.toMatchObject({
      code: "E_ENCODER_UNSUPPORTED",
      message: expect.stringContaining("pixel_values"),
    });
  });

  it("gives the vectors of a model that pools by itself bit for bit, in fp32 and near them in int8", async () => {
    const folder = await folderFrom("tiny-bert", {
      [MODEL]: writeModel(pooledInGraph(fixtureModel("tiny-bert"))),
      "modules.json": undefined,
      "1_Pooling/config.json": undefined,
    });
    const own = await openEncoder(folder);
    expect(own).toMatchObject({ pooling: "model", normalize: false, dependsOnBatch: true });
    const mean = await openEncoder(folder, { pooling: "mean", normalize: false });
    expect(mean).toMatchObject({ pooling: "mean", dependsOnBatch: false });
    const of = async (encoder: Encoder): Promise<Matrix> => (await embedTexts(encoder, texts)).vectors;
    const [vectors, means] = [await of(own), await of(mean)];
    vectors.data.forEach((x, i) => expect(x).toBeCloseTo(means.data[i], 5));
    const int8 = await of(await openEncoder(folder, { precision: "int8" }));
    texts.forEach((_, r) => expect(cosine(row(int8, r), row(vectors, r))).toBeGreaterThan(0.99));
    // A layer has token vectors alone.
    expect(await openEncoder(folder, { layer: 1 })).toMatchObject({ pooling: "mean", layer: 1 });
    const alone = await folderFrom("rank2-output", {});
    expect((await embedTexts(await openEncoder(alone), texts)).vectors.cols).toBe(32);
    await expect(loadEncoder(alone, { pooling: "mean" })).rejects.toMatchObject({ code: "E_ENCODER_UNSUPPORTED" });
  });

  it("runs a model that was exported for one text at a time, to the same vectors", async () => {
    const model = fixtureModel("tiny-bert");
    const input = model.graph.input.map(({ name }) => valueInfo(name, "int64", [1, "tokens"]));
    const single = writeModel(changed(model, { graph: changed(model.graph, { input }) }));
    const encoder = await openEncoder(await folderFrom("tiny-bert", { [MODEL]: single }));
    expect(encoder.decisions.join()).toContain("one text at a time");
    const { vectors } = await embedTexts(encoder, texts, { allowBatchDependence: true });
    expect(vectors).toEqual((await embedTexts(await openEncoder(TINY), texts)).vectors);
  });

  it("takes the ONNX file that is asked for, of several, and has it in its fingerprint", async () => {
    const quantized = writeModel(quantizeInt8(fixtureModel("tiny-bert"), { minWeights: 256 }));
    const folder = await folderFrom("tiny-bert", { "onnx/model_quantized.onnx": quantized });
    const usual = await openEncoder(folder);
    const chosen = await openEncoder(folder, { modelFile: "onnx/model_quantized.onnx" });
    expect([usual.precision, chosen.precision]).toEqual(["fp32", "int8"]);
    expect([usual.modelFile, chosen.modelFile]).toEqual([undefined, "onnx/model_quantized.onnx"]);
    expect(usual.fingerprint).toBe((await openEncoder(TINY)).fingerprint);
    expect(chosen.fingerprint).not.toBe(usual.fingerprint);
    expect(usual.decisions.join()).toContain("of 2 ONNX files");
    await expect(loadEncoder(folder, { modelFile: "onnx/other.onnx" })).rejects.toMatchObject({
      code: "E_ENCODER_MISSING",
    });
  });

  it("makes BERT's tokenizer of vocab.txt, to the same vectors, also without config.json", async () => {
    const tokenizer = JSON.parse(await readFile(join(TINY, "tokenizer.json"), "utf8")) as {
      readonly model: { readonly vocab: Readonly<Record<string, number>> };
    };
    const lines = Object.entries(tokenizer.model.vocab).sort(([, a], [, b]) => a - b);
    const vocabulary = lines.map(([token]) => `${token}\n`).join("");
    const files = { "tokenizer.json": undefined, "config.json": undefined, "vocab.txt": vocabulary };
    const encoder = await openEncoder(await folderFrom("tiny-bert", files));
    const usual = await openEncoder(TINY);
    expect(encoder.decisions).toContain("tokenizer made of vocab.txt");
    expect(encoder.maxTokens).toBe(64);
    expect((await embedTexts(encoder, texts)).vectors).toEqual((await embedTexts(usual, texts)).vectors);
    const cased = await folderFrom("tiny-bert", {
      ...files,
      "tokenizer_config.json": '{"tokenizer_class": "BertTokenizerFast", "do_lower_case": false}',
    });
    const { fingerprint, tokenizer: own } = await openEncoder(cased);
    expect(fingerprint).not.toBe(encoder.fingerprint);
    expect(own.tokenize("GOOD").unknown).toBe(1);
    expect(encoder.tokenizer.tokenize("GOOD").unknown).toBe(0);
  });

  it.each([
    ["RobertaTokenizer", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n", "RobertaTokenizer"],
    ["BertTokenizer", "[PAD]\n[UNK]\n[CLS]\n", "[SEP]"],
    ["BertTokenizer", "", "is empty"],
  ])("refuses a vocab.txt of a %s that is %j", async (tokenizer_class, vocabulary, named) => {
    const folder = await folderFrom("tiny-bert", {
      "tokenizer.json": undefined,
      "vocab.txt": vocabulary,
      "tokenizer_config.json": JSON.stringify({ tokenizer_class }),
    });
    await expect(loadEncoder(folder)).rejects.toMatchObject({
      code: "E_ENCODER_INVALID",
      message: expect.stringContaining(named),
    });
  });

  it("takes the width from config.json where the model leaves it open, and refuses where neither says it", async () => {
    const model = fixtureModel("tiny-bert");
    const output = [valueInfo("last_hidden_state", "float32", ["batch", "tokens", "width"])];
    const open = writeModel({ ...model, graph: { ...model.graph, output } } as OnnxModel);
    const folder = await folderFrom("tiny-bert", { [MODEL]: open });
    expect((await openEncoder(folder)).width).toBe(32);
    const silent = await folderFrom("tiny-bert", { [MODEL]: open, "config.json": '{"model_type":"bert"}' });
    await expect(loadEncoder(silent)).rejects.toMatchObject({
      code: "E_ENCODER_INVALID",
      message: expect.stringContaining("hidden_size"),
    });
  });

  it("refuses fp32 where there are int8 weights only", async () => {
    const bytes = writeModel(quantizeInt8(fixtureModel("tiny-bert"), { minWeights: 256 }));
    const folder = await folderFrom("tiny-bert", { [MODEL]: bytes });
    await expect(loadEncoder(folder, { precision: "fp32" })).rejects.toMatchObject({
      code: "E_ENCODER_UNSUPPORTED",
    });
    expect(await openEncoder(folder)).toMatchObject({ precision: "int8", dependsOnBatch: false });
    // Its layers are still found by their names.
    expect((await embedTexts(await openEncoder(folder, { layer: 1 }), texts)).vectors.rows).toBe(texts.length);
  });
});

describe("the fingerprint", () => {
  const of = async (path: string, options: EncoderOptions = {}): Promise<string> =>
    (await openEncoder(path, options)).fingerprint;

  it("is another one for each thing that changes a vector [E07]", async () => {
    const model = fixtureModel("tiny-bert");
    const { initializer } = model.graph;
    const moved = Uint8Array.from(initializer[0].rawData);
    moved[0] ^= 1;
    const weights = [{ ...initializer[0], rawData: moved }, ...initializer.slice(1)] as TensorProto[];
    const changedModel = { ...model, graph: { ...model.graph, initializer: weights } };
    const cased = (await readFile(join(TINY, "tokenizer.json"), "utf8")).replace(
      '"lowercase":true',
      '"lowercase":false',
    );
    const folders = [
      await folderFrom("tiny-bert", { [MODEL]: writeModel(changedModel) }),
      await folderFrom("tiny-bert", { "tokenizer.json": cased }),
      await folderFrom("tiny-bert", { "tokenizer_config.json": '{"model_max_length":64,"remove_space":true}' }),
      await folderFrom("tiny-bert", { "sentence_bert_config.json": '{"max_seq_length":64,"do_lower_case":true}' }),
    ];
    const found = [
      await of(TINY),
      await of(TINY, { pooling: "cls" }),
      await of(TINY, { pooling: "max" }),
      await of(TINY, { normalize: false }),
      await of(TINY, { maxTokens: 63 }),
      await of(TINY, { prompt: "query: " }),
      await of(TINY, { layer: 0 }),
      await of(TINY, { layer: 1 }),
      await of(TINY, { precision: "int8" }),
    ];
    for (const folder of folders) found.push(await of(folder));
    expect(new Set(found).size).toBe(found.length);
  });

  it("is the same for another number of threads, another place, and choices that the files make anyway", async () => {
    const copy = await folderFrom("tiny-bert", {});
    const found = [
      await of(TINY),
      await of(TINY, { threads: 1 }),
      await of(TINY, { threads: 2 }),
      await of(copy),
      await of(TINY, { pooling: "mean", normalize: true, maxTokens: 64, prompt: "", precision: "fp32" }),
    ];
    expect(new Set(found).size).toBe(1);
  });
});

describe("weights in a second file", () => {
  it("give the vectors and need the file; its bytes are in the fingerprint", async () => {
    const { model, bytes } = withWeightsIn("model.onnx_data");
    const folder = await folderFrom("tiny-bert", {
      [MODEL]: writeModel(model),
      "onnx/model.onnx_data": bytes,
    });
    const [inside, outside] = [await openEncoder(TINY), await openEncoder(folder)];
    const [one, other] = [(await embedTexts(inside, texts)).vectors, (await embedTexts(outside, texts)).vectors];
    // Such a model runs as it is, without the rewriting that makes others faster and moves last digits.
    expect(Math.max(...one.data.map((x, i) => Math.abs(x - other.data[i])))).toBeLessThan(1e-6);
    const changed = Uint8Array.from(bytes);
    changed[0] ^= 1;
    await writeFile(join(folder, "onnx/model.onnx_data"), changed);
    expect((await openEncoder(folder)).fingerprint).not.toBe(outside.fingerprint);
    await expect(loadEncoder(folder, { precision: "int8" })).rejects.toMatchObject({
      code: "E_ENCODER_UNSUPPORTED",
    });
    await expect(loadEncoder(folder, { layer: 1 })).rejects.toMatchObject({ code: "E_ENCODER_UNSUPPORTED" });
  });

  it.each(["../secret", "/etc/passwd", "..\\secret", "sub/../../secret", "sub/secret", "..", "."])(
    "are refused where they lead out of the folder: %s [B01, R18, R21]",
    async (location) => {
      const { model, bytes } = withWeightsIn(location);
      const folder = await folderFrom("tiny-bert", { [MODEL]: writeModel(model), secret: bytes });
      await mkdir(join(folder, "onnx/sub"), { recursive: true });
      await writeFile(join(folder, "onnx/sub/secret"), bytes);
      await expect(loadEncoder(folder)).rejects.toMatchObject({
        code: "E_ENCODER_INVALID",
        message: expect.stringContaining("is refused"),
      });
    },
  );

  it("are missed by name where the file is not there, or is a folder", async () => {
    const { model } = withWeightsIn("model.onnx_data");
    for (const more of [{}, { "onnx/model.onnx_data/file": "" }]) {
      const folder = await folderFrom("tiny-bert", { [MODEL]: writeModel(model), ...more });
      await expect(loadEncoder(folder)).rejects.toMatchObject({
        code: "E_ENCODER_MISSING",
        message: expect.stringContaining("model.onnx_data"),
      });
    }
  });
});

describe("a broken file", () => {
  it.each([
    ["a git-lfs pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 90000\n", "git-lfs pointer"],
    ["a web page", "<!doctype html><title>404</title>", "HTML page"],
    ["an empty file", "", "is empty"],
    ["gzip", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), "is gzip"],
    ["a cut model", modelBytes("tiny-bert").subarray(0, 40_000), "model.onnx"],
    ["one byte", Uint8Array.of(8), "model.onnx"],
  ])("as the model: %s is refused with E_ENCODER_INVALID that says so [B04]", async (_, content, found) => {
    const folder = await folderFrom("tiny-bert", { [MODEL]: content });
    await expect(loadEncoder(folder)).rejects.toMatchObject({
      code: "E_ENCODER_INVALID",
      message: expect.stringContaining(found),
    });
  });

  it.each([
    ["tokenizer.json", "version https://git-lfs.github.com/spec/v1\n", "git-lfs pointer"],
    ["tokenizer.json", "", "is empty"],
    ["tokenizer.json", '{"version":"1.0"', "JSON"],
    ["tokenizer.json", "null", "tokenizer.json"],
    ["tokenizer_config.json", "{,}", "JSON"],
  ])("as %s: %j is refused with E_ENCODER_INVALID and the file's path", async (file, content, found) => {
    const folder = await folderFrom("tiny-bert", { [file]: content });
    const error = await loadEncoder(folder).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "E_ENCODER_INVALID", message: expect.stringContaining(found) });
    expect((error as Error).message).toContain(join(folder, file));
  });
});
