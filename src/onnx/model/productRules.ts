import { known, product, type KnownTensor } from "./knownTensor.js";
import { ElementType } from "./model.js";
import { axisOf, broadcast, isLeftOut, listed, type Call, type NumberRule } from "./numberRules.js";

const REDUCTIONS: Readonly<Record<string, (numbers: readonly number[]) => number>> = {
  ReduceProd: product,
  ReduceSum: (all) => all.reduce((a, b) => a + b, 0),
  ReduceMax: (all) => Math.max(...all),
  ReduceMin: (all) => Math.min(...all),
  ReduceMean: (all) => all.reduce((a, b) => a + b, 0) / all.length,
  ReduceL1: () => Number.NaN,
  ReduceL2: () => Number.NaN,
  ReduceLogSum: () => Number.NaN,
  ReduceLogSumExp: () => Number.NaN,
  ReduceSumSquare: () => Number.NaN,
};

function reduced(call: Call, of: (numbers: readonly number[]) => number): KnownTensor[] {
  const [{ shape, numbers, type }] = call.inputs;
  if (shape === undefined) return [known(type, undefined)];
  const given = listed(call, 1, "axes");
  if (given === undefined && !isLeftOut(call, 1, "axes")) return [known(type, undefined)];
  const isNothing = (given ?? []).length === 0 && call.ints("noop_with_empty_axes")?.[0] === 1;
  const all = (given ?? []).length === 0 && !isNothing;
  const axes = new Set(all ? shape.keys() : given!.map((axis) => axisOf(axis, shape.length)));
  const keeps = (call.ints("keepdims")?.[0] ?? 1) === 1;
  const result = shape.flatMap((size, i) => (!axes.has(i) ? [size] : keeps ? [1] : []));
  return [known(type, result, axes.size === shape.length && numbers !== undefined ? [of(numbers)] : undefined)];
}

const axisAsAxes =
  ({ ints }: Call): Call["ints"] =>
  (name) =>
    name === "axes" ? (ints("axis") ?? [0]) : ints(name);

/** Of two matrices or stacks of them. */
function multiplied(a: KnownTensor, b: KnownTensor | undefined, type: number | undefined): KnownTensor[] {
  if (a.shape === undefined || b?.shape === undefined || a.shape.length < 1 || b.shape.length < 1)
    return [known(type, undefined)];
  const rows = a.shape.length > 1 ? [a.shape.at(-2)!] : [];
  const cols = b.shape.length > 1 ? [b.shape.at(-1)!] : [];
  const stack = broadcast([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  return [known(type, stack && [...stack, ...rows, ...cols])];
}

function gemm({ inputs: [a, b], ints }: Call): KnownTensor[] {
  const rows = a.shape?.at(ints("transA")?.[0] === 1 ? 1 : 0);
  const cols = b?.shape?.at(ints("transB")?.[0] === 1 ? 0 : 1);
  return [known(a.type, rows === undefined || cols === undefined ? undefined : [rows, cols])];
}

function einsum({ inputs, text }: Call): KnownTensor[] {
  const [left, right] = text("equation").replaceAll(" ", "").split("->");
  const sizes = new Map<string, number>();
  for (const [i, labels] of left.split(",").entries())
    [...labels].forEach((label, at) => sizes.set(label, inputs[i]?.shape?.[at] ?? Number.NaN));
  return [
    known(
      inputs[0]?.type,
      right?.split("").map((label) => sizes.get(label) ?? Number.NaN),
    ),
  ];
}

/** Operators that sum, or otherwise put together, the numbers along an axis: reductions and products of matrices. */
export const PRODUCT_RULES: readonly (readonly [op: string, rule: NumberRule])[] = [
  ...Object.entries(REDUCTIONS).map(([op, of]): [string, NumberRule] => [op, (call) => reduced(call, of)]),
  ["ArgMax", (call) => reduced({ ...call, inputs: [call.inputs[0]], ints: axisAsAxes(call) }, () => Number.NaN)],
  ["ArgMin", (call) => reduced({ ...call, inputs: [call.inputs[0]], ints: axisAsAxes(call) }, () => Number.NaN)],
  ["Einsum", einsum],
  ["Gemm", gemm],
  ["MatMul", ({ inputs: [a, b] }) => multiplied(a, b, a.type)],
  ["MatMulInteger", ({ inputs: [a, b] }) => multiplied(a, b, ElementType.int32)],
  ["MatMulIntegerToFloat", ({ inputs: [a, b] }) => multiplied(a, b, ElementType.float32)],
  ["DynamicQuantizeMatMul", ({ inputs: [a, b] }) => multiplied(a, b, ElementType.float32)],
  ["QLinearMatMul", ({ inputs }) => multiplied(inputs[0], inputs[3], undefined)],
  ["MatMulNBits", ({ inputs: [a], ints }) => [known(a.type, a.shape?.with(-1, ints("N")?.[0] ?? Number.NaN))]],
];
