import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import {
  newModel,
  node,
  readModel,
  tensor,
  valueInfo,
  type NodeProto,
  type OnnxModel,
} from "../../../../src/onnx/model/model.js";
import {
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  SparseTensorProtoSchema,
  TensorProtoSchema,
  type TensorProto,
} from "../../../../src/onnx/model/onnx_pb.js";
import { quantizeInt8 } from "../../../../src/onnx/quantize/quantize.js";
import { refuseHugeTensors } from "../../../../src/onnx/model/sizeBounds.js";
import { fixtureModel, type Fixture } from "../../encoder/tinyBert.js";

const MINI = fileURLToPath(new URL("../../../../data/encoders/headstart-mini/onnx/model.onnx", import.meta.url));
const ENCODERS = process.env["HEADSTART_ENCODERS"] ?? "";

const check = (model: OnnxModel, outside: (t: TensorProto) => Uint8Array | undefined = () => undefined): void =>
  refuseHugeTensors(model, { file: "some/model.onnx", outside });

const refusal = expect.objectContaining({
  code: "E_ENCODER_UNSUPPORTED",
  message: expect.stringMatching(/some\/model\.onnx.*Export the encoder again/),
});

const ints = (name: string, ...numbers: number[]): TensorProto =>
  tensor(name, "int64", [numbers.length], BigInt64Array.from(numbers, BigInt));
const int = (name: string, number: number): TensorProto => tensor(name, "int64", [], BigInt64Array.of(BigInt(number)));

type Attributes = NonNullable<Parameters<typeof node>[2]>["attributes"];

/** A node that gives `output`. */
const op = (type: string, inputs: string[], output: string, attributes: Attributes = {}): NodeProto =>
  node(type, { inputs, outputs: [output] }, { attributes });

/** A model of these nodes beside the constants `one` (a float) and `axis` (0), and texts as inputs. */
function modelOf(nodes: NodeProto[], constants: TensorProto[] = []): OnnxModel {
  const model = newModel(13);
  model.graph.input = ["input_ids", "attention_mask"].map((name) => valueInfo(name, "int64", ["batch", "tokens"]));
  model.graph.initializer = [tensor("one", "float32", [1], Float32Array.of(1)), ints("axis", 0), ...constants];
  model.graph.node = nodes;
  return model;
}

const graphIn = (name: string, nodes: NodeProto[]) =>
  create(AttributeProtoSchema, { name, type: 5, g: create(GraphProtoSchema, { node: nodes }) });

const HUGE = 1e12;
const huge = [op("ConstantOfShape", ["huge"], "y")];
const filled = [ints("huge", HUGE)];

