import { findAttentions, sourceOf, type Attention, type ScoreStep } from "./attention.js";
import { GraphIndex } from "../model/graphIndex.js";
import {
  allowRuntimeOperators,
  changed,
  copyModel,
  dropUnread,
  holdsGraphs,
  intsOf,
  node,
  RUNTIME_DOMAIN,
  shapeOf,
  tensor,
  type NodeProto,
  type OnnxModel,
  type TensorProto,
} from "../model/model.js";

/** Operators that go number by number, or that quantize so. */
const NUMBER_WISE = new Set(
  "Add Sub Mul Div Pow Sqrt Erf Gelu Tanh Relu Abs Max Cast Identity QuantizeLinear".split(" "),
);
const PRODUCTS = new Set(["MatMul", "MatMulIntegerToFloat"]);
/** Operators along one axis, and where it is said. */
const ALONG: Readonly<Record<string, string>> = { LayerNormalization: "axis", ReduceMean: "axes", ReduceMax: "axes" };
/** Tensors in front of the first queries among which the start is looked for. */
const FARTHEST = 32;

const SWAPPED = [1, 0, 2];
/** Constants of int64. */
const [ONES, ONE, LAST, FIRST_AXIS] = [
  "tokens-first/ones",
  "tokens-first/one",
  "tokens-first/last",
  "tokens-first/axis",
];

/** What a tensor of the turned part is: `[tokens, batch, ..]`, or attention's `[batch, heads, tokens, tokens]`. */
type Kind = "tokens" | "scores";

/**
 * Lays the layers of a BERT-style model out as `[tokens, batch, width]`.
 *
 * Heads are then split without moving a number, since the runtime's product can take its batches from the axes in
 * the middle; between `[batch, tokens, width]` and `[batch, heads, tokens, head width]` every query, key and value would
 * be copied. The mask is spread out over the queries once, so that each layer adds it in long stretches.
 *
 * @param wanted  outputs that are needed; the others are left out
 * @returns a fresh model; undefined where the graph is not built as expected, so that the order of the axes could matter
 */
export function tokensFirst(model: OnnxModel, wanted: readonly string[]): OnnxModel | undefined {
  const whole = new GraphIndex(model.graph);
  const attentions = findAttentions(model, whole);
  if (attentions.length === 0 || holdsGraphs(model.graph)) return undefined;
  const result = copyModel(model);
  result.graph.output = model.graph.output.filter(({ name }) => wanted.includes(name));
  const rebuilt = rebuild(model, { attentions, index: whole });
  result.graph.node = stillRead(rebuilt.nodes, wanted);
  const index = new GraphIndex(result.graph);
  const made = model.graph.node.flatMap((n) => n.output);
  if (made.some((name) => index.producer(name) === undefined && index.readers(name).length > 0)) return undefined;
  const starts = index.ancestors(attentions[0].query).filter((name) => index.producer(name) !== undefined);
  for (const start of starts.slice(0, FARTHEST)) {
    const nodes = turnedFrom(start, { index, kinds: rebuilt.kinds, wanted, nodes: result.graph.node });
    if (nodes === undefined) continue;
    result.graph.node = nodes;
    result.graph.initializer = [...model.graph.initializer, ...rebuilt.constants];
    result.graph.valueInfo = [];
    allowRuntimeOperators(result);
    dropUnread(result);
    return result;
  }
  return undefined;
}

interface Rebuilt {
  readonly nodes: readonly NodeProto[];
  /** Of what the new nodes give. */
  readonly kinds: ReadonlyMap<NodeProto, Kind>;
  readonly constants: readonly TensorProto[];
}

