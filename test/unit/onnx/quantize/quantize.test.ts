import { afterAll, describe, expect, it } from "vitest";
import { cosine } from "../../../../src/math/matrix.js";
import { encoderPorts } from "../../../../src/onnx/model/encoderGraph.js";
import { GraphIndex } from "../../../../src/onnx/model/graphIndex.js";
import { comesFromGelu } from "../../../../src/onnx/quantize/int8Activations.js";
import { newModel, node, tensor, valueInfo, writeModel, type OnnxModel } from "../../../../src/onnx/model/model.js";
import { productInputs, quantizeInt8 } from "../../../../src/onnx/quantize/quantize.js";
import { openSession, type Session } from "../../../../src/onnx/runtime/session.js";
import { fixtureModel } from "../../encoder/tinyBert.js";
import { hiddenOf, someTexts } from "../tokenRuns.js";

const open: Session[] = [];

afterAll(async () => {
  for (const session of open) await session.close();
});

async function sessionOf(model: OnnxModel, threads = 1): Promise<Session> {
  const session = await openSession(writeModel(model), { threads });
  open.push(session);
  return session;
}

const fp32 = fixtureModel("tiny-bert");
const ports = encoderPorts(fp32, "tiny-bert");
// tiny-bert's matrices are far smaller than those that are worth it.
const int8 = quantizeInt8(fp32, { minWeights: 256 });
const texts = someTexts(24, 40);

describe("quantizeInt8 with ranges", () => {
  const names = productInputs(fp32, { minWeights: 256 });
  const ranges = new Map(
    names.map((name) => [name, new Float32Array(/intermediate_act/.test(name) ? 64 : 32).fill(4)]),
  );
  const fixed = quantizeInt8(fp32, { minWeights: 256, ranges });

  it("names the activations once: attention's input and output, the feed-forward block's two, a layer", () => {
    expect(names).toHaveLength(8);
    expect(new Set(names).size).toBe(8);
  });

  it("scales the outputs of GELU a token and the others once, and lets products add their biases", () => {
    const count = (type: string): number => fixed.graph.node.filter((n) => n.opType === type).length;
    expect(count("ReduceMax")).toBe(2);
    expect(count("QuantizeLinear")).toBe(8);
    const products = fixed.graph.node.filter((n) => n.opType === "MatMulIntegerToFloat");
    expect(products.filter((n) => n.input.length === 7)).toHaveLength(10);
    const sums = fp32.graph.node.filter((n) => n.opType === "Add").length - count("Add");
    expect(sums).toBe(10);
  });

  it("gives a text the same bits alone, in a batch, padded to 64 tokens and with two threads [E03, R03]", async () => {
    const session = await sessionOf(fixed);
    const alone: Float32Array[] = [];
    for (const text of texts) alone.push((await hiddenOf(session, ports, [text]))[0]);
    expect(await hiddenOf(session, ports, texts)).toEqual(alone);
    expect(await hiddenOf(await sessionOf(fixed, 2), ports, texts, 64)).toEqual(alone);
  });

  it("stays near fp32", async () => {
    const exact = await hiddenOf(await sessionOf(fp32), ports, texts);
    const rounded = await hiddenOf(await sessionOf(fixed), ports, texts);
    exact.forEach((hidden, i) => expect(cosine(hidden, rounded[i])).toBeGreaterThan(0.99));
  });

  it("clips values beyond the ranges instead of wrapping around", async () => {
    const model = newModel(13);
    model.graph.node = [node("MatMul", { inputs: ["x", "w"], outputs: ["y"] })];
    model.graph.initializer = [tensor("w", "float32", [2, 1], Float32Array.of(1, 1))];
    model.graph.input = [valueInfo("x", "float32", ["rows", 2])];
    model.graph.output = [valueInfo("y", "float32", ["rows", 1])];
    const made = quantizeInt8(model, { minWeights: 1, ranges: new Map([["x", Float32Array.of(1, 1)]]) });
    const x = { data: Float32Array.of(1, 0.5, 1000, 0, -1000, 0), dims: [3, 2] };
    const { data } = (await (await sessionOf(made)).run(new Map([["x", x]]), ["y"])).get("y")!;
    expect(data[0]).toBeCloseTo(1.5, 1);
    expect(data[1]).toBeCloseTo(1.1, 1);
    expect(data[2]).toBeCloseTo(-1.1, 1);
  });
});

