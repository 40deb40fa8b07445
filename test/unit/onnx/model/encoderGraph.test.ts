import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { dependsOnBatch, encoderPorts, hiddenStates, isQuantized } from "../../../../src/onnx/model/encoderGraph.js";
import { newModel, node, tensor, valueInfo, type OnnxModel } from "../../../../src/onnx/model/model.js";
import { AttributeProtoSchema, FunctionProtoSchema, GraphProtoSchema } from "../../../../src/onnx/model/onnx_pb.js";
import { quantizeInt8 } from "../../../../src/onnx/quantize/quantize.js";
import { fixtureModel } from "../../encoder/tinyBert.js";

function modelOf(inputs: readonly string[], outputs: readonly [string, (number | string)[]][]): OnnxModel {
  const model = newModel(13);
  model.graph.input = inputs.map((name) => valueInfo(name, "int64", ["batch", "tokens"]));
  model.graph.output = outputs.map(([name, dims]) => valueInfo(name, "float32", dims));
  return model;
}

describe("encoderPorts", () => {
  it("names the inputs of tiny-bert, its token vectors and their width", () => {
    expect(encoderPorts(fixtureModel("tiny-bert"), "model.onnx")).toEqual({
      ids: "input_ids",
      mask: "attention_mask",
      segments: "token_type_ids",
      hidden: "last_hidden_state",
      width: 32,
    });
  });

  it("finds token vectors by their rank behind an output of rank 2, and does without segments", () => {
    expect(encoderPorts(fixtureModel("tiny-bert-output-names"), "model.onnx")).toMatchObject({
      segments: undefined,
      hidden: "output_0",
      width: 32,
    });
  });

  it("prefers the output called last_hidden_state among several of rank 3", () => {
    const model = modelOf(
      ["input_ids", "attention_mask"],
      [
        ["layer_1", ["b", "t", 8]],
        ["last_hidden_state", ["b", "t", "w"]],
      ],
    );
    expect(encoderPorts(model, "m")).toMatchObject({ hidden: "last_hidden_state", width: undefined });
  });

  it("refuses a model of pictures, naming what it asks for and what is missing [B05]", () => {
    expect(() => encoderPorts(fixtureModel("odd-inputs"), "pictures.onnx")).toThrow(
      expect.objectContaining({
        code: "E_ENCODER_UNSUPPORTED",
        message: expect.stringMatching(/pictures\.onnx.*"pixel_values".*"input_ids", "attention_mask" is missing/),
      }),
    );
  });

  it("refuses a model without token vectors, naming its outputs and their ranks [B05]", () => {
    expect(() => encoderPorts(fixtureModel("rank2-output"), "pooled.onnx")).toThrow(
      expect.objectContaining({
        code: "E_ENCODER_UNSUPPORTED",
        message: expect.stringContaining('"sentence_embedding" of rank 2'),
      }),
    );
  });

  it("takes the vectors of texts where it is told to, of whatever width", () => {
    const stated = { widths: [["hidden_size", 64]] } as const;
    expect(encoderPorts(fixtureModel("rank2-output"), "m", { ofTexts: true, stated })).toMatchObject({
      hidden: "sentence_embedding",
      width: 32,
    });
  });

  it.each([
    [[1, 16], "1 x 16 tokens"],
    [["batch", 16], "16 tokens"],
    [[8, "tokens"], "batches of 8 texts"],
  ])("refuses a graph of the fixed shape %j, saying which", (dims, said) => {
    const model = modelOf(["input_ids", "attention_mask"], [["h", ["b", "t", 8]]]);
    model.graph.input[1] = valueInfo("attention_mask", "int64", dims);
    expect(() => encoderPorts(model, "fixed.onnx")).toThrow(
      expect.objectContaining({
        code: "E_ENCODER_INVALID",
        message: expect.stringContaining(`fixed.onnx was exported for ${said} only`),
      }),
    );
  });

  it("says of a graph for one text of any length that it takes one at a time", () => {
    const model = modelOf(["input_ids", "attention_mask"], [["h", ["b", "t", 8]]]);
    expect(encoderPorts(model, "m").batch).toBeUndefined();
    model.graph.input = model.graph.input.map(({ name }) => valueInfo(name, "int64", [1, "tokens"]));
    expect(encoderPorts(model, "m").batch).toBe(1);
  });

  it("refuses an input beside the known ones, but not a weight that is listed among the inputs", () => {
    const model = modelOf(["input_ids", "attention_mask", "position_ids"], [["h", ["b", "t", 8]]]);
    expect(() => encoderPorts(model, "m")).toThrow(/"position_ids"/);
    model.graph.initializer = [tensor("position_ids", "int64", [1], BigInt64Array.of(0n))];
    expect(encoderPorts(model, "m").hidden).toBe("h");
  });

  it("refuses token ids of another kind than int64, and token vectors of another kind than float32", () => {
    const model = modelOf(["input_ids", "attention_mask"], [["h", ["b", "t", 8]]]);
    const wanted = (message: RegExp) =>
      expect.objectContaining({ code: "E_ENCODER_UNSUPPORTED", message: expect.stringMatching(message) });
    model.graph.input[0] = valueInfo("input_ids", "int32", ["b", "t"]);
    expect(() => encoderPorts(model, "m")).toThrow(wanted(/"input_ids".*int64/));
    model.graph.input[0] = valueInfo("input_ids", "int64", ["b", "t"]);
    const half = valueInfo("h", "float32", ["b", "t", 8]);
    if (half.type?.value.case === "tensorType") half.type.value.value.elemType = 10;
    model.graph.output = [half];
    expect(() => encoderPorts(model, "m")).toThrow(wanted(/"h".*float32/));
  });
});

