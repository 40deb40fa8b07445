import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { encoderPorts, hiddenStates } from "../../../../src/onnx/model/encoderGraph.js";
import { keepFirstTokens } from "../../../../src/onnx/rewrite/firstTokens.js";
import { foldBiases } from "../../../../src/onnx/rewrite/foldBiases.js";
import {
  copyModel,
  newModel,
  node,
  readModel,
  tensor,
  valueInfo,
  type OnnxModel,
} from "../../../../src/onnx/model/model.js";
import { quantizeInt8 } from "../../../../src/onnx/quantize/quantize.js";
import { tokensFirst } from "../../../../src/onnx/rewrite/tokensFirst.js";
import { fixtureModel } from "../../encoder/tinyBert.js";
import { largestDifference, paddedRun, someTexts } from "../tokenRuns.js";

const MINI = fileURLToPath(new URL("../../../../data/encoders/headstart-mini/onnx/model.onnx", import.meta.url));
const builtIn = async (): Promise<OnnxModel> => readModel(await readFile(MINI), MINI);
const tiny = fixtureModel("tiny-bert");
const tinyInt8 = quantizeInt8(tiny, { minWeights: 64 });
const cut = (model: OnnxModel): OnnxModel => keepFirstTokens(model, encoderPorts(model, "model"))!;

const turned = (model: OnnxModel): OnnxModel | undefined => tokensFirst(model, [encoderPorts(model, "m").hidden]);
const moves = ({ graph }: OnnxModel): number => graph.node.filter((n) => n.opType === "Transpose").length;

/** Of lengths on either side of the number of texts, so that mistaken axes would show. */
const TEXTS = [
  someTexts(9, 23).map((ids) => [2, ...ids, 3]),
  someTexts(9, 4).map((ids) => [2, ...ids, 3]),
  [[2, 5, 3]],
  [
    [2, 3],
    [2, 3],
  ],
];

const changed = (change: (model: OnnxModel) => void, model = tiny): OnnxModel => {
  const copy = copyModel(model);
  copy.graph.output = [...copy.graph.output];
  copy.graph.initializer = [...copy.graph.initializer];
  change(copy);
  return copy;
};