/** The nodes, with attention that takes and gives `[tokens, batch, width]`. */
function rebuild(
  model: OnnxModel,
  { attentions, index }: { readonly attentions: readonly Attention[]; readonly index: GraphIndex },
): Rebuilt {
  const gone = new Set(attentions.flatMap(({ moves }) => moves));
  const kinds = new Map<NodeProto, Kind>();
  const instead = new Map<NodeProto, readonly NodeProto[]>();
  const spread = new Set<string>();
  const constants = new Map(
    Object.entries({ [ONES]: [1, 1], [ONE]: [1], [LAST]: [-1], [FIRST_AXIS]: [0] }).map(int64s),
  );
  for (const attention of attentions) {
    const { product, mixing, steps, heads, headWidth } = attention;
    const width = heads * headWidth;
    const shapes = { split: `tokens-first/${heads}x${headWidth}`, joined: `tokens-first/${width}` };
    for (const shape of Object.entries({ [shapes.split]: [0, 0, heads, headWidth], [shapes.joined]: [0, 0, width] }))
      constants.set(...int64s(shape));

    const scale = scaleOf(index, steps[0]);
    if (scale !== undefined) gone.add(steps[0].node);
    const scored = scoresOf(attention, { shape: shapes.split, scale });
    const mixed = contextOf(attention, shapes);
    for (const n of [...scored, ...mixed]) kinds.set(n, "tokens");
    kinds.set(scored.at(-1)!, "scores");
    instead.set(product, scored);
    instead.set(mixing, mixed);
    // Where the last layer computes a few tokens only, its scores have as many rows.
    const source = sourceOf(index, attention.query);
    if (source === undefined || source !== sourceOf(index, attention.key)) continue;
    for (const { node: added, other } of steps) {
      if (added.opType !== "Add" || index.isConstant(other)) continue;
      const input = added.input.map((name) => (name === other ? `${name}/spread` : name));
      instead.set(added, [...(spread.has(other) ? [] : spreadMask(other)), changed(added, { input })]);
      spread.add(other);
    }
  }
  const nodes = model.graph.node.flatMap((n) => instead.get(n) ?? (gone.has(n) ? [] : [n]));
  return { nodes, kinds, constants: [...constants.values()] };
}

const int64s = ([name, numbers]: readonly [string, readonly number[]]): [string, TensorProto] => [
  name,
  tensor(name, "int64", [numbers.length], BigInt64Array.from(numbers, BigInt)),
];

/** What a step multiplies the scores by, where that is one number. */
function scaleOf(index: GraphIndex, step: ScoreStep | undefined): number | undefined {
  const number = index.scalar(step?.other);
  if (number === undefined) return undefined;
  return { Mul: number, Div: 1 / number }[step!.node.opType];
}

/** Queries and keys split by heads, and their scaled products. */
function scoresOf(
  { query, key, product, steps }: Attention,
  { shape, scale }: { readonly shape: string; readonly scale: number | undefined },
): NodeProto[] {
  const inputs = [`${query}/heads`, `${key}/heads`];
  const [output] = scale === undefined ? product.output : steps[0].node.output;
  const attributes = { transB: 1n, transBatchA: 1n, transBatchB: 1n, alpha: scale ?? 1 };
  return [
    ...[query, key].map((name) => node("Reshape", { inputs: [name, shape], outputs: [`${name}/heads`] })),
    node("FusedMatMul", { inputs, outputs: [output] }, { name: product.name, domain: RUNTIME_DOMAIN, attributes }),
  ];
}

/** The softmax times the values, heads side by side again. */
function contextOf(
  { value, mixing, context }: Attention,
  { split, joined }: { readonly split: string; readonly joined: string },
): NodeProto[] {
  const [softmax] = mixing.input;
  const apart = `${context}/heads`;
  return [
    node("Reshape", { inputs: [value, split], outputs: [`${value}/heads`] }),
    node(
      "FusedMatMul",
      { inputs: [softmax, `${value}/heads`], outputs: mixing.output },
      { name: mixing.name, domain: RUNTIME_DOMAIN, attributes: { transBatchB: 1n } },
    ),
    node("Transpose", { inputs: mixing.output, outputs: [apart] }, { attributes: { perm: [2, 0, 1, 3] } }),
    node("Reshape", { inputs: [apart, joined], outputs: [context] }),
  ];
}

/** A mask `[batch, 1, 1, tokens]` as `[batch, 1, tokens, tokens]`, in `mask/spread`. */
function spreadMask(mask: string): NodeProto[] {
  const name = (end: string): string => `${mask}/spread${end}`;
  return [
    node("Shape", { inputs: [mask], outputs: [name("/shape")] }),
    node("Gather", { inputs: [name("/shape"), LAST], outputs: [name("/tokens")] }),
    node("Concat", { inputs: [ONES, name("/tokens"), ONE], outputs: [name("/over")] }, { attributes: { axis: 0n } }),
    node("Expand", { inputs: [mask, name("/over")], outputs: [name("")] }),
  ];
}

