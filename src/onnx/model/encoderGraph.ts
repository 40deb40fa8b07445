import { HeadstartError } from "../../errors.js";
import { everyNode } from "./graphWalk.js";
import { elementTypeOf, ElementType, lastDimension, rankOf, type OnnxModel, type ValueInfoProto } from "./model.js";

/** Names by which a BERT-style model takes its inputs and gives its token vectors. */
export interface EncoderPorts {
  readonly ids: string;
  readonly mask: string;
  /** Undefined where the model has no segment input. */
  readonly segments: string | undefined;
  /** `[batch, tokens, width]` */
  readonly hidden: string;
  /** Undefined where the file does not say. */
  readonly width: number | undefined;
}

const KNOWN_INPUTS = ["input_ids", "attention_mask", "token_type_ids"];

/**
 * Finds the inputs of an encoder by name and its token vectors by rank: the output named `last_hidden_state`, else the
 * first one of rank 3.
 *
 * @throws HeadstartError E_ENCODER_UNSUPPORTED when inputs are missing, unknown or not int64, or no output of rank 3 has
 *   float32 numbers
 */
export function encoderPorts(model: OnnxModel, file: string): EncoderPorts {
  const fixed = new Set(model.graph.initializer.map((t) => t.name));
  const inputs = model.graph.input.map((i) => i.name).filter((name) => !fixed.has(name));
  const strange = inputs.filter((name) => !KNOWN_INPUTS.includes(name));
  const missing = ["input_ids", "attention_mask"].filter((name) => !inputs.includes(name));
  if (missing.length > 0 || strange.length > 0) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} is not a BERT-style encoder: it takes ${quoted(inputs)}` +
        (missing.length > 0 ? `, and ${quoted(missing)} is missing` : "") +
        `. An encoder takes "input_ids" and "attention_mask", and "token_type_ids" if it likes`,
      { file },
    );
  }
  const outputs = model.graph.output;
  const ranked = outputs.filter((o) => rankOf(o) === 3 || (rankOf(o) === undefined && o.name === "last_hidden_state"));
  const hidden = ranked.find((o) => o.name === "last_hidden_state") ?? ranked[0];
  if (hidden === undefined) {
    const found = outputs.map((o) => `"${o.name}" of rank ${rankOf(o) ?? "unknown"}`).join(", ");
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} gives no token vectors: its outputs are ${found}. ` +
        `Export it for feature extraction, with an output [batch, tokens, width]`,
      { file },
    );
  }
  for (const input of model.graph.input) if (inputs.includes(input.name)) requireType(input, "int64", file);
  requireType(hidden, "float32", file);
  return {
    ids: "input_ids",
    mask: "attention_mask",
    segments: inputs.includes("token_type_ids") ? "token_type_ids" : undefined,
    hidden: hidden.name,
    width: lastDimension(hidden),
  };
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