/** Each makes far more than a billion numbers. */
const HOSTILE: [string, () => OnnxModel][] = [
  ["ConstantOfShape of a constant", () => modelOf(huge, filled)],
  [
    "ConstantOfShape below the bound of one, ten times",
    () =>
      modelOf(
        Array.from({ length: 10 }, (_, i) => op("ConstantOfShape", ["n"], `y${i}`)),
        [ints("n", 1e8)],
      ),
  ],
  [
    "a shape put together of constants",
    () =>
      modelOf(
        [op("Concat", ["a", "a", "a"], "shape", { axis: 0n }), op("ConstantOfShape", ["shape"], "y")],
        [ints("a", 1e4)],
      ),
  ],
  [
    "a shape that is a product",
    () => modelOf([op("Mul", ["a", "a"], "shape"), op("ConstantOfShape", ["shape"], "y")], [ints("a", 1e6)]),
  ],
  [
    "a shape by ReduceProd",
    () => modelOf([op("ReduceProd", ["a"], "shape"), op("ConstantOfShape", ["shape"], "y")], [ints("a", 1e6, 1e6)]),
  ],
  [
    "a shape cast from a float",
    () =>
      modelOf(
        [op("Cast", ["f"], "shape", { to: 7n }), op("ConstantOfShape", ["shape"], "y")],
        [tensor("f", "float32", [1], Float32Array.of(HUGE))],
      ),
  ],
  [
    "a shape from the sizes of a text, scaled",
    () =>
      modelOf(
        [op("Shape", ["input_ids"], "shape"), op("Mul", ["shape", "a"], "more"), op("ConstantOfShape", ["more"], "y")],
        [ints("a", 1e6)],
      ),
  ],
  [
    "a shape from the numbers of a text, scaled",
    () =>
      modelOf(
        [
          op("ReduceSum", ["attention_mask"], "sum"),
          op("Mul", ["sum", "a"], "n"),
          op("Range", ["zero", "n", "step"], "y"),
        ],
        [int("a", 1e10), int("zero", 0), int("step", 1)],
      ),
  ],
  [
    "a shape beyond what numbers can be followed to",
    () =>
      modelOf(
        [op("Mul", ["a", "a"], "b"), op("Mul", ["b", "b"], "c"), op("ConstantOfShape", ["c"], "y")],
        [ints("a", 1e6)],
      ),
  ],
  [
    "a constant shape by an operator that is not followed",
    () => modelOf([op("Det", ["a"], "b"), op("ConstantOfShape", ["b"], "y")], [ints("a", 1)]),
  ],
  [
    "a shape in half precision",
    () =>
      modelOf(
        [
          op("Cast", ["a"], "half", { to: 10n }),
          op("Mul", ["half", "half"], "b"),
          op("Cast", ["b"], "shape", { to: 7n }),
          op("ConstantOfShape", ["shape"], "y"),
        ],
        [ints("a", 200)],
      ),
  ],
  ["nodes in another order", () => modelOf([...huge, op("Mul", ["a", "a"], "huge")], [ints("a", 1e6)])],
  ["Expand", () => modelOf([op("Expand", ["one", "huge"], "y")], filled)],
  [
    "Expand of what a text gives in a way that is not followed",
    () => modelOf([op("NonZero", ["input_ids"], "x"), op("Expand", ["x", "n"], "y")], [ints("n", 1e6, 1e6)]),
  ],
  ["Tile", () => modelOf([op("Tile", ["one", "huge"], "y")], filled)],
  [
    "Range",
    () => modelOf([op("Range", ["zero", "end", "step"], "y")], [int("zero", 0), int("end", HUGE), int("step", 1)]),
  ],
  [
    "Range of small steps",
    () =>
      modelOf(
        [op("Range", ["zero", "end", "step"], "y")],
        ["zero", "end", "step"].map((name, i) => tensor(name, "float32", [], Float32Array.of([0, 1, 1e-12][i]))),
      ),
  ],
  ["Pad", () => modelOf([op("Pad", ["one", "pads"], "y")], [ints("pads", 0, HUGE)])],
  ["Pad as an attribute", () => modelOf([op("Pad", ["one"], "y", { pads: [0, HUGE] })])],
  [
    "OneHot",
    () => modelOf([op("OneHot", ["input_ids", "depth", "values"], "y")], [int("depth", HUGE), ints("values", 0, 1)]),
  ],
  [
    "a sum of a column and a row",
    () =>
      modelOf(
        [op("Add", ["a", "b"], "y")],
        [
          [20_000, 1],
          [1, 20_000],
        ].map((dims, i) => tensor("ab"[i], "float32", dims, new Float32Array(20_000))),
      ),
  ],
  [
    "a product of a column and a row",
    () =>
      modelOf(
        [op("MatMul", ["a", "b"], "y")],
        [
          [20_000, 1],
          [1, 20_000],
        ].map((dims, i) => tensor("ab"[i], "float32", dims, new Float32Array(20_000))),
      ),
  ],
  [
    "Einsum",
    () =>
      modelOf(
        [op("Einsum", ["a", "a"], "y", { equation: "i, j -> ij" })],
        [tensor("a", "float32", [20_000], new Float32Array(20_000))],
      ),
  ],
  [
    "rows taken again and again",
    () =>
      modelOf(
        [op("Gather", ["a", "at"], "y")],
        [
          tensor("a", "float32", [1, 20_000], new Float32Array(20_000)),
          tensor("at", "int64", [20_000], new BigInt64Array(20_000)),
        ],
      ),
  ],
  [
    "what is doubled forty times",
    () =>
      modelOf(
        Array.from({ length: 40 }, (_, i) =>
          op("Concat", [i === 0 ? "axis" : `y${i - 1}`, i === 0 ? "axis" : `y${i - 1}`], `y${i}`, { axis: 0n }),
        ),
      ),
  ],
  [
    "products of constants again and again",
    () =>
      modelOf(
        Array.from({ length: 100 }, (_, i) => op("MatMul", [i === 0 ? "a" : `y${i - 1}`, "a"], `y${i}`)),
        [tensor("a", "float32", [1000, 1000], new Float32Array(1e6))],
      ),
  ],
  [
    "a branch of If",
    () => {
      const branch = op("If", ["yes"], "z");
      branch.attribute = [graphIn("then_branch", huge), graphIn("else_branch", [op("Identity", ["one"], "y")])];
      return modelOf([branch], [...filled, tensor("yes", "int64", [], BigInt64Array.of(1n))]);
    },
  ],
  [
    "a graph within a graph",
    () => {
      const [inner, outer] = [op("If", ["yes"], "z"), op("If", ["yes"], "z")];
      inner.attribute = [graphIn("else_branch", huge)];
      outer.attribute = [graphIn("then_branch", [inner])];
      return modelOf([outer], filled);
    },
  ],
  [
    "a function",
    () => {
      const model = modelOf([node("Grow", { inputs: ["huge"], outputs: ["z"] }, { domain: "own" })], filled);
      model.functions = [
        create(FunctionProtoSchema, { name: "Grow", domain: "own", input: ["huge"], output: ["y"], node: huge }),
      ];
      return model;
    },
  ],
  [
    "a function with the size as an attribute",
    () => {
      const made = op("Constant", [], "huge");
      made.attribute = [create(AttributeProtoSchema, { name: "value_ints", type: 7, refAttrName: "size" })];
      const model = modelOf([
        node("Grow", { inputs: [], outputs: ["z"] }, { domain: "own", attributes: { size: [HUGE] } }),
      ]);
      model.functions = [
        create(FunctionProtoSchema, { name: "Grow", domain: "own", output: ["y"], node: [made, ...huge] }),
      ];
      return model;
    },
  ],
  [
    "functions that double one another",
    () => {
      const call = (i: number): NodeProto[] =>
        ["a", "b"].map((name) => node(`F${i}`, { inputs: ["x"], outputs: [name] }, { domain: "own" }));
      const model = modelOf([node("F39", { inputs: ["one"], outputs: ["z"] }, { domain: "own" })]);
      model.functions = Array.from({ length: 40 }, (_, i) =>
        create(FunctionProtoSchema, {
          name: `F${i}`,
          domain: "own",
          input: ["x"],
          output: ["a"],
          node: i === 0 ? [op("Neg", ["x"], "a")] : call(i - 1),
        }),
      );
      return model;
    },
  ],
  [
    "a function that calls itself",
    () => {
      const call = node("F", { inputs: ["x"], outputs: ["a"] }, { domain: "own" });
      const model = modelOf([node("F", { inputs: ["one"], outputs: ["z"] }, { domain: "own" })]);
      model.functions = [
        create(FunctionProtoSchema, { name: "F", domain: "own", input: ["x"], output: ["a"], node: [call] }),
      ];
      return model;
    },
  ],
  [
    "a sparse constant, spread",
    () => {
      const values = create(TensorProtoSchema, { name: "s", dataType: 1, dims: [0n] });
      const model = modelOf([op("Add", ["s", "turned"], "y"), op("Transpose", ["s"], "turned")]);
      model.graph.sparseInitializer = [create(SparseTensorProtoSchema, { values, dims: [20_000n, 1n] })];
      return model;
    },
  ],
  [
    "a window wider than any text",
    () => modelOf([op("AveragePool", ["one"], "y", { kernel_shape: [1], pads: [HUGE, HUGE] })]),
  ],
  ["sixty thousand nodes", () => modelOf(Array.from({ length: 60_000 }, (_, i) => op("Neg", ["one"], `y${i}`)))],
  ...["Loop", "Scan", "SequenceMap", "RandomNormal", "Multinomial", "Resize", "Upsample", "BlackmanWindow"].map(
    (type): [string, () => OnnxModel] => [type, () => modelOf([op(type, ["one"], "y")])],
  ),
];

