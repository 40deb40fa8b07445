import { BOOL, isIntegerType, known, MOST_NUMBERS, NOTHING, product, type KnownTensor } from "./knownTensor.js";

/** A node with what is known of its inputs; those left out are `NOTHING`. */
export interface Call {
  readonly inputs: readonly KnownTensor[];
  readonly outputs: number;
  /** Integers of an attribute, one or many. */
  readonly ints: (name: string) => readonly number[] | undefined;
  readonly text: (name: string) => string;
  /** The constant in an attribute. */
  readonly constant: (name: string) => KnownTensor | undefined;
}

type Sizes = readonly number[];

export type NumberRule = (call: Call) => readonly KnownTensor[];

/** An axis that may be counted from the end. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Axes or other integers that newer opsets have as an input and older ones as an attribute. */
export const listed = ({ inputs, ints }: Call, at: number, name: string): Sizes | undefined =>
  at < inputs.length && inputs[at] !== NOTHING ? inputs[at].numbers : ints(name);

/** Whether what `listed` looks for is given in neither way. */
export const isLeftOut = ({ inputs, ints }: Call, at: number, name: string): boolean =>
  (inputs[at] ?? NOTHING) === NOTHING && ints(name) === undefined;

const OF_ONE: Readonly<Record<string, (x: number) => number>> = {
  Identity: (x) => x,
  Neg: (x) => -x,
  Abs: Math.abs,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Sqrt: Math.sqrt,
  Exp: Math.exp,
  Log: Math.log,
  Reciprocal: (x) => 1 / x,
  Sign: Math.sign,
  Relu: (x) => Math.max(0, x),
  Not: (x) => 1 - x,
};

const OF_TWO: Readonly<Record<string, (a: number, b: number, whole: boolean) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b, whole) => (whole ? Math.trunc(a / b) : a / b),
  Mod: (a, b) => a - b * Math.floor(a / b),
  Pow: (a, b) => a ** b,
  Min: (a, b) => Math.min(a, b),
  Max: (a, b) => Math.max(a, b),
  Sum: (a, b) => a + b,
  PRelu: (a, b) => (a < 0 ? a * b : a),
};

const COMPARE: Readonly<Record<string, (a: number, b: number) => number>> = {
  Equal: (a, b) => Number(a === b),
  Less: (a, b) => Number(a < b),
  Greater: (a, b) => Number(a > b),
  LessOrEqual: (a, b) => Number(a <= b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  And: (a, b) => a * b,
  Or: (a, b) => Math.max(a, b),
  Xor: (a, b) => Math.abs(a - b),
};

/** The shape that these go together to, as numpy has it. */
export function broadcast(shapes: readonly (Sizes | undefined)[]): number[] | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape?.length ?? 0));
  const result = Array.from({ length: rank }, () => 1);
  for (const shape of shapes) {
    if (shape === undefined) return undefined;
    for (const [i, size] of shape.entries()) {
      const at = rank - shape.length + i;
      if (size !== 1 && result[at] !== 1 && result[at] !== size) return undefined;
      if (size !== 1) result[at] = size;
    }
  }
  return result;
}

/** The numbers of `x` spread over `shape`. */
export function spread({ shape: own, numbers }: KnownTensor, shape: Sizes): number[] | undefined {
  if (own === undefined || numbers === undefined || product(shape) > MOST_NUMBERS) return undefined;
  return Array.from({ length: product(shape) }, (_, i) => {
    let [left, place, stride] = [i, 0, 1];
    for (let back = 1; back <= own.length; back++) {
      const size = shape[shape.length - back];
      place += own[own.length - back] === 1 ? 0 : (left % size) * stride;
      stride *= own[own.length - back];
      left = Math.floor(left / size);
    }
    return numbers[place];
  });
}

function together(
  type: (inputs: readonly KnownTensor[]) => number | undefined,
  of: (...numbers: number[]) => number,
): NumberRule {
  return ({ inputs }) => {
    const shape = broadcast(inputs.map((x) => x.shape));
    const all = shape === undefined ? [] : inputs.map((x) => spread(x, shape));
    const [first] = all;
    if (first === undefined || !all.every((numbers) => numbers !== undefined)) return [known(type(inputs), shape)];
    const numbers = first.map((_, i) => of(...all.map((one) => one[i])));
    return [known(type(inputs), shape, numbers)];
  };
}

const first = ([x]: readonly KnownTensor[]): number | undefined => x?.type;

/** Operators that go number by number, over inputs that are spread to one shape. */
export const NUMBER_RULES: readonly (readonly [string, NumberRule])[] = [
  ...Object.entries(OF_ONE).map(([op, of]): [string, NumberRule] => [op, together(first, of)]),
  ...Object.entries(OF_TWO).map(([op, of]): [string, NumberRule] => [op, folded(of)]),
  ...Object.entries(COMPARE).map(([op, of]): [string, NumberRule] => [op, together(() => BOOL, of as () => number)]),
  [
    "Where",
    together(
      ([, x]) => x?.type,
      (condition, a, b) => (condition === 1 ? a : b),
    ),
  ],
];

function folded(of: (a: number, b: number, whole: boolean) => number): NumberRule {
  return (call) => {
    const whole = isIntegerType(first(call.inputs));
    return together(first, (...all) => all.reduce((a, b) => of(a, b, whole)))(call);
  };
}
