import { describe, expect, it } from "vitest";
import { foldBiases } from "../../../../src/onnx/rewrite/foldBiases.js";
import { copyModel, node, shapeOf, tensor, valueInfo, type OnnxModel } from "../../../../src/onnx/model/model.js";
import { fixtureModel } from "../../encoder/tinyBert.js";
import { largestDifference, paddedRun, someTexts } from "../tokenRuns.js";

const tiny = fixtureModel("tiny-bert");
/** The vectors added are around 0.08. */
const NEAR = 1e-5;

const texts = someTexts(9, 23).map((ids) => [2, ...ids, 3]);

const additions = (model: OnnxModel): string[] =>
  model.graph.node.filter((n) => n.opType === "Add" && n.name.includes("encoder")).map((n) => n.name);
const gone = (model: OnnxModel): string[] => {
  const left = new Set(additions(foldBiases(model)));
  return additions(model).filter((name) => !left.has(name));
};

describe("foldBiases", () => {
  it("leaves three additions of each layer out and gives the same hidden states", async () => {
    const before = JSON.stringify(tiny.graph.node.map((n) => [n.input, n.output]));
    const folded = foldBiases(tiny);
    expect(gone(tiny)).toEqual(
      [0, 1].flatMap((layer) =>
        ["attention/self/key/Add", "attention/self/value/Add", "output/dense/Add"].map(
          (name) => `/encoder/layer.${layer}/${name}`,
        ),
      ),
    );
    expect(folded.graph.node.length).toBe(tiny.graph.node.length - 6);
    expect(largestDifference(await paddedRun(tiny, texts), await paddedRun(folded, texts))).toBeLessThan(NEAR);
    expect(JSON.stringify(tiny.graph.node.map((n) => [n.input, n.output]))).toBe(before);
  });

  it("does so with normalization as one operator", async () => {
    const model = withNorms(tiny);
    expect(gone(model)).toHaveLength(6);
    const [one, other] = [await paddedRun(model, texts), await paddedRun(foldBiases(model), texts)];
    expect(largestDifference(one, other)).toBeLessThan(NEAR);
  });

  const changed = (change: (model: OnnxModel) => void): OnnxModel => {
    const model = copyModel(tiny);
    model.graph.output = [...model.graph.output];
    model.graph.initializer = [...model.graph.initializer];
    change(model);
    return model;
  };
  const at = (model: OnnxModel, name: string): OnnxModel["graph"]["node"][number] =>
    model.graph.node.find((n) => n.name === `/encoder/layer.0/${name}`)!;

  it.each([
    [
      "keys that something else reads",
      ["attention/output/dense/Add", "output/dense/Add"],
      (model: OnnxModel) => {
        const key = at(model, "attention/self/key/Add").output[0];
        model.graph.node.push(node("Relu", { inputs: [key], outputs: ["keys"] }));
        model.graph.output.push(valueInfo("keys", "float32", ["batch", "tokens", 32]));
      },
    ],
    [
      "values that are given out",
      ["attention/output/dense/Add", "output/dense/Add"],
      (model: OnnxModel) => {
        const value = at(model, "attention/self/value/Add").output[0];
        model.graph.output.push(valueInfo(value, "float32", ["batch", "tokens", 32]));
      },
    ],
    [
      "scores that are scaled by a number for each key",
      ["attention/output/dense/Add", "output/dense/Add"],
      (model: OnnxModel) => {
        const scales = Float32Array.from({ length: 24 }, (_, i) => 2 + i / 5);
        model.graph.initializer.push(tensor("scales", "float32", [24], scales));
        const div = at(model, "attention/self/Div");
        div.input = [div.input[0], "scales"];
      },
    ],
    [
      "an attention's output without a vector",
      ["attention/self/key/Add", "output/dense/Add"],
      (model: OnnxModel) => {
        const [sum, product] = ["attention/output/dense/Add", "attention/output/dense/MatMul"].map((n) => at(model, n));
        product.output = sum.output;
        model.graph.node = model.graph.node.filter((n) => n !== sum);
      },
    ],
    [
      "normalized vectors that are given out",
      ["attention/self/key/Add", "attention/self/value/Add"],
      (model: OnnxModel) => {
        const [given] = at(model, "attention/output/LayerNorm/Add_1").output;
        model.graph.output.push(valueInfo(given, "float32", ["batch", "tokens", 32]));
      },
    ],
    [
      "normalized vectors that go elsewhere too",
      ["attention/self/key/Add", "attention/self/value/Add"],
      (model: OnnxModel) => {
        const [read] = at(model, "attention/output/LayerNorm/Add_1").output;
        model.graph.node.push(node("Relu", { inputs: [read], outputs: ["positive"] }));
      },
    ],
    [
      "one number for a vector",
      ["attention/self/key/Add", "attention/self/value/Add"],
      (model: OnnxModel) => {
        const sum = at(model, "output/dense/Add");
        model.graph.initializer.push(tensor("half", "float32", [1], Float32Array.of(0.5)));
        sum.input = sum.input.map((name) =>
          model.graph.initializer.some((t) => t.name === name && shapeOf(t).length === 1) ? "half" : name,
        );
      },
    ],
  ])("leaves out, where there are %s, what others still can do instead", async (_, out, change) => {
    const model = changed(change);
    expect(gone(model).filter((name) => name.includes("layer.0"))).toEqual(
      out.map((name) => `/encoder/layer.0/${name}`),
    );
    for (const wanted of model.graph.output.map(({ name }) => name)) {
      const [one, other] = [await paddedRun(model, texts, wanted), await paddedRun(foldBiases(model), texts, wanted)];
      expect(largestDifference(one, other)).toBeLessThan(NEAR);
    }
  });

  it("gives a model back that has nothing of the kind", () => {
    const model = changed(({ graph }) => {
      graph.node = graph.node.filter((n) => n.opType !== "MatMul");
    });
    expect(foldBiases(model)).toBe(model);
  });
});

/** The model with each layer normalization as one operator. */
function withNorms(model: OnnxModel): OnnxModel {
  const result = copyModel(model);
  const { node: nodes } = result.graph;
  for (const last of nodes.filter((n) => n.name.endsWith("LayerNorm/Add_1"))) {
    const part = (end: string): OnnxModel["graph"]["node"][number] =>
      nodes.find((n) => n.name === last.name.replace(/Add_1$/, end))!;
    const constant = (inputs: readonly string[]): string =>
      inputs.find((name) => result.graph.initializer.some((t) => t.name === name))!;
    const inputs = [part("Sub").input[0], constant(part("Mul").input), constant(last.input)];
    const attributes = { axis: -1n, epsilon: 1e-12 };
    nodes[nodes.indexOf(last)] = node("LayerNormalization", { inputs, outputs: last.output }, { attributes });
  }
  return result;
}