describe("dependsOnBatch and isQuantized", () => {
  it("tell one scale for the whole tensor from one scale a token, and both from fp32 [E03]", () => {
    const fp32 = fixtureModel("tiny-bert");
    const ours = quantizeInt8(fp32, { minWeights: 256 });
    const dynamic = fixtureModel("dynamic-int8");
    expect([fp32, ours, dynamic].map(dependsOnBatch)).toEqual([false, false, true]);
    expect([fp32, ours, dynamic].map(isQuantized)).toEqual([false, true, true]);
  });

  it("look for one scale for the whole tensor in functions and in graphs inside nodes, too", () => {
    const scaling = node("DynamicQuantizeLinear", { inputs: ["x"], outputs: ["y"] });
    const byFunction = fixtureModel("tiny-bert");
    byFunction.functions = [create(FunctionProtoSchema, { name: "f", node: [scaling] })];
    const branch = node("If", { inputs: ["c"], outputs: ["z"] });
    const g = create(GraphProtoSchema, { node: [scaling] });
    branch.attribute = [create(AttributeProtoSchema, { name: "then_branch", type: 5, g })];
    const byBranch = fixtureModel("tiny-bert");
    byBranch.graph.node.push(branch);
    expect([byFunction, byBranch].map(dependsOnBatch)).toEqual([true, true]);
  });
});

describe("hiddenStates", () => {
  it("finds the embeddings and each layer of tiny-bert, the last being its output", () => {
    const model = fixtureModel("tiny-bert");
    const names = hiddenStates(model);
    expect(names).toHaveLength(3);
    expect(new Set(names).size).toBe(3);
    expect(names[2]).toBe("last_hidden_state");
    const makers = names.map((name) => model.graph.node.find((n) => n.output[0] === name)?.name);
    expect(makers).toEqual([
      expect.stringMatching(/embeddings\/LayerNorm/),
      expect.stringMatching(/layer\.0\/output\/LayerNorm/),
      expect.stringMatching(/layer\.1\/output\/LayerNorm/),
    ]);
  });

  it("finds the same in the rewritten model as in fp32, whatever nodes stand behind them there", () => {
    const model = fixtureModel("tiny-bert");
    expect(hiddenStates(quantizeInt8(model, { minWeights: 256 }))).toEqual(hiddenStates(model));
  });

  it("takes the numbers of a dynamically quantized model, not the integers that are made of them", () => {
    const model = fixtureModel("dynamic-int8");
    const makers = hiddenStates(model).map((name) => model.graph.node.find((n) => n.output[0] === name)?.opType);
    expect(makers).toEqual(["Add", "Add", "Add"]);
  });

  it("is empty when nodes have no such names, or a layer is missing", () => {
    const model = fixtureModel("tiny-bert");
    const renamed = model.graph.node.map((n) => ({ ...n, name: n.name.replace("layer.1", "layer.2") }));
    const nameless = model.graph.node.map((n) => ({ ...n, name: "" }));
    expect(hiddenStates({ ...model, graph: { ...model.graph, node: renamed } })).toEqual([]);
    expect(hiddenStates({ ...model, graph: { ...model.graph, node: nameless } })).toEqual([]);
  });
});
