import { copyModel, floats, node, shapeOf, tensor, type NodeProto, type OnnxModel, type TensorProto } from "./model.js";

/**
 * Largest magnitude of an int8 weight. With 64 the sum of two products of an unsigned and a signed byte stays within
 * 16 bits, so processors without VNNI, which add in 16 bits, give the same integers as those with it.
 */
const WEIGHT_STEPS = 64;
/** Activations are u8 around 128, so a row's largest magnitude becomes 127 steps. */
const ACTIVATION_STEPS = 127;
const ACTIVATION_ZERO = 128;
export interface QuantizeOptions {
  /** Matrices of fewer numbers stay fp32: they are not worth the extra operators. @default 4096 */
  readonly minWeights?: number;
}

const QUANTIZE_DEFAULTS = { minWeights: 4096 } as const satisfies QuantizeOptions;

/**
 * Rewrites the weight products of a BERT-style fp32 model to int8, one activation scale a token.
 *
 * Per row x of the activations, s = max |x|; q = round(127 x / s) + 128 as u8; y = s / 127 * scale_column * (q - 128) W8.
 * A row's result depends on that row alone, so a text gets the same vector alone, in any batch and at any padding,
 * unlike with one scale for the whole tensor. Weights have one scale a column, the word embeddings one a row.
 *
 * @returns a fresh model; `model` is not written to
 * @see Yao et al. 2022 (ZeroQuant, token-wise quantisation): https://arxiv.org/abs/2206.01861
 */
export function quantizePerToken(model: OnnxModel, options: QuantizeOptions = {}): OnnxModel {
  const { minWeights } = { ...QUANTIZE_DEFAULTS, ...options };
  const result = copyModel(model);
  const { graph } = result;
  const weights = new Map(graph.initializer.map((t) => [t.name, t]));
  const axesAreInput = opsetOf(result) >= 18;
  const constants: TensorProto[] = [
    ...(axesAreInput ? [tensor("int8/last_axis", "int64", [1], BigInt64Array.of(-1n))] : []),
    tensor("int8/one_step", "float32", [], Float32Array.of(1 / ACTIVATION_STEPS)),
    tensor("int8/zero", "uint8", [], Uint8Array.of(ACTIVATION_ZERO)),
    tensor("int8/tiny", "float32", [], Float32Array.of(1e-30)),
  ];
  const replaced = new Set<string>();
  const quantized = new Set<string>();
  const nodes: NodeProto[] = [];
  for (const n of graph.node) {
    const product = n.opType === "MatMul" ? bigWeights(weights.get(n.input[1]), minWeights) : undefined;
    const table = n.opType === "Gather" ? bigWeights(weights.get(n.input[0]), minWeights) : undefined;
    if (product !== undefined) {
      nodes.push(...activationNodes(n.input[0], { done: quantized, axesAreInput }), ...productNodes(n, n.input[0]));
      if (!replaced.has(n.input[1])) constants.push(...columnScaled(n.input[1], product));
      replaced.add(n.input[1]);
    } else if (table !== undefined && isFirstAxis(n)) {
      nodes.push(...lookupNodes(n));
      if (!replaced.has(n.input[0])) constants.push(...rowScaled(n.input[0], table));
      replaced.add(n.input[0]);
    } else {
      nodes.push(n);
    }
  }
  const stillRead = new Set(nodes.flatMap((n) => n.input));
  const gone = new Set([...replaced].filter((name) => !stillRead.has(name)));
  graph.node = nodes;
  graph.initializer = [...graph.initializer.filter((t) => !gone.has(t.name)), ...constants];
  // Old files list weights among the inputs too.
  graph.input = graph.input.filter((i) => !gone.has(i.name));
  // Rewritten graphs carry other intermediate values than the file described.
  graph.valueInfo = [];
  if (!result.opsetImport.some((o) => o.domain === "com.microsoft")) {
    result.opsetImport = [...result.opsetImport, { ...result.opsetImport[0], domain: "com.microsoft", version: 1n }];
  }
  return result;
}

