import { comesFromGelu, fixedScale, perToken, type ProductInput } from "./int8Activations.js";
import type { Moments } from "./int8Rounding.js";
import { GraphIndex } from "../model/graphIndex.js";
import { namesRead } from "../model/graphWalk.js";
import { bigWeights, columnScaled, rowScaled, type Weights } from "./int8Weights.js";
import {
  allowRuntimeOperators,
  copyModel,
  looksUpRows,
  node,
  opsetOf,
  RUNTIME_DOMAIN,
  type NodeProto,
  type OnnxModel,
  type TensorProto,
} from "../model/model.js";
import { withDefaults } from "../../defaults.js";

export interface QuantizeOptions {
  /** Matrices of fewer numbers stay fp32: they are not worth the extra operators. @default 4096 */
  readonly minWeights?: number | undefined;
  /**
   * Largest magnitude of every column of an activation, by the activation's name, as seen on texts of all kinds. Those
   * that have it get one fixed scale, which is faster; the others, and the outputs of GELU, one a token. @default none
   */
  readonly ranges?: ReadonlyMap<string, Float32Array> | undefined;
  /**
   * Of each activation, by its name, the sum of x x' over the same texts' tokens. The weights of products that take it
   * are rounded together, so that their errors go out against one another. @default none: each is rounded by itself
   */
  readonly moments?: ReadonlyMap<string, Moments> | undefined;
}

const DEFAULTS = { minWeights: 4096 } as const satisfies QuantizeOptions;

/**
 * Rewrites the weight products of a BERT-style fp32 model to int8.
 *
 * Activations are u8 with one scale a token or a fixed one, never one that other texts have a say in: a row's result
 * depends on that row alone, so a text gets the same vector alone, in any batch and at any padding. Weights have one
 * scale a column, the word embeddings one a row.
 *
 * @returns a fresh model; `model` is not written to
 * @see int8Activations.ts and int8Weights.ts for the formulas
 */
export function quantizeInt8(model: OnnxModel, options: QuantizeOptions = {}): OnnxModel {
  const { minWeights, ranges, moments } = withDefaults(DEFAULTS, options);
  const result = copyModel(model);
  const { graph } = result;
  const weights = new Map(graph.initializer.map((t) => [t.name, bigWeights(t, minWeights)]));
  const products = productsByInput(model, weights);
  const activations = activationsOf(model, { products, weights, ranges });
  const biases = fusedBiases(model, { products, activations });
  const fused = new Set([...biases.values()].map(({ sum }) => sum));
  const rewritten = new Set<string>();
  const constants: TensorProto[] = [];
  const nodes: NodeProto[] = [];
  const once = (name: string, add: () => void): void => {
    if (!rewritten.has(name)) add();
    rewritten.add(name);
  };
  for (const n of graph.node) {
    const activation = isProduct(n, weights) ? activations.get(n.input[0]) : undefined;
    const table = looksUpRows(n) ? weights.get(n.input[0]) : undefined;
    if (activation !== undefined) {
      once(n.input[0], () => {
        nodes.push(...activation.nodes);
        constants.push(...activation.constants);
      });
      once(n.input[1], () =>
        constants.push(
          ...columnScaled(n.input[1], weights.get(n.input[1])!, {
            rowFactors: activation.rowFactors,
            moments: moments?.get(n.input[0]),
          }),
        ),
      );
      nodes.push(...productNodes(n, activation, biases.get(n.output[0])));
    } else if (table !== undefined) {
      once(n.input[0], () => constants.push(...rowScaled(n.input[0], table)));
      nodes.push(...lookupNodes(n));
    } else if (!fused.has(n.output[0])) {
      nodes.push(n);
    }
  }
  replaceNodes(result, { nodes, constants, rewritten });
  return result;
}

/** Names of the activations that products with big weights take. */
export function productInputs(model: OnnxModel, options: Pick<QuantizeOptions, "minWeights"> = {}): string[] {
  const { minWeights } = withDefaults(DEFAULTS, options);
  const weights = new Map(model.graph.initializer.map((t) => [t.name, bigWeights(t, minWeights)]));
  return [...productsByInput(model, weights).keys()];
}

type WeightsByName = ReadonlyMap<string, Weights | undefined>;
type Products = ReadonlyMap<string, readonly NodeProto[]>;

