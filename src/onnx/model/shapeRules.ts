import { BOOL, isIntegerType, known, MOST_NUMBERS, NOTHING, product, type KnownTensor } from "./knownTensor.js";
import { ElementType } from "./model.js";
import { broadcast, NUMBER_RULES, spread, type Call, type NumberRule } from "./numberRules.js";

type Sizes = readonly number[];

const int64 = ElementType.int64;

/** Operators whose first output has the shape of the first input, and numbers that no size is made from. */
const LIKE_FIRST =
  "Erf Tanh Sigmoid Gelu FastGelu QuickGelu BiasGelu LeakyRelu Elu Selu Celu Softplus Softsign HardSigmoid HardSwish " +
  "Mish Sin Cos Round Clip Softmax LogSoftmax Hardmax LayerNormalization SimplifiedLayerNormalization " +
  "SkipLayerNormalization SkipSimplifiedLayerNormalization RMSNormalization LpNormalization BatchNormalization " +
  "InstanceNormalization GroupNormalization CumSum Trilu Dropout QuantizeLinear DequantizeLinear " +
  "DynamicQuantizeLinear ScatterElements ScatterND Scatter ReverseSequence RotaryEmbedding EyeLike IsNaN IsInf";

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

const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Axes or other integers that newer opsets have as an input and older ones as an attribute. */
const listed = ({ inputs, ints }: Call, at: number, name: string): Sizes | undefined =>
  at < inputs.length && inputs[at] !== NOTHING ? inputs[at].numbers : ints(name);

const isLeftOut = ({ inputs, ints }: Call, at: number, name: string): boolean =>
  (inputs[at] ?? NOTHING) === NOTHING && ints(name) === undefined;

function reshaped({ inputs: [x, to], ints }: Call): KnownTensor[] {
  const sizes = to?.numbers ?? ints("shape");
  if (sizes === undefined) return [NOTHING];
  const copies = ints("allowzero")?.[0] !== 1;
  const shape = sizes.map((size, i) => (size === 0 && copies ? (x.shape?.[i] ?? Number.NaN) : size));
  const free = shape.indexOf(-1);
  const count = x.shape === undefined ? Number.NaN : product(x.shape);
  if (free >= 0) shape[free] = count / product(shape.toSpliced(free, 1));
  return [known(x.type, shape, x.numbers)];
}

function sliced(call: Call): KnownTensor[] {
  const { inputs } = call;
  const [{ shape, numbers, type }] = inputs;
  const [starts, ends] = [listed(call, 1, "starts"), listed(call, 2, "ends")];
  if (shape === undefined || starts === undefined || ends === undefined) return [known(type, undefined)];
  const axes = isLeftOut(call, 3, "axes") ? starts.map((_, i) => i) : listed(call, 3, "axes");
  const steps = (inputs[4] ?? NOTHING) === NOTHING ? starts.map(() => 1) : inputs[4].numbers;
  if (axes === undefined || steps === undefined) return [known(type, undefined)];
  const result = [...shape];
  let kept = numbers;
  for (const [i, given] of axes.entries()) {
    const [axis, step] = [axisOf(given, shape.length), steps[i]];
    const size = shape[axis];
    const clamp = (end: number, least: number, most: number): number =>
      Math.min(most, Math.max(least, end < 0 ? end + size : end));
    const [from, to] =
      step > 0
        ? [clamp(starts[i], 0, size), clamp(ends[i], 0, size)]
        : [clamp(starts[i], 0, size - 1), clamp(ends[i], -1, size - 1)];
    result[axis] = Math.max(0, Math.ceil((to - from) / step));
    kept =
      shape.length === 1
        ? numbers && Array.from({ length: result[axis] }, (_, n) => numbers[from + n * step])
        : undefined;
  }
  return [known(type, result, kept)];
}

function gathered({ inputs: [x, at], ints }: Call): KnownTensor[] {
  if (x.shape === undefined || at?.shape === undefined) return [known(x.type, undefined)];
  const axis = axisOf(ints("axis")?.[0] ?? 0, x.shape.length);
  const [before, size, after] = [x.shape.slice(0, axis), x.shape[axis], x.shape.slice(axis + 1)];
  const shape = [...before, ...at.shape, ...after];
  const inner = product(after);
  const { numbers } = x;
  if (numbers === undefined || at.numbers === undefined || product(shape) > MOST_NUMBERS) return [known(x.type, shape)];
  const places = at.numbers.map((place) => axisOf(place, size));
  const taken = Array.from({ length: product(before) }, (_, o) =>
    places.flatMap((place) => numbers.slice((o * size + place) * inner, (o * size + place + 1) * inner)),
  );
  return [known(x.type, shape, taken.flat())];
}

