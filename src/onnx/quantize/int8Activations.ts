import { varyingInput, type GraphIndex } from "../model/graphIndex.js";
import type { Weights } from "./int8Weights.js";
import { node, tensor, type NodeProto, type TensorProto } from "../model/model.js";

/** An activation as a product of integers takes it. */
export interface ProductInput {
  /** Names of the u8 numbers, of the value of one step, and of the step that stands for zero. */
  readonly steps: string;
  readonly step: string;
  readonly zero: string;
  /** Name of the factor `[.., 1]` that the product's rows are still to be multiplied by; undefined where there is none. */
  readonly rowScale: string | undefined;
  /** What the weights' rows are multiplied by beforehand; undefined where they stay. */
  readonly rowFactors: Float32Array | undefined;
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly TensorProto[];
}

/** Steps around the zero point when both signs occur. */
const SIGNED = { zero: 128, steps: 127 };
/** GELU never goes below -0.17, so a quarter of the range is enough below zero once the scale is at least 0.68. */
const GELU = { zero: 51, steps: 204, leastScale: 0.68 };
const TINY = 1e-30;
/** Between giving all of a column's range to the weights (1) and leaving it to the activation (0). */
const SMOOTHING = 0.75;
/** Room above the largest value that was seen. */
const MARGIN = 1.1;
/** Products of products that are split into their factors. */
const MOST_PRODUCTS = 8;
/** From this opset on the axes of a reduction are an input. */
const AXES_AS_INPUT = 18;

/**
 * One scale a token: s = max |x| of the row, or for the output of a GELU max x; q = round(x / s * steps) + zero.
 *
 * @see Yao et al. 2022 (ZeroQuant, token-wise quantization): https://arxiv.org/abs/2206.01861
 */
export function perToken(x: string, { gelu, opset }: { readonly gelu: boolean; readonly opset: number }): ProductInput {
  const { zero, steps } = gelu ? GELU : SIGNED;
  const largest = gelu ? x : `${x}/abs`;
  const asInput = opset >= AXES_AS_INPUT;
  return {
    steps: `${x}/int8`,
    step: `${x}/step`,
    zero: `${x}/zero`,
    rowScale: `${x}/scale`,
    rowFactors: undefined,
    nodes: [
      ...(gelu ? [] : [node("Abs", { inputs: [x], outputs: [largest] })]),
      node(
        "ReduceMax",
        { inputs: asInput ? [largest, `${x}/axes`] : [largest], outputs: [`${x}/max`] },
        { attributes: asInput ? { keepdims: 1n } : { axes: [-1], keepdims: 1n } },
      ),
      node("Max", { inputs: [`${x}/max`, `${x}/least`], outputs: [`${x}/scale`] }),
      node("Div", { inputs: [x, `${x}/scale`], outputs: [`${x}/unit`] }),
      node("QuantizeLinear", { inputs: [`${x}/unit`, `${x}/step`, `${x}/zero`], outputs: [`${x}/int8`] }),
    ],
    constants: [
      ...(asInput ? [tensor(`${x}/axes`, "int64", [1], BigInt64Array.of(-1n))] : []),
      tensor(`${x}/least`, "float32", [], Float32Array.of(gelu ? GELU.leastScale : TINY)),
      tensor(`${x}/step`, "float32", [], Float32Array.of(1 / steps)),
      tensor(`${x}/zero`, "uint8", [], Uint8Array.of(zero)),
    ],
  };
}

/**
 * One fixed scale, after the columns' ranges have been evened out: column c is divided by f_c, and row c of the weights
 * multiplied by it, f_c = range_c^0.75 / (largest |weight| in row c)^0.25. Larger values than were seen are clipped.
 *
 * @param ranges   largest |x| of every column on texts of all kinds
 * @param weights  of all products that take `x`
 * @see Xiao et al. 2023 (SmoothQuant): https://arxiv.org/abs/2211.10438
 */
export function fixedScale(x: string, ranges: Float32Array, weights: readonly Weights[]): ProductInput {
  const factors = ranges.map((range, c) => {
    const heaviest = weights.reduce((most, w) => Math.max(most, largestInRow(w, c)), 1e-5);
    return Math.max(1e-5, Math.max(range, 1e-5) ** SMOOTHING / heaviest ** (1 - SMOOTHING));
  });
  const top = ranges.reduce((most, range, c) => Math.max(most, range / factors[c]), TINY);
  return {
    steps: `${x}/int8`,
    step: `${x}/step`,
    zero: `${x}/zero`,
    rowScale: undefined,
    rowFactors: factors,
    nodes: [
      node("Mul", { inputs: [x, `${x}/even`], outputs: [`${x}/evened`] }),
      node("QuantizeLinear", { inputs: [`${x}/evened`, `${x}/step`, `${x}/zero`], outputs: [`${x}/int8`] }),
    ],
    constants: [
      tensor(
        `${x}/even`,
        "float32",
        [factors.length],
        factors.map((f) => 1 / f),
      ),
      tensor(`${x}/step`, "float32", [], Float32Array.of((top * MARGIN) / SIGNED.steps)),
      tensor(`${x}/zero`, "uint8", [], Uint8Array.of(SIGNED.zero)),
    ],
  };
}

function largestInRow({ cols, data }: Weights, row: number): number {
  let largest = 0;
  for (let i = row * cols; i < (row + 1) * cols; i++) largest = Math.max(largest, Math.abs(data[i]));
  return largest;
}

/**
 * Whether `x` is a GELU's output: of an operator of that name, or a/2 (1 + erf(a/√2)) in any order of its products. What
 * another tensor multiplies after that (a gated GELU) is none: it may be far below zero.
 */
export function comesFromGelu(index: GraphIndex, x: string): boolean {
  /** What `name` is made from beside constants, if that is by an operator `wanted`. */
  const inputOf = (name: string | undefined, ...wanted: string[]): string | undefined => {
    const n = index.producer(name);
    return n !== undefined && wanted.includes(n.opType) ? varyingInput(index, n) : undefined;
  };
  const factorsOf = (name: string, most = MOST_PRODUCTS): string[] => {
    const n = most === 0 ? undefined : index.producer(name);
    if (n?.opType !== "Mul") return [name];
    return n.input.filter((input) => !index.isConstant(input)).flatMap((input) => factorsOf(input, most - 1));
  };
  if (index.producer(x)?.opType === "Gelu") return true;
  const factors = factorsOf(x);
  const erfOf = (factor: string): string | undefined => inputOf(inputOf(inputOf(factor, "Add"), "Erf"), "Div", "Mul");
  return (
    factors.length === 2 && factors.some((factor, i) => erfOf(factor) !== undefined && erfOf(factor) === factors[1 - i])
  );
}
