import { newModel, node, valueInfo, writeModel, type ElementTypeName } from "./model.js";
import { openSession, type NumberArray, type Session } from "./session.js";

/** Floating-point numbers of one kind. */
export type Floats = Float32Array | Float64Array;

/** A fixed matrix X `[rows, cols]` and the two products with it that a linear model's fit needs. */
export interface Products {
  /** X W' for W `[k, cols]`: `[rows, k]`, row-major. */
  forward(weights: Floats, k: number): Promise<Floats>;
  /** R' X for R `[rows, k]`: `[k, cols]`, row-major. */
  backward(residuals: Floats, k: number): Promise<Floats>;
  close(): Promise<void>;
}

/**
 * Products on onnxruntime, about fifty times faster than loops in JavaScript, in the precision of `data`.
 *
 * @param data  `[rows, cols]`, row-major; read at every product, never written or copied
 */
export async function openProducts(
  data: Floats,
  shape: { readonly rows: number; readonly cols: number },
  options: { readonly threads?: number } = {},
): Promise<Products> {
  const type: ElementTypeName = data instanceof Float32Array ? "float32" : "float64";
  const { rows, cols } = shape;
  const [forward, backward] = await Promise.all([
    gemm(type, { left: "x", right: "w", transposed: "transB" }, options),
    gemm(type, { left: "r", right: "x", transposed: "transA" }, options),
  ]);
  const x = { data: data as NumberArray, dims: [rows, cols] };
  const product = async (session: Session, name: string, factor: { data: NumberArray; dims: number[] }) => {
    const inputs = new Map([
      ["x", x],
      [name, factor],
    ]);
    return (await session.run(inputs, ["y"])).get("y")!.data;
  };
  return {
    forward: (weights, k) => product(forward, "w", { data: weights, dims: [k, cols] }),
    backward: (residuals, k) => product(backward, "r", { data: residuals, dims: [rows, k] }),
    close: async () => {
      await Promise.all([forward.close(), backward.close()]);
    },
  };
}

function gemm(
  type: ElementTypeName,
  { left, right, transposed }: { left: string; right: string; transposed: "transA" | "transB" },
  options: { readonly threads?: number },
): Promise<Session> {
  const model = newModel(13);
  model.graph.node = [node("Gemm", { inputs: [left, right], outputs: ["y"] }, { attributes: { [transposed]: 1n } })];
  model.graph.input = [valueInfo(left, type, ["a", "b"]), valueInfo(right, type, ["c", "d"])];
  model.graph.output = [valueInfo("y", type, ["e", "f"])];
  return openSession(writeModel(model), options);
}