describe("tokensFirst", () => {
  it.each([
    ["tiny-bert", async () => tiny],
    ["tiny-bert with its biases folded", async () => foldBiases(tiny)],
    ["tiny-bert in int8", async () => tinyInt8],
    ["tiny-bert cut to its first tokens", async () => cut(tiny)],
    ["tiny-bert in int8, cut to its first tokens", async () => cut(tinyInt8)],
    ["the built-in encoder", builtIn],
    ["the built-in encoder cut to its first tokens", async () => cut(await builtIn())],
  ])("gives the hidden states of %s bit for bit, with fewer moves", async (_, load) => {
    const model = await load();
    const before = JSON.stringify(model.graph.node.map((n) => [n.input, n.output]));
    const other = turned(model)!;
    for (const texts of TEXTS) expect(await paddedRun(other, texts)).toEqual(await paddedRun(model, texts));
    // One a layer instead of four, and two for what goes in and comes out.
    expect(moves(other)).toBe(moves(model) / 4 + 2);
    const read = other.graph.node.flatMap((n) => n.input);
    expect(other.graph.initializer.filter(({ name }) => !read.includes(name))).toEqual([]);
    expect(JSON.stringify(model.graph.node.map((n) => [n.input, n.output]))).toBe(before);
  });

  it("gives the states of all layers, the embeddings among them", async () => {
    const model = changed((copy) => {
      copy.graph.output = hiddenStates(tiny).map((name) => valueInfo(name, "float32", ["batch", "tokens", 32]));
    });
    const states = hiddenStates(tiny);
    const other = tokensFirst(model, states)!;
    for (const state of states)
      expect(await paddedRun(other, TEXTS[0], state)).toEqual(await paddedRun(model, TEXTS[0], state));
  });

  it("leaves out what nobody wants, though it would depend on the order of the axes", async () => {
    const model = changed(({ graph }) => {
      const [hidden] = graph.output;
      graph.node.push(node("ReduceMax", { inputs: [hidden.name], outputs: ["pooled"] }, { attributes: { axes: [1] } }));
      graph.output.push(valueInfo("pooled", "float32", ["batch", 1, 32]));
    });
    const other = turned(model)!;
    expect(other.graph.output.map(({ name }) => name)).toEqual(["last_hidden_state"]);
    expect(tokensFirst(model, ["last_hidden_state", "pooled"])).toBeUndefined();
    expect(await paddedRun(other, TEXTS[0])).toEqual(await paddedRun(tiny, TEXTS[0]));
  });

  const named = (model: OnnxModel, name: string, layer = 0): OnnxModel["graph"]["node"][number] =>
    model.graph.node.find((n) => n.name === `/encoder/layer.${layer}/${name}`)!;
  const constant = (model: OnnxModel, name: string, dims: readonly number[]): string => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    model.graph.initializer.push(tensor(name, "float32", dims, new Float32Array(size).fill(0.5)));
    return name;
  };

  it.each([
    [
      "scores without a scale",
      (model: OnnxModel) => {
        const { output } = named(model, "attention/self/Div");
        model.graph.node = model.graph.node.filter((n) => n.output !== output);
        named(model, "attention/self/MatMul").output = output;
      },
    ],
    [
      "scores that are multiplied by their scale",
      (model: OnnxModel) => {
        named(model, "attention/self/Div").opType = "Mul";
      },
    ],
    [
      "scores that are scaled after the mask",
      (model: OnnxModel) => {
        const [div, add] = ["attention/self/Div", "attention/self/Add"].map((name) => named(model, name));
        const [sum, mask] = [add.output[0], add.input.find((name) => name !== div.output[0])!];
        const [scores, scale] = div.input;
        const nodes = model.graph.node;
        nodes[nodes.indexOf(div)] = node("Add", { inputs: [mask, scores], outputs: ["masked"] });
        nodes[nodes.indexOf(add)] = node("Div", { inputs: ["masked", scale], outputs: [sum] });
      },
    ],
    [
      "no mask",
      (model: OnnxModel) => {
        const { output } = named(model, "attention/self/Add");
        model.graph.node = model.graph.node.filter((n) => n.output !== output);
        named(model, "attention/self/Div").output = output;
      },
    ],
    [
      "keys that are turned in two steps",
      (model: OnnxModel) => {
        const product = named(model, "attention/self/MatMul");
        const nodes = model.graph.node;
        const move = nodes.find((n) => n.output[0] === product.input[1])!;
        const parts = [
          node("Transpose", { inputs: move.input, outputs: ["apart"] }, { attributes: { perm: [0, 2, 1, 3] } }),
          node("Transpose", { inputs: ["apart"], outputs: move.output }, { attributes: { perm: [0, 1, 3, 2] } }),
        ];
        nodes.splice(nodes.indexOf(move), 1, ...parts);
      },
    ],
    [
      "heads of sizes that are written down",
      (model: OnnxModel) => {
        const sizes = BigInt64Array.of(0n, -1n, 4n, 8n);
        model.graph.initializer.push(tensor("sizes", "int64", [4], sizes));
        const product = named(model, "attention/self/MatMul");
        for (const input of product.input) {
          const move = model.graph.node.find((n) => n.output[0] === input)!;
          const reshape = model.graph.node.find((n) => n.output[0] === move.input[0])!;
          reshape.input = [reshape.input[0], "sizes"];
        }
      },
    ],
  ])("knows attention with %s", async (_, change) => {
    const model = changed(change);
    const other = turned(model)!;
    expect(largestDifference(await paddedRun(other, TEXTS[0]), await paddedRun(model, TEXTS[0]))).toBeLessThan(2e-6);
  });

  it("starts behind a layer that it does not know", async () => {
    const model = changed((copy) => {
      Object.assign(named(copy, "attention/self/Softmax"), { opType: "Relu", attribute: [] });
    });
    const other = turned(model)!;
    expect(moves(other)).toBe(4 + 1 + 2);
    expect(await paddedRun(other, TEXTS[0])).toEqual(await paddedRun(model, TEXTS[0]));
  });

  it.each([
    [
      "no attention",
      (model: OnnxModel) => {
        for (const n of model.graph.node) if (n.opType === "Softmax") n.opType = "Relu";
      },
    ],
    [
      "a softmax along another axis",
      (model: OnnxModel) => {
        named(model, "attention/self/Softmax", 1).attribute = node(
          "Softmax",
          { inputs: [], outputs: [""] },
          { attributes: { axis: 2n } },
        ).attribute;
      },
    ],
    [
      "positions that come in late",
      (model: OnnxModel) => {
        const late = named(model, "output/Add");
        model.graph.node.splice(
          model.graph.node.indexOf(late),
          1,
          node("Add", { inputs: late.input, outputs: ["early"] }),
          node("Add", { inputs: ["early", constant(model, "positions", [1, 25, 32])], outputs: late.output }),
        );
      },
    ],
    [
      "means over the tokens inside",
      (model: OnnxModel) => {
        named(model, "output/LayerNorm/ReduceMean").attribute = node(
          "ReduceMean",
          { inputs: [], outputs: [""] },
          { attributes: { axes: [1] } },
        ).attribute;
      },
    ],
    [
      "an operator that it does not know",
      (model: OnnxModel) => {
        const late = named(model, "output/Add");
        model.graph.initializer.push(tensor("along", "int64", [], BigInt64Array.of(1n)));
        model.graph.node.splice(
          model.graph.node.indexOf(late),
          1,
          node("Add", { inputs: late.input, outputs: ["each"] }),
          node("CumSum", { inputs: ["each", "along"], outputs: late.output }),
        );
      },
    ],
    [
      "scores that are given out",
      (model: OnnxModel) => {
        const [scores] = named(model, "attention/self/MatMul", 1).output;
        model.graph.output.push(valueInfo(scores, "float32", ["batch", 4, "tokens", "tokens"]));
      },
    ],
    [
      "sizes of heads that something else reads",
      (model: OnnxModel) => {
        const [move] = named(model, "attention/self/MatMul", 1).input;
        const reshaped = model.graph.node.find((n) => n.output[0] === move)!.input[0];
        const late = named(model, "output/Add");
        model.graph.node.splice(
          model.graph.node.indexOf(late),
          1,
          node("Shape", { inputs: [reshaped], outputs: ["shape"] }),
          node("Cast", { inputs: ["shape"], outputs: ["sizes"] }, { attributes: { to: 1n } }),
          node("ReduceMax", { inputs: ["sizes"], outputs: ["size"] }, { attributes: { axes: [0] } }),
          node("Add", { inputs: late.input, outputs: ["without"] }),
          node("Add", { inputs: ["without", "size"], outputs: late.output }),
        );
      },
    ],
    [
      "a graph inside a node, which might read what is turned",
      (model: OnnxModel) => {
        const inner = newModel(11).graph;
        const loop = node("If", { inputs: ["input_ids"], outputs: ["chosen"] });
        loop.attribute = [
          { ...node("", { inputs: [], outputs: [""] }, { attributes: { x: 1n } }).attribute[0], g: inner },
        ];
        model.graph.node.push(loop);
      },
    ],
    [
      "heads whose first size is another",
      (model: OnnxModel) => {
        model.graph.initializer.push(tensor("sizes", "int64", [4], BigInt64Array.of(-1n, 2n, 4n, 8n)));
        const product = named(model, "attention/self/MatMul", 1);
        const move = model.graph.node.find((n) => n.output[0] === product.input[0])!;
        const reshape = model.graph.node.find((n) => n.output[0] === move.input[0])!;
        reshape.input = [reshape.input[0], "sizes"];
      },
    ],
  ])("leaves a graph alone that has %s", async (_, change) => {
    expect(turned(changed(change))).toBeUndefined();
  });
});
