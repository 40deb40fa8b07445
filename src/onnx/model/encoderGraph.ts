import { HeadstartError } from "../../errors.js";
import { everyNode } from "./graphWalk.js";
import { requireTokenOutput, sentenceOutput, type StatedShape } from "./encoderOutputs.js";
import { dimensions, elementTypeOf, ElementType, type OnnxModel, type ValueInfoProto } from "./model.js";

/** Names by which a BERT-style model takes its inputs and gives its vectors. */
export interface EncoderPorts {
  readonly ids: string;
  readonly mask: string;
  /** Undefined where the model has no segment input. */
  readonly segments: string | undefined;
  /** Token vectors `[batch, tokens, width]`, or the vectors of whole texts `[batch, width]`. */
  readonly hidden: string;
  /** Undefined where the file does not say. */
  readonly width: number | undefined;
  /** Texts that it takes at a time, where it does not take any number. */
  readonly batch?: 1 | undefined;
}

interface PortsOptions {
  /** Take the vectors that the model itself makes of whole texts. @default those of tokens */
  readonly ofTexts?: boolean | undefined;
  /** What config.json says. @default nothing to compare with */
  readonly stated?: StatedShape | undefined;
}

const KNOWN_INPUTS = ["input_ids", "attention_mask", "token_type_ids"];

/**
 * Finds the inputs of an encoder by name, and the output to take vectors from.
 *
 * @throws HeadstartError E_ENCODER_UNSUPPORTED when inputs are missing, unknown or not int64, or no output of vectors has
 *   float32 numbers; E_ENCODER_INVALID when the output is no vectors, or the model takes texts of one length only
 */
export function encoderPorts(model: OnnxModel, file: string, { ofTexts, stated }: PortsOptions = {}): EncoderPorts {
  const inputs = inputsOf(model);
  const names = inputs.map(({ name }) => name);
  const strange = names.filter((name) => !KNOWN_INPUTS.includes(name));
  const missing = ["input_ids", "attention_mask"].filter((name) => !names.includes(name));
  if (missing.length > 0 || strange.length > 0) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} is not a BERT-style encoder: it takes ${quoted(names)}` +
        (missing.length > 0 ? `, and ${quoted(missing)} is missing` : "") +
        `. An encoder takes "input_ids" and "attention_mask", and "token_type_ids" if it likes`,
      { file },
    );
  }
  const hidden = (ofTexts === true ? sentenceOutput(model) : undefined) ?? requireTokenOutput(model, file, stated);
  for (const input of inputs) requireType(input, "int64", file);
  requireType(hidden.value, "float32", file);
  return {
    ids: "input_ids",
    mask: "attention_mask",
    segments: names.includes("token_type_ids") ? "token_type_ids" : undefined,
    hidden: hidden.value.name,
    width: hidden.width,
    batch: batchOf(inputs, file),
  };
}

/** Old files list weights among the inputs too. */
function inputsOf({ graph }: OnnxModel): readonly ValueInfoProto[] {
  const fixed = new Set(graph.initializer.map((t) => t.name));
  return graph.input.filter(({ name }) => !fixed.has(name));
}

/** @throws HeadstartError E_ENCODER_INVALID for a model exported for texts of one length, or for several at a time */
function batchOf(inputs: readonly ValueInfoProto[], file: string): 1 | undefined {
  const sizes = inputs.map((input) => dimensions(input) ?? []);
  const texts = sizes.map(([size]) => size).find((size) => size !== undefined);
  const tokens = sizes.map(([, size]) => size).find((size) => size !== undefined);
  if (tokens === undefined && (texts === undefined || texts === 1)) return texts;
  const ofTexts = texts === undefined ? "" : `${texts} x `;
  const shape = tokens === undefined ? `batches of ${texts} texts` : `${ofTexts}${tokens} tokens`;
  throw new HeadstartError(
    "E_ENCODER_INVALID",
    `${file} was exported for ${shape} only, and texts have other lengths. Export it again with dynamic axes`,
    { file },
  );
}

function requireType(value: ValueInfoProto, wanted: "int64" | "float32", file: string): void {
  const type = elementTypeOf(value);
  if (type === undefined || type === ElementType[wanted]) return;
  const found = Object.entries(ElementType).find(([, number]) => number === type)?.[0] ?? `ONNX's type ${type}`;
  throw new HeadstartError(
    "E_ENCODER_UNSUPPORTED",
    `${file} has "${value.name}" as ${found}, not as ${wanted}. Export it again without changing types`,
    { file },
  );
}

/** Rows of the table of positions, beyond which a text has none; undefined where no weights have such a name. */
export function positionRows({ graph }: OnnxModel): number | undefined {
  const table = graph.initializer.find(
    ({ name, dims }) => /position_embeddings?\.weight$/.test(name) && dims.length === 2,
  );
  return table && Number(table.dims[0]);
}

/**
 * Whether a text's vector can depend on its neighbors in the batch: dynamic quantization takes one scale for the whole
 * tensor. Integer products alone are no sign.
 */
export function dependsOnBatch(model: OnnxModel): boolean {
  return everyNode(model).some((n) => n.opType === "DynamicQuantizeLinear" || n.opType === "DynamicQuantizeMatMul");
}

/** Whether weights are stored as integers already. */
export function isQuantized(model: OnnxModel): boolean {
  const integer = ["MatMulInteger", "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "QLinearMatMul", "MatMulNBits"];
  return model.graph.node.some((n) => integer.includes(n.opType));
}

/**
 * Names of the hidden states after the embeddings (index 0) and after each layer, found by the names of the nodes
 * (`.../layer.3/output/LayerNorm/Add_1`; deeper names are those of nodes that quantization put behind).
 *
 * @returns empty when the nodes are not named so
 */
export function hiddenStates(model: OnnxModel): string[] {
  const last: string[] = [];
  for (const n of model.graph.node) {
    // What a quantizer put behind, named like what it takes, gives integers.
    if (n.opType.endsWith("QuantizeLinear")) continue;
    const name = n.name.replace(/^\/?(model|bert|roberta)\//, "").replace(/^\//, "");
    const layer = /^encoder\/layer\.(\d+)\/output\/LayerNorm\/[^/]+$/.exec(name);
    if (layer !== null) last[Number(layer[1]) + 1] = n.output[0];
    else if (/^embeddings\/LayerNorm\/[^/]+$/.test(name)) last[0] = n.output[0];
  }
  const complete = last.length > 1 && Array.from(last).every((name) => name !== undefined);
  return complete ? last : [];
}

const quoted = (names: readonly string[]): string => names.map((n) => `"${n}"`).join(", ");
