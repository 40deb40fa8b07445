import { BOOL, isIntegerType, known, MOST_NUMBERS, NOTHING, product, type KnownTensor } from "./knownTensor.js";
import { LAYOUT_RULES } from "./layoutRules.js";
import { ElementType } from "./model.js";
import { axisOf, NUMBER_RULES, type Call, type NumberRule } from "./numberRules.js";
import { PRODUCT_RULES } from "./productRules.js";

const int64 = ElementType.int64;

/** Operators whose first output has the shape of the first input, and numbers that no size is made from. */
const LIKE_FIRST =
  "Erf Tanh Sigmoid Gelu FastGelu QuickGelu BiasGelu LeakyRelu Elu Selu Celu Softplus Softsign HardSigmoid HardSwish " +
  "Mish Sin Cos Round Clip Softmax LogSoftmax Hardmax LayerNormalization SimplifiedLayerNormalization " +
  "SkipLayerNormalization SkipSimplifiedLayerNormalization RMSNormalization LpNormalization BatchNormalization " +
  "InstanceNormalization GroupNormalization CumSum Trilu Dropout QuantizeLinear DequantizeLinear " +
  "DynamicQuantizeLinear ScatterElements ScatterND Scatter ReverseSequence RotaryEmbedding EyeLike IsNaN IsInf";

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

const RULES: ReadonlyMap<string, NumberRule> = new Map<string, NumberRule>([
  ...LIKE_FIRST.split(" ").map((op): [string, NumberRule] => [op, ({ inputs: [x] }) => [known(undefined, x.shape)]]),
  ...NUMBER_RULES,
  ...LAYOUT_RULES,
  ...PRODUCT_RULES,
  ["Cast", cast],
  ["CastLike", ({ inputs: [x, like] }) => castTo(x, like?.type)],
  ["Shape", shapeOfInput],
  ["Size", ({ inputs: [{ shape }] }) => [known(int64, [], shape && [product(shape)])]],
  ["Constant", constant],
  ["ConstantOfShape", filled],
  ["Range", range],
  ["OneHot", oneHot],
]);

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

/**
 * What a node gives, as far as its operator is known here and its inputs are. Where a size is asked for of something unknown, it is at
 * least what is asked for.
 */
export function outputsOf(op: string, call: Call): readonly KnownTensor[] {
  const inputs = call.inputs.length === 0 ? [NOTHING] : call.inputs;
  return RULES.get(op)?.({ ...call, inputs }) ?? [];
}