function joined({ inputs, ints }: Call): KnownTensor[] {
  const [{ shape, type }] = inputs;
  if (shape === undefined || inputs.some((x) => x.shape?.length !== shape.length)) return [known(type, undefined)];
  const axis = axisOf(ints("axis")?.[0] ?? 0, shape.length);
  const sum = inputs.reduce((all, x) => all + x.shape![axis], 0);
  const inOrder = product(shape.slice(0, axis)) === 1 && inputs.every((x) => x.numbers !== undefined);
  const numbers = inOrder && sum <= MOST_NUMBERS ? inputs.flatMap((x) => x.numbers!) : undefined;
  return [known(type, shape.with(axis, sum), numbers)];
}

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

function squeezed(call: Call): KnownTensor[] {
  const [{ shape, numbers, type }] = call.inputs;
  const axes = listed(call, 1, "axes")?.map((axis) => axisOf(axis, shape?.length ?? 0));
  if (shape === undefined || (axes === undefined && !isLeftOut(call, 1, "axes"))) return [known(type, undefined)];
  return [
    known(
      type,
      shape.filter((size, i) => (axes === undefined ? size !== 1 : !axes.includes(i))),
      numbers,
    ),
  ];
}

function unsqueezed(call: Call): KnownTensor[] {
  const [{ shape, numbers, type }] = call.inputs;
  const axes = listed(call, 1, "axes");
  if (shape === undefined || axes === undefined) return [known(type, undefined)];
  const result = [...shape];
  const rank = shape.length + axes.length;
  for (const axis of axes.map((one) => axisOf(one, rank)).toSorted((a, b) => a - b)) result.splice(axis, 0, 1);
  return [known(type, result, numbers)];
}

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

function split(call: Call): KnownTensor[] {
  const [{ shape, type }] = call.inputs;
  const sizes = listed(call, 1, "split");
  return Array.from({ length: call.outputs }, (_, i) => {
    if (shape === undefined || (sizes === undefined && !isLeftOut(call, 1, "split"))) return known(type, undefined);
    const axis = axisOf(call.ints("axis")?.[0] ?? 0, shape.length);
    const size = sizes?.[i] ?? Math.ceil((shape[axis] ?? 0) / call.outputs);
    return known(type, shape.with(axis, size));
  });
}

function padded(call: Call): KnownTensor[] {
  const [x] = call.inputs;
  const pads = listed(call, 1, "pads");
  const shape = x.shape ?? pads?.slice(pads.length / 2).map(() => 1);
  const axes = (call.inputs[3] ?? NOTHING) === NOTHING ? shape?.map((_, i) => i) : call.inputs[3].numbers;
  if (shape === undefined || pads === undefined || axes === undefined) return [known(x.type, undefined)];
  const result = [...shape];
  for (const [i, axis] of axes.entries()) result[axisOf(axis, shape.length)] += pads[i] + pads[i + axes.length];
  return [known(x.type, result)];
}

function tiled({ inputs: [x, times] }: Call): KnownTensor[] {
  return [
    known(
      x.type,
      times?.numbers?.map((t, i) => t * (x.shape?.[i] ?? 1)),
    ),
  ];
}

function range({ inputs }: Call): KnownTensor[] {
  const [start, end, step] = inputs.map((x) => x.numbers?.[0] ?? Number.NaN);
  const count = Math.max(0, Math.ceil((end - start) / step));
  const numbers = count <= MOST_NUMBERS ? Array.from({ length: count }, (_, i) => start + i * step) : undefined;
  return [known(inputs[0]?.type, Number.isNaN(count) ? undefined : [count], numbers)];
}

function filled({ inputs: [{ numbers: shape }], constant }: Call): KnownTensor[] {
  const value = constant("value");
  const isShort = shape !== undefined && product(shape) <= MOST_NUMBERS && product(shape) >= 0;
  const number = value === undefined ? 0 : value.numbers?.[0];
  const numbers = isShort && number !== undefined ? Array.from({ length: product(shape) }, () => number) : undefined;
  return [known(value?.type ?? ElementType.float32, shape, numbers)];
}

function constant({ constant: value, ints }: Call): KnownTensor[] {
  const many = ints("value_ints");
  const one = ints("value_int");
  if (one !== undefined) return [known(int64, [], one)];
  if (many !== undefined) return [known(int64, [many.length], many)];
  return [value("value") ?? value("value_float") ?? value("value_floats") ?? value("sparse_value") ?? NOTHING];
}

function shapeOfInput({ inputs: [{ shape }], ints }: Call): KnownTensor[] {
  if (shape === undefined) return [known(int64, undefined)];
  const sizes = shape.slice(ints("start")?.[0] ?? 0, ints("end")?.[0] ?? shape.length);
  return [known(int64, [sizes.length], sizes)];
}

function oneHot({ inputs: [{ shape }, depth, values], ints }: Call): KnownTensor[] {
  const axis = axisOf(ints("axis")?.[0] ?? -1, (shape?.length ?? 0) + 1);
  return [known(values?.type, (shape ?? []).toSpliced(axis, 0, depth?.numbers?.[0] ?? Number.NaN))];
}

