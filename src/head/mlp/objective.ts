import type { Floats } from "../../onnx/runtime/gemm.js";
import { openSession, type NumberArray } from "../../onnx/runtime/session.js";
import type { MlpShape } from "./trainingGraph.js";

/** The rows of one step. */
export interface MlpBatch {
  /** Which rows of the matrix. */
  readonly index: Int32Array;
  /** Label index of each. */
  readonly y: Int32Array;
  /** Weight of each in the summed loss. */
  readonly weights: Floats;
  /** For each hidden layer what its outputs are multiplied by, `[batch, width]`; needed with dropout. */
  readonly masks?: readonly Floats[] | undefined;
}

/** The log loss of an MLP on fixed rows, on onnxruntime, in the precision of its numbers. */
export interface MlpProblem {
  /** Numbers in a point: for each layer its weights `[in, out]`, then its biases. */
  readonly size: number;
  /** Where in a point the weights of each layer and, after them, its biases stand. */
  readonly places: readonly Place[];
  /** Weighted loss summed over a batch, and its gradient, a part for each of `places`. The matrix is read in place. */
  step(point: Floats, batch: MlpBatch): Promise<{ readonly loss: number; readonly gradient: readonly Floats[] }>;
  /** Logits `[rows, classes]` of other rows, without dropout. */
  logits(point: Floats, x: Floats): Promise<Floats>;
  close(): Promise<void>;
}

type Input = readonly [name: string, value: { readonly data: NumberArray; readonly dims: readonly number[] }];

/** Parameters `[start, end)` of a point. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly kind: "weights" | "biases";
  /** `[in, out]` of weights, `[out]` of biases. */
  readonly dims: readonly number[];
}

/** @param numbers  `[rows, width]`, row-major; never written or copied */
export async function openMlpProblem(
  numbers: Floats,
  shape: MlpShape,
  options: { readonly dropout?: boolean | undefined; readonly threads?: number | undefined } = {},
): Promise<MlpProblem> {
  const { dropout = false, ...session } = options;
  const type = numbers instanceof Float32Array ? "float32" : "float64";
  const { widths } = shape;
  const places = placesOf(widths);
  const size = places[places.length - 1].end;
  const classes = widths[widths.length - 1];
  const { logitsModel, stepModel } = await import("./trainingGraph.js");
  const [stepping, predicting] = await Promise.all([
    openSession(stepModel(shape, type, dropout), session),
    openSession(logitsModel(shape, type), session),
  ]);
  const fresh = (n: number): Floats => (type === "float32" ? new Float32Array(n) : new Float64Array(n));
  const names = places.map(({ kind }, i) => `${kind === "weights" ? "w" : "b"}${Math.floor(i / 2)}`);
  const parameters = (point: Floats): Input[] =>
    places.map(({ start, end, dims }, i) => [names[i], { data: point.subarray(start, end), dims }]);
  const gradients = names.map((name) => `d${name}`);
  return {
    size,
    places,
    async step(point, { index, y, weights, masks = [] }) {
      const truth = fresh(index.length * classes);
      y.forEach((label, r) => (truth[r * classes + label] = weights[r]));
      const inputs = new Map<string, Input[1]>([
        ["x", { data: numbers, dims: [numbers.length / widths[0], widths[0]] }],
        ["index", { data: index, dims: [index.length] }],
        ["truth", { data: truth, dims: [index.length, classes] }],
        ["weight", { data: weights, dims: [index.length, 1] }],
        ...parameters(point),
        ...masks.map((mask, i): Input => [`mask${i}`, { data: mask, dims: [index.length, widths[i + 1]] }]),
      ]);
      const results = await stepping.run(inputs, ["loss", ...gradients]);
      const gradient = gradients.map((name) => results.get(name)!.data);
      return { loss: results.get("loss")!.data[0], gradient };
    },
    async logits(point, x) {
      const inputs = new Map<string, Input[1]>([
        ["x", { data: x, dims: [x.length / widths[0], widths[0]] }],
        ...parameters(point),
      ]);
      return (await predicting.run(inputs, ["logits"])).get("logits")!.data;
    },
    close: async () => {
      await Promise.all([stepping.close(), predicting.close()]);
    },
  };
}

function placesOf(widths: readonly number[]): readonly Place[] {
  let at = 0;
  const next = (kind: Place["kind"], dims: readonly number[]): Place => {
    const start = at;
    at += dims.reduce((product, d) => product * d, 1);
    return { start, end: at, kind, dims };
  };
  return widths.slice(1).flatMap((width, i) => [next("weights", [widths[i], width]), next("biases", [width])]);
}
