import { hiddenStates, type EncoderPorts } from "../model/encoderGraph.js";
import { GraphIndex } from "../model/graphIndex.js";
import { graphsOf, namesRead } from "../model/graphWalk.js";
import { changed, copyModel, node, tensor, valueInfo, type NodeProto, type OnnxModel } from "../model/model.js";

/** One row of a product may be computed in another order than many rows are; two are not, and every text has two. */
export const FIRST_TOKENS = 2;

/** Operators that treat every token by itself, or whose other inputs are constants. */
const TOKEN_WISE = new Set(
  (
    "Add Sub Mul Div Pow Sqrt Erf Gelu Tanh Abs Max ReduceMean ReduceMax Softmax Cast Identity Transpose MatMul " +
    "LayerNormalization QuantizeLinear MatMulIntegerToFloat"
  ).split(" "),
);
/** Operators that make an attention mask of shape `[batch, 1, 1, tokens]` out of the model's input. */
const MASK_MAKING = new Set("Unsqueeze Cast Sub Mul Constant Identity".split(" "));

/**
 * A model whose last layer computes the first two tokens only, for encoders whose vector is the first token's: queries,
 * attention output and feed-forward block of the others are left out, the keys and values stay. Saves about four fifths
 * of the last layer.
 *
 * @returns a fresh model whose only output is `ports.hidden` as `[batch, 2, width]`; undefined where the graph is not
 *   built as expected, so that leaving tokens out could change a result
 */
export function keepFirstTokens(model: OnnxModel, ports: EncoderPorts): OnnxModel | undefined {
  const states = hiddenStates(model);
  const before = states.at(-2);
  const { graph } = model;
  const query = graph.node.find((n) => isQueryOf(n, states.length - 2));
  if (before === undefined || query === undefined) return undefined;

  const index = new GraphIndex(graph);
  const isConstant = (name: string): boolean => index.isConstant(name);
  const comesFrom = (name: string, origin: string): boolean => index.ancestors(name).includes(origin);
  const isMask = (name: string): boolean => {
    const all = index.ancestors(name);
    const makers = all.flatMap((a) => index.producer(a) ?? []);
    return all.includes(ports.mask) && makers.every((n) => MASK_MAKING.has(n.opType));
  };

  const short = new Set<string>(); // tensors of two tokens
  const sizes = new Set<string>(); // computed from the shapes of those
  const cut = new Set<string>(); // tensors to be cut to two tokens
  const nodes: NodeProto[] = [];
  for (const n of graph.node) {
    const starts = n === query;
    if (!starts && !namesRead(n).some((name) => short.has(name) || sizes.has(name))) {
      nodes.push(n);
      continue;
    }
    if (graphsOf(n).length > 0) return undefined;
    const input = [...n.input];
    const others = input.filter((name) => !short.has(name) && !sizes.has(name) && !isConstant(name));
    if (n.opType === "Shape") {
      n.output.forEach((name) => sizes.add(name));
    } else if (input.some((name) => sizes.has(name)) && !input.some((name) => short.has(name))) {
      if (others.length > 0) return undefined;
      n.output.forEach((name) => sizes.add(name));
    } else if (n.opType === "Reshape") {
      if (others.length > 0) return undefined;
      n.output.forEach((name) => short.add(name));
    } else {
      if (!TOKEN_WISE.has(n.opType)) return undefined;
      const isAttention = n.opType === "MatMul" && !starts && input.every((name) => !isConstant(name));
      // Keys or values of few tokens: what is called the queries' product is another.
      if (isAttention && short.has(input[1])) return undefined;
      for (const name of isAttention ? [] : others) {
        if (name === before || comesFrom(name, before)) {
          cut.add(name);
          input[input.indexOf(name)] = `${name}/first`;
        } else if (!isMask(name)) {
          return undefined;
        }
      }
      n.output.forEach((name) => short.add(name));
    }
    nodes.push(n.input.every((name, i) => name === input[i]) ? n : changed(n, { input }));
  }
  if (!short.has(ports.hidden)) return undefined;

  const result = copyModel(model);
  const at = (name: string): number => nodes.findIndex((n) => n.output.includes(name)) + 1;
  for (const name of cut) {
    const inputs = [name, "first/from", "first/to", "first/axis"];
    nodes.splice(at(name), 0, node("Slice", { inputs, outputs: [`${name}/first`] }));
  }
  const numbers = { "first/from": 0, "first/to": FIRST_TOKENS, "first/axis": 1 };
  result.graph.node = nodes;
  result.graph.initializer = [
    ...graph.initializer,
    ...Object.entries(numbers).map(([name, value]) => tensor(name, "int64", [1], BigInt64Array.of(BigInt(value)))),
  ];
  result.graph.valueInfo = [];
  result.graph.output = [valueInfo(ports.hidden, "float32", ["batch", "first", ports.width ?? "width"])];
  return result;
}

/** Whether `n` is the product that makes the queries of a layer, in fp32 or int8. */
function isQueryOf(n: NodeProto, layer: number): boolean {
  return (
    ["MatMul", "MatMulIntegerToFloat"].includes(n.opType) &&
    new RegExp(`(^|/)encoder/layer\\.${layer}/attention/self/query/MatMul(/|$)`).test(n.name)
  );
}
