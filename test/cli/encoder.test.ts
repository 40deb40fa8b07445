import { changed, node, valueInfo, writeModel, type GraphProto } from "../../src/onnx/model/model.js";
import { fixtureModel } from "../unit/encoder/tinyBert.js";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  csv,
  expectFailure,
  fixture,
  labelledRows,
  sandbox,
  sharedSandbox,
  TINY,
  type Sandbox,
  succeeded,
} from "./runCli.js";

const CORPUS = csv(["text", "label"], labelledRows(20));

describe("headstart ends with 4, one line and nothing written", () => {
  let box: Sandbox;
  beforeEach(async () => {
    box = await sandbox();
    await box.write("in.csv", CORPUS);
  });
  const embedWith = async (encoder: string, ...flags: readonly string[]) => {
    const before = await box.files();
    const finished = await box.call(["embed", "in.csv", "-o", "out.npy", "--encoder", encoder, ...flags]);
    expect(await box.files()).toEqual(before);
    return finished;
  };

  it.each([
    ["a folder that is not there", "./nowhere", "E_ENCODER_MISSING", /there is no folder/],
    [
      "a slip in the name of the built-in encoder",
      "headstart mini",
      "E_ENCODER_MISSING",
      /Did you mean headstart-mini\?/,
    ],
    ["a pickle that is not there", "model.pkl", "E_ENCODER_UNSUPPORTED", /can run code.*ONNX/],
    ["inputs that no text has", fixture("odd-inputs"), "E_ENCODER_UNSUPPORTED", /odd-inputs/],
  ])("for %s", async (_, encoder, code, says) => {
    expectFailure(await embedWith(encoder), { exit: 4, code, says: [says] });
  });

  it("for a model without the token vectors that pooling needs", async () => {
    const found = { exit: 4, code: "E_ENCODER_UNSUPPORTED", says: [/rank2-output.*no token vectors/] };
    expectFailure(await embedWith(fixture("rank2-output"), "--pooling", "mean"), found);
  });

  it("for a token classification model, and one of a fixed shape", async () => {
    const model = fixtureModel("tiny-bert");
    const write = (graph: Partial<GraphProto>): Promise<string> =>
      box.write("enc/onnx/model.onnx", writeModel(changed(model, { graph: changed(model.graph, graph) })));
    await cp(TINY, box.path("enc"), { recursive: true });
    const scores = node("Identity", { inputs: ["last_hidden_state"], outputs: ["logits"] });
    const output = [valueInfo("logits", "float32", ["batch", "tokens", 9])];
    await write({ node: [...model.graph.node, scores], output });
    const says = [/"logits", 9 wide.*hidden_size 32.*token classification.*--task feature-extraction/];
    expectFailure(await embedWith("./enc"), { exit: 4, code: "E_ENCODER_INVALID", says });
    await write({ input: model.graph.input.map(({ name }) => valueInfo(name, "int64", [1, 16])) });
    const fixed = [/exported for 1 x 16 tokens only.*dynamic axes/];
    expectFailure(await embedWith("./enc"), { exit: 4, code: "E_ENCODER_INVALID", says: fixed });
  });

  it("for files that hold weights but are no encoder [B09]", async () => {
    await box.write("model.bin", "weights");
    await box.write("model.onnx", "weights");
    expectFailure(await embedWith("model.bin"), { exit: 4, code: "E_ENCODER_UNSUPPORTED", says: [/can run code/] });
    expectFailure(await embedWith("model.onnx"), { exit: 4, code: "E_ENCODER_UNSUPPORTED", says: [/Name the folder/] });
  });

  it.each(["tokenizer.json", "onnx/model.onnx"])("for a folder that lacks %s", async (file) => {
    await cp(TINY, box.path("enc"), { recursive: true });
    await rm(box.path(`enc/${file}`));
    const needed = file.endsWith(".onnx") ? /ONNX/i : new RegExp(file);
    expectFailure(await embedWith("./enc"), { exit: 4, code: "E_ENCODER_MISSING", says: [needed] });
  });

  it.each<[string, string, RegExp]>([
    ["a pointer of git-lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", /git-lfs/i],
    ["a web page", "<!DOCTYPE html><html><body>Not found</body></html>", /HTML|web page/i],
    ["an empty file", "", /empty/],
  ])("for %s in place of the weights [B04]", async (_, content, says) => {
    await cp(TINY, box.path("enc"), { recursive: true });
    await writeFile(box.path("enc/onnx/model.onnx"), content);
    expectFailure(await embedWith("./enc"), { exit: 4, code: "E_ENCODER_INVALID", says: [says] });
  });

  it("for weights that were cut", async () => {
    await cp(TINY, box.path("enc"), { recursive: true });
    const weights = await readFile(`${TINY}/onnx/model.onnx`);
    await writeFile(box.path("enc/onnx/model.onnx"), weights.subarray(0, weights.length / 2));
    expectFailure(await embedWith("./enc"), { exit: 4, code: "E_ENCODER_INVALID", says: [/model\.onnx/] });
  });

  it("for fp32 of an int8 encoder", async () => {
    const finished = await embedWith(fixture("dynamic-int8"), "--precision", "fp32");
    expectFailure(finished, { exit: 4, code: "E_ENCODER_UNSUPPORTED", says: [/int8 weights only.*--precision/] });
  });

  it.each([
    ["--offline", {}],
    ["HF_HUB_OFFLINE", { HF_HUB_OFFLINE: "1" }],
  ])("for an encoder that is not in the cache with %s, naming the file", async (_, env: Record<string, string>) => {
    const flags = env["HF_HUB_OFFLINE"] === undefined ? ["--offline"] : [];
    const args = ["embed", "in.csv", "-o", "out.npy", "--encoder", "Xenova/bge-small-en-v1.5", ...flags];
    const finished = await box.call(args, { env });
    expectFailure(finished, { exit: 4, code: "E_OFFLINE", says: [/models--Xenova--bge-small-en-v1\.5/, /--offline/] });
    expect(await box.files()).toEqual(["in.csv"]);
  });

  it("for a hub that cannot be reached", async () => {
    const finished = await embedWith("Xenova/bge-small-en-v1.5");
    expectFailure(finished, { exit: 4, code: "E_HUB", says: [/http:\/\/127\.0\.0\.1:9/] });
  });

  it.each([
    ["predict", ["./nowhere", "a text"], /neither a folder nor one that ships/],
    ["predict", ["sentimnt", "a text"], /Did you mean sentiment\?/],
    ["evaluate", ["./nowhere", "in.csv"], /neither a folder nor one that ships/],
    ["evaluate", [".", "in.csv"], /it has no headstart\.json/],
  ])("for headstart %s with a head that is missing %j", async (command, args, says) => {
    expectFailure(await box.call([command, ...args]), { exit: 4, code: "E_HEAD_MISSING", says: [says] });
  });
});