describe("quantizeInt8", () => {
  it("gives a text the same bits alone, in a batch, padded to 64 tokens and with two threads [E03, R03]", async () => {
    const session = await sessionOf(int8);
    const alone: Float32Array[] = [];
    for (const text of texts) alone.push((await hiddenOf(session, ports, [text]))[0]);
    expect(await hiddenOf(session, ports, texts)).toEqual(alone);
    expect(await hiddenOf(session, ports, texts, 64)).toEqual(alone);
    expect(await hiddenOf(await sessionOf(int8, 2), ports, texts, 64)).toEqual(alone);
  });

  it("stays near fp32, and is not fp32", async () => {
    const exact = await hiddenOf(await sessionOf(fp32), ports, texts);
    const rounded = await hiddenOf(await sessionOf(int8), ports, texts);
    exact.forEach((hidden, i) => expect(cosine(hidden, rounded[i])).toBeGreaterThan(0.99));
    expect(rounded).not.toEqual(exact);
  });

  it("rewrites all products with weights, shrinks the file and leaves the model as it was", () => {
    const before = writeModel(fp32);
    const made = quantizeInt8(fp32, { minWeights: 256 });
    expect(Buffer.compare(writeModel(fp32), before)).toBe(0);
    const weights = new Set(fp32.graph.initializer.map((t) => t.name));
    const products = fp32.graph.node.filter((n) => n.opType === "MatMul" && weights.has(n.input[1]));
    expect(products).toHaveLength(12);
    expect(made.graph.node.filter((n) => n.opType === "MatMulIntegerToFloat")).toHaveLength(12);
    const bytes = (model: OnnxModel): number =>
      model.graph.initializer.reduce((sum, t) => sum + t.rawData.byteLength, 0);
    expect(bytes(made)).toBeLessThan(0.45 * bytes(fp32));
  });

  it("quantizes no weights below the smallest size", () => {
    const made = quantizeInt8(fp32);
    expect(made.graph.node.some((n) => n.opType === "MatMulIntegerToFloat")).toBe(false);
    const table = made.graph.initializer.filter((t) => t.dims.join() === "197,32");
    expect(table.map((t) => t.dataType)).toEqual([3]);
  });

  // ReduceMax takes its axes as an attribute up to opset 17, as an input from 18 on.
  it.each([13, 17, 18, 20])("makes a graph that runs in opset %i", async (opset) => {
    const weights = Float32Array.from({ length: 16 * 4 }, (_, i) => Math.sin(i));
    const model = newModel(opset);
    model.graph.node = [node("MatMul", { inputs: ["x", "w"], outputs: ["y"] })];
    model.graph.initializer = [tensor("w", "float32", [16, 4], weights)];
    model.graph.input = [valueInfo("x", "float32", ["rows", 16])];
    model.graph.output = [valueInfo("y", "float32", ["rows", 4])];
    const x = Float32Array.from({ length: 2 * 16 }, (_, i) => Math.cos(i * i) * (i < 16 ? 1000 : 0.001));
    const run = async (made: OnnxModel): Promise<Float32Array> => {
      const session = await sessionOf(made);
      const outputs = await session.run(new Map([["x", { data: x, dims: [2, 16] }]]), ["y"]);
      return outputs.get("y")!.data as Float32Array;
    };
    const [exact, rounded] = [await run(model), await run(quantizeInt8(model, { minWeights: 1 }))];
    for (const row of [0, 1]) {
      const part = (all: Float32Array): Float32Array => all.subarray(row * 4, row * 4 + 4);
      expect(cosine(part(rounded), part(exact))).toBeGreaterThan(0.999);
      expect(Math.hypot(...part(rounded)) / Math.hypot(...part(exact))).toBeCloseTo(1, 1);
    }
  });

  it.each([
    ["Gelu(a)", true],
    ["a (1 + erf) / 2", true],
    ["a / 2 (1 + erf)", true],
    ["Gelu(a) b", false],
    ["a (1 + erf) / 2 b", false],
    ["b (1 + erf) / 2", false],
  ])("takes %s for a GELU: %s", (form, isGelu) => {
    const gated = form.endsWith("b");
    const scaled = form.startsWith("b") ? "b" : "a";
    const erf = [
      node("Div", { inputs: ["a", "root"], outputs: ["unit"] }),
      node("Erf", { inputs: ["unit"], outputs: ["erf"] }),
      node("Add", { inputs: ["erf", "one"], outputs: ["sum"] }),
    ];
    const gelu = form.startsWith("Gelu")
      ? [node("Gelu", { inputs: ["a"], outputs: ["g"] })]
      : form.startsWith("a / 2")
        ? [
            ...erf,
            node("Mul", { inputs: ["a", "half"], outputs: ["halved"] }),
            node("Mul", { inputs: ["sum", "halved"], outputs: ["g"] }),
          ]
        : [
            ...erf,
            node("Mul", { inputs: [scaled, "sum"], outputs: ["doubled"] }),
            node("Mul", { inputs: ["doubled", "half"], outputs: ["g"] }),
          ];
    const model = newModel(20);
    model.graph.node = [...gelu, ...(gated ? [node("Mul", { inputs: ["g", "b"], outputs: ["x"] })] : [])];
    model.graph.initializer = [
      ["root", Math.SQRT2],
      ["one", 1],
      ["half", 0.5],
    ].map(([name, value]) => tensor(name as string, "float32", [], Float32Array.of(value as number)));
    expect(comesFromGelu(new GraphIndex(model.graph), gated ? "x" : "g")).toBe(isGelu);
  });

  it("gives zero for a token of zeros, not NaN [R32]", async () => {
    const model = newModel(13);
    model.graph.node = [node("MatMul", { inputs: ["x", "w"], outputs: ["y"] })];
    model.graph.initializer = [tensor("w", "float32", [2, 2], Float32Array.of(1, 0, 0, 0))];
    model.graph.input = [valueInfo("x", "float32", ["rows", 2])];
    model.graph.output = [valueInfo("y", "float32", ["rows", 2])];
    const session = await sessionOf(quantizeInt8(model, { minWeights: 1 }));
    const x = { data: Float32Array.of(0, 0, 3, 4), dims: [2, 2] };
    const { data } = (await session.run(new Map([["x", x]]), ["y"])).get("y")!;
    expect([...data.subarray(0, 2)]).toEqual([0, 0]);
    expect(data[2]).toBeCloseTo(3, 1);
    expect(data[3]).toBe(0);
  });

  it("takes weights that are also listed as inputs off that list", async () => {
    const model = newModel(13);
    model.graph.node = [node("MatMul", { inputs: ["x", "w"], outputs: ["y"] })];
    model.graph.initializer = [tensor("w", "float32", [2, 1], Float32Array.of(1, 2))];
    model.graph.input = [valueInfo("x", "float32", ["rows", 2]), valueInfo("w", "float32", [2, 1])];
    model.graph.output = [valueInfo("y", "float32", ["rows", 1])];
    const session = await sessionOf(quantizeInt8(model, { minWeights: 1 }));
    const x = { data: Float32Array.of(1, 1), dims: [1, 2] };
    const { data } = (await session.run(new Map([["x", x]]), ["y"])).get("y")!;
    expect(data[0]).toBeCloseTo(3, 1);
  });
});
