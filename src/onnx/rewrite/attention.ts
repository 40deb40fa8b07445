import type { GraphIndex } from "../model/graphIndex.js";
import { intsOf, opsetOf, type NodeProto, type OnnxModel } from "../model/model.js";

/** What happens to the scores between the product of queries and keys and the softmax. */
export interface ScoreStep {
  readonly node: NodeProto;
  /** The scores that it takes. */
  readonly scores: string;
  /** What it adds to them or scales them by. */
  readonly other: string;
}

/** One attention block as exporters write it: softmax((q k') c + mask) v, with heads split by reshape and transpose. */
export interface Attention {
  /** Names of `[batch, tokens, width]`, heads side by side. */
  readonly query: string;
  readonly key: string;
  readonly value: string;
  /** What comes out, `[batch, tokens, width]`. */
  readonly context: string;
  readonly heads: number;
  /** Numbers of a head's vector. */
  readonly headWidth: number;
  /** q k', `[batch, heads, tokens, tokens]`. */
  readonly product: NodeProto;
  readonly steps: readonly ScoreStep[];
  /** The softmax times v, `[batch, heads, tokens, head width]`. */
  readonly mixing: NodeProto;
  /** The nodes that split heads and merge them again. */
  readonly moves: readonly NodeProto[];
}

const HEADS_FIRST = [0, 2, 1, 3];
/** Sums and products that are followed upwards; each may have two ways on, so that many would take for ever. */
const MOST_STEPS = 8;
/** With the softmax' axis as its default, before this opset, all axes from the second on were one. */
const AXIS_IS_LAST = 13;

/** The attention blocks of a graph, in its order; those built in another way are left out. */
export function findAttentions(model: OnnxModel, index: GraphIndex): Attention[] {
  const isLast = (n: NodeProto): boolean => {
    const [axis] = intsOf(n, "axis") ?? [];
    return axis === undefined ? opsetOf(model) >= AXIS_IS_LAST : axis === -1 || axis === 3;
  };
  const softmaxes = model.graph.node.filter((n) => n.opType === "Softmax" && isLast(n));
  return softmaxes.flatMap((softmax) => attentionOf(index, softmax) ?? []);
}

function attentionOf(index: GraphIndex, softmax: NodeProto): Attention | undefined {
  const steps = scoreSteps(index, softmax.input[0]);
  const product = index.producer(steps?.[0]?.scores ?? softmax.input[0]);
  const mixing = index.numberReader(softmax.output[0]);
  if (steps === undefined || !isProduct(product) || !isProduct(mixing) || mixing.input[0] !== softmax.output[0]) return;
  const query = splitHeads(index, product.input[0], [HEADS_FIRST]);
  const key =
    splitHeads(index, product.input[1], [[0, 2, 3, 1]]) ??
    splitHeads(index, product.input[1], [[0, 1, 3, 2], HEADS_FIRST]);
  const value = splitHeads(index, mixing.input[1], [HEADS_FIRST]);
  const joined = joinedHeads(index, mixing.output[0]);
  if (query === undefined || key === undefined || value === undefined || joined === undefined) return;
  const { heads, headWidth } = query;
  if ([key, value].some((other) => other.heads !== heads || other.headWidth !== headWidth)) return;
  return {
    query: query.from,
    key: key.from,
    value: value.from,
    context: joined.output[0],
    heads,
    headWidth,
    product,
    steps,
    mixing,
    moves: [...query.moves, ...key.moves, ...value.moves, ...joined.moves],
  };
}

const isProduct = (n: NodeProto | undefined): n is NodeProto => n?.opType === "MatMul";

/** The steps that end in `name`, first to last; undefined where there are others than adding and scaling by one number. */
function scoreSteps(index: GraphIndex, name: string, most = MOST_STEPS): ScoreStep[] | undefined {
  const made = index.producer(name);
  if (most === 0 || made === undefined || index.numberReader(name) === undefined) return undefined;
  if (made.opType === "MatMul") return [];
  if (!["Add", "Mul", "Div"].includes(made.opType)) return undefined;
  for (const [i, scores] of made.input.entries()) {
    const before = scoreSteps(index, scores, most - 1);
    const other = made.input[1 - i];
    if (before === undefined || (made.opType === "Div" && i === 1)) continue;
    if (made.opType !== "Add" && index.scalar(other) === undefined) return undefined;
    return [...before, { node: made, scores, other }];
  }
  return undefined;
}