/** As exporters write them. */
const HARMLESS: [string, () => OnnxModel][] = [
  [
    "a mask spread over a text",
    () => modelOf([op("Shape", ["input_ids"], "shape"), op("Expand", ["one", "shape"], "y")]),
  ],
  [
    "positions up to the longest text",
    () => modelOf([op("Range", ["zero", "n", "step"], "y")], [int("zero", 0), int("n", 8192), int("step", 1)]),
  ],
  [
    "weights as large as can be, taken out of integers",
    () => {
      const weights = create(TensorProtoSchema, { name: "w", dataType: 3, dims: [250_000n, 4096n], dataLocation: 1 });
      return modelOf([op("DequantizeLinear", ["w", "one"], "f"), op("Gather", ["f", "input_ids"], "y")], [weights]);
    },
  ],
  [
    "weights in a node",
    () => {
      const made = op("Constant", [], "w");
      const t = create(TensorProtoSchema, { dataType: 1, dims: [250_000n, 4096n], dataLocation: 1 });
      made.attribute = [create(AttributeProtoSchema, { name: "value", type: 4, t })];
      return modelOf([made, op("Gather", ["w", "input_ids"], "y")]);
    },
  ],
  [
    "a size that only the texts' numbers say",
    () => modelOf([op("Unique", ["input_ids"], "u"), op("ReduceMax", ["u"], "n"), op("ConstantOfShape", ["n"], "y")]),
  ],
  [
    "two branches",
    () => {
      const branch = op("If", ["yes"], "z");
      branch.attribute = ["then_branch", "else_branch"].map((name) => graphIn(name, [op("Neg", ["one"], "y")]));
      return modelOf([branch], [tensor("yes", "int64", [], BigInt64Array.of(1n))]);
    },
  ],
];

