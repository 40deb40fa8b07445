import { findAttentions } from "./attention.js";
import { GraphIndex } from "../model/graphIndex.js";
import {
  changed,
  copyModel,
  dropUnread,
  ElementType,
  floats,
  holdsGraphs,
  shapeOf,
  tensor,
  type NodeProto,
  type OnnxModel,
  type TensorProto,
} from "../model/model.js";

/** A vector that is added to what a product with weights gives. */
interface BiasedProduct {
  readonly product: NodeProto;
  readonly sum: NodeProto;
  /** `[rows, cols]` */
  readonly weights: TensorProto;
  readonly rows: number;
  readonly cols: number;
  /** Name of the vector. */
  readonly bias: string;
}

/**
 * Takes additions of constant vectors out of a BERT-style fp32 model that others can do instead:
 *
 * - of the keys: q (k + b)' adds the same number to all scores of a query, and the softmax takes no notice of that;
 * - of the values: the weights of a softmax sum to 1, so that W(v + b) = W v + b, and b goes through the output's
 *   product into its vector: c + b Wo;
 * - of the feed-forward block's second product, where what it is added to comes from a layer normalization with a vector
 *   beta of its own: beta + b, and what the first product makes of b is taken from its vector, c - b W1.
 *
 * Each is a pass over memory for every token. The results differ from the file's in the last digits.
 *
 * @returns a fresh model, or `model` itself where there is nothing to take out
 */
export function foldBiases(model: OnnxModel): OnnxModel {
  if (holdsGraphs(model.graph)) return model;
  const edits = new Edits(new GraphIndex(model.graph));
  const { index } = edits;
  for (const { key, value, context } of findAttentions(model, index)) {
    const [ofKey, ofValue] = [biased(index, key), biased(index, value)];
    if (ofKey !== undefined) edits.drop(ofKey);
    const output = index.numberReader(context);
    const ofOutput = output === undefined ? undefined : biasedBy(index, output);
    if (ofValue === undefined || ofOutput?.rows !== ofValue.cols) continue;
    edits.drop(ofValue);
    edits.shift(ofOutput, ofValue.bias, 1);
  }
  for (const n of model.graph.node) foldFeedForward(edits, n);
  return edits.applied(model);
}

/** Folds the vector of `residual` = y + (h W2 + b), where y is normalized and goes into W1 beside. */
function foldFeedForward(edits: Edits, residual: NodeProto): void {
  const { index } = edits;
  if (residual.opType !== "Add") return;
  for (const [i, name] of residual.input.entries()) {
    const second = biased(index, name);
    const normalized = residual.input[1 - i];
    const last = lastOfNorm(index, normalized);
    if (second === undefined || last?.size !== second.cols || index.numberReader(name) !== residual) continue;
    const others = index.readers(normalized).filter((n) => n !== residual && n.opType !== "Shape");
    const firsts = others.map((n) => biasedBy(index, n));
    if (firsts.length === 0 || !firsts.every((first) => first?.rows === second.cols)) continue;
    if (![second, last, ...firsts].every((one) => edits.isFree(one!.sum))) continue;
    edits.add(last, second.bias);
    for (const first of firsts) edits.shift(first!, second.bias, -1);
    edits.drop(second);
    return;
  }
}

/** The node that makes `name`, if the last that it does is to add a vector, as a layer normalization does. */
function lastOfNorm(
  index: GraphIndex,
  name: string,
): { readonly sum: NodeProto; readonly bias: string; readonly size: number } | undefined {
  const sum = index.producer(name);
  const places = { Add: [0, 1], LayerNormalization: [2] }[sum?.opType ?? ""] ?? [];
  const bias = places.map((at) => sum!.input[at]).find((input) => index.isVector(input));
  if (sum === undefined || bias === undefined || index.isOutput(name)) return undefined;
  return { sum, bias, size: shapeOf(index.constant(bias)!)[0] };
}