interface Split {
  /** Before heads are split. */
  readonly from: string;
  readonly heads: number;
  readonly headWidth: number;
  readonly moves: readonly NodeProto[];
}

/** Follows `name` back through transposes of these axes, last to first, to what was reshaped into heads. */
function splitHeads(index: GraphIndex, name: string, axes: readonly (readonly number[])[]): Split | undefined {
  const moves: NodeProto[] = [];
  let at = name;
  for (const wanted of axes) {
    const move = index.producer(at);
    if (!transposes(move, wanted) || index.numberReader(at) === undefined) return undefined;
    moves.push(move);
    at = move.input[0];
  }
  const reshape = index.producer(at);
  if (reshape?.opType !== "Reshape" || index.numberReader(at) === undefined) return undefined;
  const [from, shape] = reshape.input;
  const sizes = sizesOf(index, { shape, from });
  return sizes === undefined || index.numberReader(from) !== reshape
    ? undefined
    : { from, heads: sizes[0], headWidth: sizes[1], moves: [...moves, reshape] };
}

function joinedHeads(index: GraphIndex, name: string): { output: string[]; moves: NodeProto[] } | undefined {
  const move = index.numberReader(name);
  if (!transposes(move, HEADS_FIRST)) return undefined;
  const reshape = index.numberReader(move.output[0]);
  return reshape?.opType === "Reshape" ? { output: reshape.output, moves: [move, reshape] } : undefined;
}

const transposes = (n: NodeProto | undefined, axes: readonly number[]): n is NodeProto =>
  n?.opType === "Transpose" && String(intsOf(n, "perm")) === String(axes);

/** The last two of four sizes, where the first two are those of the `[batch, tokens, width]` that is reshaped. */
function sizesOf(
  index: GraphIndex,
  { shape, from }: { readonly shape: string; readonly from: string },
): [number, number] | undefined {
  const made = index.producer(shape);
  const joined = made?.opType === "Concat" ? made.input : undefined;
  const sizes = joined?.map((name) => index.integers(name)?.[0]) ?? index.integers(shape);
  if (sizes?.length !== 4) return undefined;
  const isKept = (axis: number): boolean =>
    joined === undefined || sizes[axis] !== undefined
      ? sizes[axis] === 0 || (axis === 1 && sizes[axis] === -1)
      : isSizeOf(index, joined[axis], { axis, tensors: [from, sourceOf(index, from)] });
  const [heads, headWidth] = [sizes[2] ?? 0, sizes[3] ?? 0];
  return isKept(0) && isKept(1) && heads > 0 && headWidth > 0 ? [heads, headWidth] : undefined;
}

/** What the product takes that makes queries, keys or values, before a vector is added or rows are scaled. */
export function sourceOf(index: GraphIndex, name: string, most = MOST_STEPS): string | undefined {
  const made = index.producer(name);
  if (most === 0 || made === undefined) return undefined;
  if (["MatMul", "MatMulIntegerToFloat"].includes(made.opType)) return made.input[0];
  const sources = ["Add", "Mul"].includes(made.opType)
    ? made.input.map((input) => sourceOf(index, input, most - 1))
    : [];
  return sources.find((source) => source !== undefined);
}

/** Whether `name` is the size of one of `tensors` along an axis, found as exporters do: Unsqueeze(Gather(Shape(x), axis)). */
function isSizeOf(
  index: GraphIndex,
  name: string,
  { axis, tensors }: { readonly axis: number; readonly tensors: readonly (string | undefined)[] },
): boolean {
  const unsqueezed = index.producer(name);
  const picked = unsqueezed?.opType === "Unsqueeze" ? index.producer(unsqueezed.input[0]) : unsqueezed;
  if (picked?.opType !== "Gather" || String(index.integers(picked.input[1])) !== String(axis)) return false;
  const shape = index.producer(picked.input[0]);
  return shape?.opType === "Shape" && tensors.includes(shape.input[0]);
}