/** The nodes that `wanted` is computed by. */
function stillRead(nodes: readonly NodeProto[], wanted: readonly string[]): NodeProto[] {
  const read = new Set(wanted);
  const kept = nodes.toReversed().filter((n) => {
    if (!n.output.some((name) => read.has(name))) return false;
    for (const name of n.input) read.add(name);
    return true;
  });
  return kept.reverse();
}

interface Graph {
  readonly index: GraphIndex;
  readonly nodes: readonly NodeProto[];
  /** Of what some nodes give, known beforehand. */
  readonly kinds: ReadonlyMap<NodeProto, Kind>;
  readonly wanted: readonly string[];
}

/** The nodes with all that follows `start` turned; undefined where something of it would be another number then. */
function turnedFrom(start: string, { index, nodes, kinds, wanted }: Graph): NodeProto[] | undefined {
  const turned = new Map<string, Kind>([[start, "tokens"]]);
  const inner = (name: string): string =>
    turned.has(name) && (name === start || wanted.includes(name)) ? `${name}/tokens-first` : name;
  const swap = (input: string, output: string): NodeProto =>
    node("Transpose", { inputs: [input], outputs: [output] }, { attributes: { perm: SWAPPED } });
  const result: NodeProto[] = [];
  for (const n of nodes) {
    if (!n.input.some((name) => turned.has(name))) {
      result.push(n);
      if (n.output.includes(start)) result.push(swap(start, inner(start)));
      continue;
    }
    const kind = kinds.get(n) ?? kindOf(n, { index, turned });
    if (kind === undefined) return undefined;
    for (const name of n.output) turned.set(name, kind);
    const input = n.opType === "Slice" ? [...n.input.slice(0, 3), FIRST_AXIS, ...n.input.slice(4)] : n.input;
    result.push(changed(n, { input: input.map(inner), output: n.output.map(inner) }));
  }
  for (const name of wanted) {
    if (turned.get(name) !== "tokens") return undefined;
    if (name !== start) result.push(swap(inner(name), name));
  }
  return result;
}

/** What a node gives that takes something turned; undefined where it is not known to be what it gave before. */
function kindOf(
  n: NodeProto,
  { index, turned }: { readonly index: GraphIndex; readonly turned: ReadonlyMap<string, Kind> },
): Kind | undefined {
  const kinds = n.input.map((name) => turned.get(name));
  const others = n.input.filter((name) => !turned.has(name));
  if (kinds.includes("scores")) {
    const isStep = ["Add", "Mul", "Div", "Softmax"].includes(n.opType);
    return isStep && n.input.length - others.length === 1 ? "scores" : undefined;
  }
  if (n.opType === "Slice") {
    const isOfTokens = kinds[0] === "tokens" && String(index.integers(n.input[3])) === "1";
    return isOfTokens && others.every((name) => index.isConstant(name)) ? "tokens" : undefined;
  }
  const shapes = others.map((name) => {
    const found = index.constant(name);
    return found === undefined ? (name === "" ? [] : undefined) : shapeOf(found);
  });
  if (shapes.includes(undefined)) return undefined;
  return isTokenWise(n, shapes as number[][], kinds[0]) && isAlongLast(n, index) ? "tokens" : undefined;
}

/** Whether every token is treated by itself and alike; `shapes` are those of the constants that a node takes. */
function isTokenWise({ opType }: NodeProto, shapes: readonly (readonly number[])[], first: Kind | undefined): boolean {
  if (PRODUCTS.has(opType)) return first === "tokens" && shapes[0]?.length === 2;
  if (opType === "QuantizeLinear") return shapes.every((sizes) => sizes.every((size) => size === 1));
  if (NUMBER_WISE.has(opType)) return shapes.every((sizes) => sizes.slice(0, -1).every((size) => size === 1));
  return opType in ALONG && first === "tokens";
}

function isAlongLast(n: NodeProto, index: GraphIndex): boolean {
  const attribute = ALONG[n.opType];
  if (attribute === undefined) return true;
  const isNorm = n.opType === "LayerNormalization";
  const axes = intsOf(n, attribute) ?? (isNorm ? [-1] : index.integers(n.input[1]));
  const keepsRank = isNorm || String(intsOf(n, "keepdims") ?? 1) === "1";
  return keepsRank && axes?.length === 1 && (axes[0] === -1 || axes[0] === 2);
}