function transposed({ inputs: [{ shape, numbers, type }], ints }: Call): KnownTensor[] {
  const order = ints("perm") ?? shape?.map((_, i) => shape.length - 1 - i);
  return [
    known(type, order && shape && order.map((axis) => shape[axis]), (shape?.length ?? 2) < 2 ? numbers : undefined),
  ];
}

function picked({ inputs: [x, at], ints }: Call): KnownTensor[] {
  const deep = at?.shape?.at(-1);
  const batch = ints("batch_dims")?.[0] ?? 0;
  if (x.shape === undefined || at?.shape === undefined || deep === undefined) return [known(x.type, undefined)];
  return [known(x.type, [...at.shape.slice(0, -1), ...x.shape.slice(batch + deep)])];
}

const RULES: ReadonlyMap<string, NumberRule> = new Map<string, NumberRule>([
  ...LIKE_FIRST.split(" ").map((op): [string, NumberRule] => [op, ({ inputs: [x] }) => [known(undefined, x.shape)]]),
  ...NUMBER_RULES,
  ...Object.entries(REDUCTIONS).map(([op, of]): [string, NumberRule] => [op, (call) => reduced(call, of)]),
  ["ArgMax", (call) => reduced({ ...call, inputs: [call.inputs[0]], ints: axisAsAxes(call) }, () => Number.NaN)],
  ["ArgMin", (call) => reduced({ ...call, inputs: [call.inputs[0]], ints: axisAsAxes(call) }, () => Number.NaN)],
  ["Cast", cast],
  ["CastLike", ({ inputs: [x, like] }) => castTo(x, like?.type)],
  ["Shape", shapeOfInput],
  ["Size", ({ inputs: [{ shape }] }) => [known(int64, [], shape && [product(shape)])]],
  ["Constant", constant],
  ["ConstantOfShape", filled],
  ["Concat", joined],
  ["Gather", gathered],
  ["GatherElements", ({ inputs: [x, at] }) => [known(x.type, at?.shape)]],
  ["GatherND", picked],
  ["Slice", sliced],
  ["Squeeze", squeezed],
  ["Unsqueeze", unsqueezed],
  ["Reshape", reshaped],
  ["Flatten", flattened],
  ["Transpose", transposed],
  ["Expand", expanded],
  ["Tile", tiled],
  ["Range", range],
  ["Pad", padded],
  ["OneHot", oneHot],
  ["Split", split],
  ["Einsum", einsum],
  ["Gemm", gemm],
  ["MatMul", ({ inputs: [a, b] }) => multiplied(a, b, a.type)],
  ["MatMulInteger", ({ inputs: [a, b] }) => multiplied(a, b, ElementType.int32)],
  ["MatMulIntegerToFloat", ({ inputs: [a, b] }) => multiplied(a, b, ElementType.float32)],
  ["DynamicQuantizeMatMul", ({ inputs: [a, b] }) => multiplied(a, b, ElementType.float32)],
  ["QLinearMatMul", ({ inputs }) => multiplied(inputs[0], inputs[3], undefined)],
  ["MatMulNBits", ({ inputs: [a], ints }) => [known(a.type, a.shape?.with(-1, ints("N")?.[0] ?? Number.NaN))]],
]);

const axisAsAxes =
  ({ ints }: Call): Call["ints"] =>
  (name) =>
    name === "axes" ? (ints("axis") ?? [0]) : ints(name);

function cast({ inputs: [x], ints }: Call): KnownTensor[] {
  return castTo(x, ints("to")?.[0]);
}

const castTo = ({ shape, numbers }: KnownTensor, type: number | undefined): KnownTensor[] => [
  known(
    type,
    shape,
    isIntegerType(type) ? numbers?.map((n) => (type === BOOL ? Number(n !== 0) : Math.trunc(n))) : numbers,
  ),
];

function flattened({ inputs: [{ shape, numbers, type }], ints }: Call): KnownTensor[] {
  const axis = axisOf(ints("axis")?.[0] ?? 1, shape?.length ?? 0);
  return [known(type, shape && [product(shape.slice(0, axis)), product(shape.slice(axis))], numbers)];
}

function expanded({ inputs: [x, to] }: Call): KnownTensor[] {
  const shape = broadcast([x.shape ?? [], to?.numbers]);
  return [known(x.type, shape, shape && spread(x, shape))];
}

/**
 * What a node gives, as far as its operator is known here and its inputs are. Where a size is asked for of something unknown, it is at
 * least what is asked for.
 */
export function outputsOf(op: string, call: Call): readonly KnownTensor[] {
  const inputs = call.inputs.length === 0 ? [NOTHING] : call.inputs;
  return RULES.get(op)?.({ ...call, inputs }) ?? [];
}