const opsetOf = (model: OnnxModel): number =>
  Number(model.opsetImport.find((o) => o.domain === "" || o.domain === "ai.onnx")?.version ?? 0n);

interface Weights {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float32Array;
}

function bigWeights(t: TensorProto | undefined, minWeights: number): Weights | undefined {
  if (t === undefined || t.dims.length !== 2) return undefined;
  const [rows, cols] = shapeOf(t);
  if (rows * cols < minWeights) return undefined;
  const data = floats(t);
  return data === undefined ? undefined : { rows, cols, data };
}

const isFirstAxis = (n: NodeProto): boolean => n.attribute.every((a) => a.name !== "axis" || a.i === 0n);

/** Nodes that quantise activation `x` to `x/int8`, with the row's scale in `x/scale`; none if they are there already. */
function activationNodes(x: string, { done, axesAreInput }: { done: Set<string>; axesAreInput: boolean }): NodeProto[] {
  if (done.has(x)) return [];
  done.add(x);
  const inputs = axesAreInput ? [`${x}/abs`, "int8/last_axis"] : [`${x}/abs`];
  const attributes = axesAreInput ? { keepdims: 1n } : { axes: [-1], keepdims: 1n };
  return [
    node("Abs", { inputs: [x], outputs: [`${x}/abs`] }),
    node("ReduceMax", { inputs, outputs: [`${x}/max`] }, { attributes }),
    node("Max", { inputs: [`${x}/max`, "int8/tiny"], outputs: [`${x}/scale`] }),
    node("Div", { inputs: [x, `${x}/scale`], outputs: [`${x}/unit`] }),
    node("QuantizeLinear", { inputs: [`${x}/unit`, "int8/one_step", "int8/zero"], outputs: [`${x}/int8`] }),
  ];
}

function productNodes(n: NodeProto, x: string): NodeProto[] {
  const [weight, result] = [n.input[1], n.output[0]];
  return [
    node(
      "MatMulIntegerToFloat",
      {
        inputs: [`${x}/int8`, `${weight}/int8`, "int8/one_step", `${weight}/scale`, "int8/zero"],
        outputs: [`${result}/unit`],
      },
      { name: `${n.name}/int8`, domain: "com.microsoft" },
    ),
    node("Mul", { inputs: [`${result}/unit`, `${x}/scale`], outputs: [result] }, { name: n.name }),
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

function columnScaled(name: string, { rows, cols, data }: Weights): TensorProto[] {
  const scale = new Float32Array(cols);
  for (let i = 0; i < data.length; i++) scale[i % cols] = Math.max(scale[i % cols], Math.abs(data[i]));
  for (let c = 0; c < cols; c++) scale[c] = Math.max(scale[c], 1e-30) / WEIGHT_STEPS;
  const steps = new Int8Array(data.length);
  for (let i = 0; i < data.length; i++) steps[i] = Math.round(data[i] / scale[i % cols]);
  return [tensor(`${name}/int8`, "int8", [rows, cols], steps), tensor(`${name}/scale`, "float32", [cols], scale)];
}

/** Embedding rows are looked up, not multiplied, so they use the whole byte. */
function rowScaled(name: string, { rows, cols, data }: Weights): TensorProto[] {
  const scale = new Float32Array(rows);
  const steps = new Int8Array(data.length);
  for (let r = 0; r < rows; r++) {
    let largest = 1e-30;
    for (let c = 0; c < cols; c++) largest = Math.max(largest, Math.abs(data[r * cols + c]));
    scale[r] = largest / 127;
    for (let c = 0; c < cols; c++) steps[r * cols + c] = Math.round(data[r * cols + c] / scale[r]);
  }
  return [tensor(`${name}/int8`, "int8", [rows, cols], steps), tensor(`${name}/scale`, "float32", [rows, 1], scale)];
}