const isProduct = (n: NodeProto, weights: WeightsByName): boolean =>
  n.opType === "MatMul" && weights.get(n.input[1]) !== undefined;

function productsByInput(model: OnnxModel, weights: WeightsByName): Products {
  const products = new Map<string, NodeProto[]>();
  for (const n of model.graph.node) {
    if (!isProduct(n, weights)) continue;
    const users = products.get(n.input[0]);
    if (users === undefined) products.set(n.input[0], [n]);
    else users.push(n);
  }
  return products;
}

function activationsOf(
  model: OnnxModel,
  { products, weights, ranges }: { products: Products; weights: WeightsByName; ranges: QuantizeOptions["ranges"] },
): Map<string, ProductInput> {
  const opset = opsetOf(model);
  const index = new GraphIndex(model.graph);
  const entries = [...products].map(([x, users]) => {
    const range = ranges?.get(x);
    const gelu = comesFromGelu(index, x);
    const fixed = range !== undefined && !gelu;
    const own = users.map((n) => weights.get(n.input[1])!);
    return [x, fixed ? fixedScale(x, range, own) : perToken(x, { gelu, opset })] as const;
  });
  return new Map(entries);
}

/** A constant that is added to a product and to nothing else, and the name of the sum. */
interface Bias {
  readonly bias: string;
  readonly sum: string;
}

/** By the product's name, the biases that the integer product can add itself: those of products without row scales. */
function fusedBiases(
  { graph }: OnnxModel,
  { products, activations }: { products: Products; activations: ReadonlyMap<string, ProductInput> },
): Map<string, Bias> {
  const index = new GraphIndex(graph);
  const biases = new Map<string, Bias>();
  for (const [x, users] of products) {
    if (activations.get(x)?.rowScale !== undefined) continue;
    for (const { output } of users) {
      const sum = index.loneReader(output[0]);
      const bias = sum?.opType === "Add" ? sum.input.find((name) => index.isVector(name)) : undefined;
      if (sum === undefined || bias === undefined) continue;
      biases.set(output[0], { bias, sum: sum.output[0] });
    }
  }
  return biases;
}

function productNodes(
  n: NodeProto,
  { steps, step, zero, rowScale }: ProductInput,
  bias: Bias | undefined,
): NodeProto[] {
  const [weight, result] = [n.input[1], n.output[0]];
  const inputs = [steps, `${weight}/int8`, step, `${weight}/scale`, zero];
  const product = (output: string, name: string, more: readonly string[] = []): NodeProto =>
    node("MatMulIntegerToFloat", { inputs: [...inputs, ...more], outputs: [output] }, { name, domain: RUNTIME_DOMAIN });
  if (bias !== undefined) return [product(bias.sum, n.name, ["", bias.bias])];
  if (rowScale === undefined) return [product(result, n.name)];
  return [
    product(`${result}/unit`, `${n.name || result}/int8`),
    node("Mul", { inputs: [`${result}/unit`, rowScale], outputs: [result] }, { name: n.name }),
  ];
}

function lookupNodes(n: NodeProto): NodeProto[] {
  const [table, ids, result] = [n.input[0], n.input[1], n.output[0]];
  return [
    node("Gather", { inputs: [`${table}/int8`, ids], outputs: [`${result}/int8`] }),
    node("Cast", { inputs: [`${result}/int8`], outputs: [`${result}/steps`] }, { attributes: { to: 1n } }),
    node("Gather", { inputs: [`${table}/scale`, ids], outputs: [`${result}/scale`] }),
    node("Mul", { inputs: [`${result}/steps`, `${result}/scale`], outputs: [result] }, { name: n.name }),
  ];
}

/** Puts the new nodes in, and takes out the weights that nothing reads any more. */
function replaceNodes(
  model: OnnxModel,
  { nodes, constants, rewritten }: { nodes: NodeProto[]; constants: TensorProto[]; rewritten: ReadonlySet<string> },
): void {
  const { graph } = model;
  const read = new Set(nodes.flatMap(namesRead));
  const isGone = ({ name }: { name: string }): boolean => rewritten.has(name) && !read.has(name);
  graph.node = nodes;
  graph.initializer = [...graph.initializer.filter((t) => !isGone(t)), ...constants];
  // Old files list weights among the inputs too.
  graph.input = graph.input.filter((i) => !isGone(i));
  // The file described intermediate values that are no longer there.
  graph.valueInfo = [];
  allowRuntimeOperators(model);
}
