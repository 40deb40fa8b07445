import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { encoderPorts } from "../../../../src/onnx/model/encoderGraph.js";
import { FIRST_TOKENS, keepFirstTokens } from "../../../../src/onnx/rewrite/firstTokens.js";
import { copyModel, node, readModel, type OnnxModel } from "../../../../src/onnx/model/model.js";
import { quantizeInt8 } from "../../../../src/onnx/quantize/quantize.js";
import { fixtureModel } from "../../encoder/tinyBert.js";
import { paddedRun, someTexts } from "../tokenRuns.js";

const MINI = fileURLToPath(new URL("../../../../data/encoders/headstart-mini/onnx/model.onnx", import.meta.url));
const builtIn = async (): Promise<OnnxModel> => readModel(await readFile(MINI), MINI);
const tiny = fixtureModel("tiny-bert");
const tinyInt8 = quantizeInt8(tiny, { minWeights: 64 });

const cutOf = (model: OnnxModel): OnnxModel | undefined => keepFirstTokens(model, encoderPorts(model, "model"));

describe("keepFirstTokens", () => {
  const texts = someTexts(9, 23).map((ids) => [2, ...ids, 3]);

  it.each([
    ["tiny-bert", async () => tiny],
    ["tiny-bert in int8", async () => tinyInt8],
    ["the built-in encoder", builtIn],
  ])("gives the first two tokens of %s, bit for bit", async (_, load) => {
    const model = await load();
    const before = JSON.stringify(model.graph.node.map((n) => n.input));
    const whole = await paddedRun(model, texts);
    const cut = await paddedRun(cutOf(model)!, texts);
    const [, tokens, width] = whole.dims;
    expect(cut.dims).toEqual([texts.length, FIRST_TOKENS, width]);
    texts.forEach((_ids, r) => {
      const wanted = whole.data.subarray(r * tokens * width, (r * tokens + FIRST_TOKENS) * width);
      expect(cut.data.subarray(r * FIRST_TOKENS * width, (r + 1) * FIRST_TOKENS * width)).toEqual(wanted);
    });
    expect(JSON.stringify(model.graph.node.map((n) => n.input))).toBe(before);
  });

  it("takes texts of two tokens alone", async () => {
    const whole = await paddedRun(tiny, [[2, 3]]);
    expect(await paddedRun(cutOf(tiny)!, [[2, 3]])).toEqual({ data: whole.data, dims: [1, 2, 32] });
  });

  const changed = (change: (model: OnnxModel) => void): OnnxModel => {
    const model = copyModel(tiny);
    change(model);
    return model;
  };

  it.each([
    [
      "nodes without names of layers",
      (model: OnnxModel) => {
        model.graph.node = model.graph.node.map((n, i) => ({ ...n, name: `node${i}` }));
      },
    ],
    [
      "a mask that is spread over all tokens",
      (model: OnnxModel) => {
        const { node: nodes } = model.graph;
        const scores = nodes.findLast((n) => n.opType === "Softmax")!.input[0];
        const sum = nodes.find((n) => n.output[0] === scores)!;
        const [mask] = nodes[nodes.findIndex((n) => n.opType === "Mul")].output;
        expect(sum.input).toContain(mask);
        sum.input = sum.input.map((name) => (name === mask ? "spread" : name));
        nodes.splice(nodes.indexOf(sum), 0, node("Expand", { inputs: [mask, "shape"], outputs: ["spread"] }));
      },
    ],
    [
      "an operator that it does not know in the last layer",
      (model: OnnxModel) => {
        const last = model.graph.node.findLast((n) => n.opType === "Softmax")!;
        const [input] = last.input;
        last.input = ["summed"];
        const { node: nodes } = model.graph;
        nodes.splice(nodes.indexOf(last), 0, node("CumSum", { inputs: [input, "axis"], outputs: ["summed"] }));
      },
    ],
  ])("leaves a graph alone that has %s", (_, change) => {
    expect(cutOf(changed(change))).toBeUndefined();
  });
});
