import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { findAttentions } from "../../../src/onnx/rewrite/attention.js";
import { encoderPorts } from "../../../src/onnx/model/encoderGraph.js";
import { keepFirstTokens } from "../../../src/onnx/rewrite/firstTokens.js";
import { foldBiases } from "../../../src/onnx/rewrite/foldBiases.js";
import { GraphIndex } from "../../../src/onnx/model/graphIndex.js";
import { comesFromGelu } from "../../../src/onnx/quantize/int8Activations.js";
import { newModel, node, tensor, writeModel, type NodeProto, type OnnxModel } from "../../../src/onnx/model/model.js";
import { AttributeProtoSchema, FunctionProtoSchema, GraphProtoSchema } from "../../../src/onnx/model/onnx_pb.js";
import { quantizeInt8 } from "../../../src/onnx/quantize/quantize.js";
import { tokensFirst } from "../../../src/onnx/rewrite/tokensFirst.js";
import { embedTexts } from "../../../src/encoder/embed/embed.js";
import { loadEncoder } from "../../../src/encoder/load.js";
import { fixtureModel, folderFrom, openEncoder } from "../encoder/tinyBert.js";
import { paddedRun, someTexts } from "./tokenRuns.js";

const ids = someTexts(5, 9).map((text) => [2, ...text, 3]);

/** `type`(x, x) so many times, from `from` to the name that is given back. */
function doubled(type: string, from: string, times: number): { nodes: NodeProto[]; last: string } {
  const names = [from, ...Array.from({ length: times }, (_, i) => `${type}${i}`)];
  const nodes = names.slice(1).map((name, i) => node(type, { inputs: [names[i], names[i]], outputs: [name] }));
  return { nodes, last: names.at(-1)! };
}

/** The nodes of a model with `more` put behind the one that makes `name`. */
function behind(model: OnnxModel, name: string, more: readonly NodeProto[]): void {
  const { node: nodes } = model.graph;
  nodes.splice(nodes.findIndex((n) => n.output.includes(name)) + 1, 0, ...more);
}

/** An If that gives `output`: `of`, which it takes from around, whatever its condition. */
function capturing(of: string, output: string): NodeProto {
  const made = node("If", { inputs: ["always"], outputs: [output] });
  made.attribute = ["then_branch", "else_branch"].map((name) => {
    const inner = node("Identity", { inputs: [of], outputs: [`${output}/${name}`] });
    const g = create(GraphProtoSchema, { name, node: [inner], output: [{ name: `${output}/${name}` }] });
    return create(AttributeProtoSchema, { name, type: 5, g });
  });
  return made;
}

/** tiny-bert with the last layer's attention output going through an If. */
function withBranch(): OnnxModel {
  const model = fixtureModel("tiny-bert");
  const last = model.graph.node.findLast((n) => n.opType === "MatMul" && n.name.includes("layer.1"))!;
  const reader = model.graph.node.find((n) => n.input.includes(last.output[0]))!;
  reader.input = reader.input.map((name) => (name === last.output[0] ? "branched" : name));
  behind(model, last.output[0], [capturing(last.output[0], "branched")]);
  const bool = tensor("always", "uint8", [], Uint8Array.of(1));
  bool.dataType = 9;
  model.graph.initializer.push(bool);
  return model;
}

describe("sums and products of themselves, sixty deep, are looked through in no time", () => {
  it("between queries and softmax: findAttentions()", () => {
    const model = fixtureModel("tiny-bert");
    const before = findAttentions(model, new GraphIndex(model.graph)).length;
    const softmax = model.graph.node.find((n) => n.opType === "Softmax")!;
    const { nodes, last } = doubled("Add", "attention_mask", 60);
    softmax.input = [last];
    model.graph.node.unshift(...nodes);
    expect(findAttentions(model, new GraphIndex(model.graph))).toHaveLength(before - 1);
  });

  it("in front of the queries: tokensFirst()", () => {
    const model = fixtureModel("tiny-bert");
    const [{ query }] = findAttentions(model, new GraphIndex(model.graph));
    const { nodes, last } = doubled("Add", "attention_mask", 60);
    for (const n of model.graph.node) if (n.output[0] === query) n.output = ["elsewhere"];
    model.graph.node.unshift(...nodes, node("Add", { inputs: [last, last], outputs: [query] }));
    const attentions = findAttentions(model, new GraphIndex(model.graph)).length;
    tokensFirst(model, ["last_hidden_state"]);
    foldBiases(model);
    expect(findAttentions(model, new GraphIndex(model.graph))).toHaveLength(attentions);
  });

  it("in front of a product: comesFromGelu()", () => {
    const model = newModel(13);
    const { nodes, last } = doubled("Mul", "x", 60);
    model.graph.node = nodes;
    expect(comesFromGelu(new GraphIndex(model.graph), last)).toBe(false);
  });

  it("and a tensor that fifty thousand nodes read is no trouble: GraphIndex", () => {
    const model = newModel(13);
    model.graph.node = Array.from({ length: 50_000 }, (_, i) => node("Neg", { inputs: ["x"], outputs: [`y${i}`] }));
    expect(new GraphIndex(model.graph).readers("x")).toHaveLength(50_000);
  });
});