describe("refuseHugeTensors()", () => {
  it.each(HOSTILE)("refuses %s", (_, load) => {
    expect(() => check(load())).toThrow(refusal);
  });

  it.each(HARMLESS)("takes %s", (_, load) => {
    expect(() => check(load())).not.toThrow();
  });

  it("follows a shape that lies in another file", () => {
    const t = create(TensorProtoSchema, { name: "huge", dataType: 7, dims: [1n], dataLocation: 1 });
    const bytes = (n: number): Uint8Array => new Uint8Array(BigInt64Array.of(BigInt(n)).buffer);
    expect(() => check(modelOf(huge, [t]), () => bytes(HUGE))).toThrow(refusal);
    expect(() => check(modelOf(huge, [t]), () => bytes(10))).not.toThrow();
    expect(() => check(modelOf(huge, [t]))).toThrow(refusal);
  });

  it.each<[string, () => Promise<OnnxModel>]>([
    ...(["tiny-bert", "tiny-bert-cls", "tiny-bert-output-names", "dynamic-int8"] as const).map(
      (name: Fixture): [string, () => Promise<OnnxModel>] => [name, async () => fixtureModel(name)],
    ),
    ["tiny-bert in int8", async () => quantizeInt8(fixtureModel("tiny-bert"), { minWeights: 64 })],
    ["the built-in encoder", async () => readModel(await readFile(MINI), MINI)],
  ])("takes %s", async (_, load) => {
    const model = await load();
    expect(() => check(model)).not.toThrow();
  });

  it.skipIf(!existsSync(ENCODERS)).each(["Xenova/all-MiniLM-L6-v2", "Xenova/bge-small-en-v1.5"])(
    "takes %s",
    async (name) => {
      const file = `${ENCODERS}/${name}/onnx/model.onnx`;
      const model = readModel(await readFile(file), file);
      expect(() => check(model)).not.toThrow();
    },
  );
});
