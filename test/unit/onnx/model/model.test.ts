import { describe, expect, it } from "vitest";
import {
  copyModel,
  floats,
  lastDimension,
  newModel,
  node,
  rankOf,
  readModel,
  shapeOf,
  tensor,
  valueInfo,
  writeModel,
} from "../../../../src/onnx/model/model.js";
import { fixtureModel, modelBytes, type Fixture } from "../../encoder/tinyBert.js";

describe("readModel and writeModel", () => {
  it.each<Fixture>(["tiny-bert", "tiny-bert-output-names", "dynamic-int8", "odd-inputs", "rank2-output"])(
    "give the bytes of %s back",
    (name) => {
      const bytes = modelBytes(name);
      expect(Buffer.compare(writeModel(readModel(bytes, name)), bytes)).toBe(0);
    },
  );

  it.each([
    ["no protobuf", Buffer.from("<html>not found</html>")],
    ["a cut file", modelBytes("tiny-bert").subarray(0, 60_000)],
    ["no bytes", new Uint8Array(0)],
    ["a model without nodes", writeModel(newModel(13))],
  ])("refuse %s with E_ENCODER_INVALID and the file's name", (_, bytes) => {
    expect(() => readModel(bytes, "some/model.onnx")).toThrow(
      expect.objectContaining({ code: "E_ENCODER_INVALID", message: expect.stringContaining("some/model.onnx") }),
    );
  });

  it("copyModel() can be rewired without changing the model", () => {
    const model = fixtureModel("tiny-bert");
    const before = writeModel(model);
    const copy = copyModel(model);
    copy.graph.node[0].input[0] = "elsewhere";
    copy.graph.node = [];
    copy.graph.output = [];
    expect(Buffer.compare(writeModel(model), before)).toBe(0);
  });
});

describe("tensor and valueInfo", () => {
  it("floats() gives float32 numbers back, from an odd place in memory too, and nothing of another kind", () => {
    const numbers = Float32Array.of(1.5, -2, 3e-40);
    const made = tensor("t", "float32", [3, 1], numbers);
    expect([shapeOf(made), floats(made)]).toEqual([[3, 1], numbers]);
    const moved = new Uint8Array(13);
    moved.set(made.rawData, 1);
    expect(floats({ ...made, rawData: moved.subarray(1) })).toEqual(numbers);
    expect(floats({ ...made, rawData: new Uint8Array(0), floatData: [1, 2, 3] })).toEqual(Float32Array.of(1, 2, 3));
    expect(floats(tensor("t", "int8", [1], Int8Array.of(1)))).toBeUndefined();
  });

  it("rankOf() and lastDimension() say what a value declares", () => {
    const value = valueInfo("x", "float32", ["batch", "tokens", 32]);
    expect([rankOf(value), lastDimension(value)]).toEqual([3, 32]);
    expect(lastDimension(valueInfo("x", "float32", ["batch", "width"]))).toBeUndefined();
    expect(rankOf({ ...value, type: undefined } as never)).toBeUndefined();
  });

  it("node() makes floats of numbers, integers of bigints, and lists of integers", () => {
    const made = node(
      "Op",
      { inputs: ["a"], outputs: ["b"] },
      { attributes: { alpha: 0.5, to: 1n, mode: "x", axes: [-1] } },
    );
    expect(made.attribute.map(({ name, type, f, i, ints }) => [name, type, f, i, ints])).toEqual([
      ["alpha", 1, 0.5, 0n, []],
      ["to", 2, 0, 1n, []],
      ["mode", 3, 0, 0n, []],
      ["axes", 7, 0, 0n, [-1n]],
    ]);
  });
});