describe("a saved head", () => {
  let box: Sandbox;
  beforeAll(async () => {
    box = await sharedSandbox();
    await box.write("in.csv", CORPUS);
    succeeded(await box.run(["train", "in.csv", "-o", "head", "--quiet", "--encoder", TINY]));
  });
  const predictWith = (head: string, ...flags: readonly string[]) => box.call(["predict", head, "a text", ...flags]);
  const copy = async (name: string): Promise<string> => {
    await cp(box.path("head"), box.path(name), { recursive: true });
    return name;
  };

  it.each([
    ["another encoder", ["--encoder", fixture("dynamic-int8")], /The head was trained on vectors of .*tiny-bert \(/],
    ["another pooling", ["--pooling", "max"], /--pooling does not fit the head, which was trained with "mean"/],
    ["other limits", ["--max-tokens", "8"], /--max-tokens does not fit the head, which was trained with \d+/],
    ["another precision", ["--precision", "int8"], /--precision does not fit the head, which was trained with "fp32"/],
  ])("is not used with %s [D09]", async (_, flags, says) => {
    const expected = { exit: 4, code: "E_HEAD_MISMATCH", says: [says] };
    expectFailure(await predictWith("head", ...flags), expected);
  });

  it("is used with the same encoder under another name", async () => {
    await cp(TINY, box.path("elsewhere"), { recursive: true });
    expect((await predictWith("head", "--encoder", "./elsewhere")).code).toBe(0);
  });

  it("is not used when one byte of its weights has changed [A07]", async () => {
    const file = box.path(`${await copy("flipped")}/head.safetensors`);
    const weights = await readFile(file);
    weights[weights.length - 5] ^= 1;
    await writeFile(file, weights);
    const says = [/flipped\/head\.safetensors is not the file that was saved/];
    expectFailure(await predictWith("flipped"), { exit: 4, code: "E_CHECKSUM", says });
  });

  it("is not used without its weights", async () => {
    await rm(box.path(`${await copy("halved")}/head.safetensors`));
    expectFailure(await predictWith("halved"), { exit: 4, code: "E_HEAD_INVALID", says: [/lacks head\.safetensors/] });
  });

  it.each([
    ["is cut", (text: string) => text.slice(0, 100), "E_HEAD_INVALID", /not valid JSON/],
    ["lacks a field", (text: string) => text.replace('"labels"', '"lables"'), "E_CHECKSUM", /changed after/],
    [
      "comes from a later version",
      (text: string) => text.replace('"version": 2', '"version": 3'),
      "E_HEAD_INVALID",
      /field "version"/,
    ],
    [
      "names weights elsewhere",
      (text: string) => text.replace("head.safetensors", "../x.safetensors"),
      "E_CHECKSUM",
      /changed after/,
    ],
  ])("is not used when its settings file %s", async (name, change, code, says) => {
    const file = box.path(`${await copy(`changed ${name}`)}/headstart.json`);
    await writeFile(file, change(await readFile(file, "utf8")));
    expectFailure(await predictWith(`changed ${name}`), { exit: 4, code, says: [says] });
  });
});