describe("a graph inside a node", () => {
  it("counts as a reader of what it takes from around", () => {
    const model = newModel(13);
    model.graph.node = [capturing("x", "y"), node("Neg", { inputs: ["x"], outputs: ["z"] })];
    const index = new GraphIndex(model.graph);
    expect(index.readers("x").map((n) => n.opType)).toEqual(["If", "Neg"]);
    expect(index.loneReader("x")).toBeUndefined();
  });

  it("leaves all tokens to an encoder whose last layer has one", () => {
    const model = withBranch();
    expect(keepFirstTokens(model, encoderPorts(model, "m"))).toBeUndefined();
  });

  it("keeps weights that it alone reads: quantizeInt8()", async () => {
    const model = withBranch();
    const weights = model.graph.node.find((n) => n.opType === "MatMul" && n.name.includes("layer.0"))!.input[1];
    const found = model.graph.initializer.find((t) => t.name === weights);
    model.graph.node.push(capturing(weights, "unused"));
    expect(found).toBeDefined();
    const made = quantizeInt8(model, { minWeights: 64 });
    expect(made.graph.initializer).toContain(found);
    expect((await paddedRun(made, ids)).dims).toEqual([ids.length, expect.any(Number), 32]);
  });
});

describe("an encoder with functions of its own", () => {
  const isValueSum = (n: NodeProto): boolean => n.opType === "Add" && n.name.includes("attention/self/value");

  /** tiny-bert that takes the vectors of values away, by an operator. */
  function withDifference(): OnnxModel {
    const model = fixtureModel("tiny-bert");
    for (const n of model.graph.node) {
      if (!isValueSum(n)) continue;
      n.opType = "Sub";
      // A vector, then the product with weights.
      n.input = n.input.toReversed();
    }
    return model;
  }

  /** The same by a function that is called like another operator. */
  function withFunction(): OnnxModel {
    const model = fixtureModel("tiny-bert");
    const body = node("Sub", { inputs: ["b", "a"], outputs: ["y"] });
    model.functions = [
      create(FunctionProtoSchema, {
        name: "Add",
        domain: "own",
        input: ["a", "b"],
        output: ["y"],
        node: [body],
        opsetImport: [model.opsetImport[0]],
      }),
    ];
    model.opsetImport.push({ ...model.opsetImport[0], domain: "own", version: 1n });
    expect(model.graph.node.filter(isValueSum)).toHaveLength(2);
    for (const n of model.graph.node) if (isValueSum(n)) n.domain = "own";
    return model;
  }

  it.each([{}, { pooling: "cls" }, { layer: 1 }] as const)(
    "gives the vectors that it gives with operators in place of them: %j",
    async (options) => {
      const folder = await folderFrom("tiny-bert", { "onnx/model.onnx": writeModel(withFunction()) });
      const texts = ["A cat sat.", "good day", ""];
      const { data } = (await embedTexts(await openEncoder(folder, options), texts)).vectors;
      const plain = await folderFrom("tiny-bert", { "onnx/model.onnx": writeModel(withDifference()) });
      const wanted = (await embedTexts(await openEncoder(plain, options), texts)).vectors.data;
      expect(Math.max(...data.map((x, i) => Math.abs(x - wanted[i])))).toBeLessThan(1e-5);
    },
  );

  it("is not rewritten to int8, and says so", async () => {
    const folder = await folderFrom("tiny-bert", { "onnx/model.onnx": writeModel(withFunction()) });
    await expect(loadEncoder(folder, { precision: "int8" })).rejects.toMatchObject({
      code: "E_ENCODER_UNSUPPORTED",
      message: expect.stringContaining("functions"),
    });
  });
});