/** `name` as the sum of a product and a vector. */
function biased(index: GraphIndex, name: string): BiasedProduct | undefined {
  const sum = index.producer(name);
  const product = sum?.input.map((input) => index.producer(input)).find((n) => n?.opType === "MatMul");
  const found = product === undefined ? undefined : biasedBy(index, product);
  return found?.sum === sum ? found : undefined;
}

/** A product with weights that is read once, to add a vector to it. */
function biasedBy(index: GraphIndex, product: NodeProto): BiasedProduct | undefined {
  const weights = index.constant(product.input[1]);
  const sum = index.loneReader(product.output[0]);
  const bias = sum?.input.find((name) => index.isVector(name));
  if (product.opType !== "MatMul" || weights?.dims.length !== 2 || weights.dataType !== ElementType.float32) return;
  if (sum?.opType !== "Add" || bias === undefined) return;
  const [rows, cols] = shapeOf(weights);
  return shapeOf(index.constant(bias)!)[0] === cols ? { product, sum, weights, rows, cols, bias } : undefined;
}

/** What is to change in a graph, gathered first and done at once. */
class Edits {
  readonly index: GraphIndex;
  readonly #dropped = new Map<NodeProto, NodeProto>();
  readonly #inputs = new Map<NodeProto, string[]>();
  readonly #constants: TensorProto[] = [];

  constructor(index: GraphIndex) {
    this.index = index;
  }

  /** Whether nothing was said of a node yet. */
  isFree(node: NodeProto): boolean {
    return !this.#dropped.has(node) && !this.#inputs.has(node);
  }

  /** Leaves the vector of a product out. */
  drop({ product, sum }: BiasedProduct): void {
    this.#dropped.set(sum, product);
  }

  /** Adds sign · vector · W to the vector of a product of other inputs with the weights W. */
  shift({ sum, bias, weights }: BiasedProduct, vector: string, sign: 1 | -1): void {
    this.#replace({ sum, bias }, timesMatrix(this.#vector(vector), weights), sign);
  }

  /** Adds a vector to one that a node takes. */
  add(at: Pick<BiasedProduct, "sum" | "bias">, vector: string): void {
    this.#replace(at, Float64Array.from(this.#vector(vector)), 1);
  }

  #vector(name: string): Float32Array {
    return floats(this.index.constant(name)!)!;
  }

  #replace({ sum, bias }: Pick<BiasedProduct, "sum" | "bias">, added: Float64Array, sign: 1 | -1): void {
    const own = this.#vector(bias);
    const name = `${sum.output[0]}/folded`;
    const data = Float32Array.from(own, (number, i) => number + sign * added[i]);
    this.#constants.push(tensor(name, "float32", [own.length], data));
    this.#inputs.set(
      sum,
      sum.input.map((input) => (input === bias ? name : input)),
    );
  }

  applied(model: OnnxModel): OnnxModel {
    if (this.#dropped.size === 0) return model;
    const result = copyModel(model);
    const sums = new Map([...this.#dropped].map(([sum, product]) => [product, sum.output]));
    result.graph.node = model.graph.node
      .filter((n) => !this.#dropped.has(n))
      .map((n) => changed(n, { input: this.#inputs.get(n) ?? n.input, output: sums.get(n) ?? n.output }));
    result.graph.initializer = [...model.graph.initializer, ...this.#constants];
    result.graph.valueInfo = [];
    dropUnread(result);
    return result;
  }
}

/** v W for v `[rows]` and W `[rows, cols]`, in float64. */
function timesMatrix(vector: Float32Array, matrix: TensorProto): Float64Array {
  const [rows, cols] = shapeOf(matrix);
  const result = new Float64Array(cols);
  // Row by row in the same memory: a copy of the matrix would make the process grow.
  const row = new Float32Array(cols);
  const bytes = new Uint8Array(row.buffer);
  for (let r = 0; r < rows; r++) {
    if (matrix.rawData.length > 0) bytes.set(matrix.rawData.subarray(4 * r * cols, 4 * (r + 1) * cols));
    else row.set(matrix.floatData.slice(r * cols, (r + 1) * cols));
    for (let c = 0; c < cols; c++) result[c] += vector[r] * row[c];
  }
  return result;
}
