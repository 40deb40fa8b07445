import { create, fromBinary, toBinary, type Message } from "@bufbuild/protobuf";
import { HeadstartError } from "../../errors.js";
import { graphsOf, namesRead } from "./graphWalk.js";
import {
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./onnx_pb.js";
import { refuseWrongSizes } from "./tensorSizes.js";

export type { GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto };

/** Element types of ONNX tensors, by their number in the format. */
export const ElementType = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float64: 11 } as const;
export type ElementTypeName = keyof typeof ElementType;

/** Of operators that onnxruntime has beyond the standard's. */
export const RUNTIME_DOMAIN = "com.microsoft";

const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** An ONNX model with its graph present. */
export type OnnxModel = ModelProto & { graph: GraphProto };

/**
 * Decodes an ONNX file. Tensors' bytes are views into `bytes`, not copies, and have the length that their dims say.
 *
 * @param file  name for messages
 * @throws HeadstartError E_ENCODER_INVALID when the bytes are no ONNX model, or a tensor's do not fit its dims
 */
export function readModel(bytes: Uint8Array, file: string): OnnxModel {
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw new HeadstartError("E_ENCODER_INVALID", `Cannot read ${file} as an ONNX model. Fetch or export it again`, {
      file,
      cause,
    });
  }
  if (model.graph === undefined || model.graph.node.length === 0) {
    throw new HeadstartError("E_ENCODER_INVALID", `${file} holds no ONNX graph. Fetch or export it again`, { file });
  }
  refuseWrongSizes(model, file);
  return model as OnnxModel;
}

export function writeModel(model: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, model);
}

/**
 * A copy of a message with some fields changed; the others are shared.
 *
 * A spread would not do: what a file leaves out has its default from the prototype, which a spread loses.
 */
export function changed<T extends Message>(message: T, fields: Partial<T>): T {
  return Object.assign(Object.create(Object.getPrototypeOf(message) as object) as T, message, fields);
}

/** A copy whose graph and nodes can be rewired; attributes and tensors are shared with `model`. */
export function copyModel(model: OnnxModel): OnnxModel {
  const nodes = model.graph.node.map((n) => changed(n, { input: [...n.input], output: [...n.output] }));
  return changed(model, { graph: changed(model.graph, { node: nodes }) });
}

/**
 * The same model without the names of nodes that share theirs with one before. Names are optional and nothing hangs on
 * them, but the runtime takes no two that are alike.
 */
export function distinctNames(model: OnnxModel): OnnxModel {
  const seen = new Set<string>();
  const nodes = model.graph.node.map((n) => {
    const isFirst = n.name === "" || !seen.has(n.name);
    seen.add(n.name);
    return isFirst ? n : changed(n, { name: "" });
  });
  return changed(model, { graph: changed(model.graph, { node: nodes }) });
}

/** An empty model of one opset to build a small graph in. */
export function newModel(opset: number, domains: Readonly<Record<string, number>> = {}): OnnxModel {
  const imports = Object.entries(domains).map(([domain, version]) => ({ domain, version: BigInt(version) }));
  return create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: "headstart",
    opsetImport: [{ domain: "", version: BigInt(opset) }, ...imports],
    graph: { name: "headstart" },
  }) as OnnxModel;
}

type AttributeValue = number | bigint | string | readonly number[];

/** A node; a `number` attribute is a float, a `bigint` an integer, an array a list of integers. */
export function node(
  type: string,
  ports: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
  options: {
    readonly name?: string | undefined;
    readonly domain?: string | undefined;
    readonly attributes?: Readonly<Record<string, AttributeValue>> | undefined;
  } = {},
): NodeProto {
  return create(NodeProtoSchema, {
    opType: type,
    name: options.name ?? ports.outputs[0],
    domain: options.domain ?? "",
    input: [...ports.inputs],
    output: [...ports.outputs],
    attribute: Object.entries(options.attributes ?? {}).map(([name, value]) => attribute(name, value)),
  });
}

function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === "number") return create(AttributeProtoSchema, { name, type: ATTRIBUTE.float, f: value });
  if (typeof value === "bigint") return create(AttributeProtoSchema, { name, type: ATTRIBUTE.int, i: value });
  if (typeof value === "string") {
    return create(AttributeProtoSchema, { name, type: ATTRIBUTE.string, s: new TextEncoder().encode(value) });
  }
  return create(AttributeProtoSchema, { name, type: ATTRIBUTE.ints, ints: value.map(BigInt) });
}

type TensorData = Float32Array | Float64Array | Int8Array | Uint8Array | Int32Array | BigInt64Array;

/** A constant tensor over the bytes of `data`. */
export function tensor(name: string, type: ElementTypeName, dims: readonly number[], data: TensorData): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: ElementType[type],
    dims: dims.map(BigInt),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

/** An input or output; a string dimension is free. */
export function valueInfo(name: string, type: ElementTypeName, dims: readonly (number | string)[]): ValueInfoProto {
  const shape = dims.map((d) =>
    typeof d === "number"
      ? { value: { case: "dimValue" as const, value: BigInt(d) } }
      : { value: { case: "dimParam" as const, value: d } },
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: ElementType[type], shape: { dim: shape } } } },
  });
}

/** The numbers of a float32 tensor, as a fresh array; undefined for another element type. */
export function floats(t: TensorProto): Float32Array | undefined {
  if (t.dataType !== ElementType.float32) return undefined;
  if (t.rawData.byteLength > 0) return new Float32Array(new Uint8Array(t.rawData).buffer);
  return Float32Array.from(t.floatData);
}

/** The numbers of an int64 tensor; undefined for another element type. */
export function integers(t: TensorProto): number[] | undefined {
  if (t.dataType !== ElementType.int64) return undefined;
  if (t.rawData.byteLength === 0) return t.int64Data.map(Number);
  return Array.from(new BigInt64Array(new Uint8Array(t.rawData).buffer), Number);
}

/** The integers of a node's attribute, one or many; undefined where it is not given. */
export function intsOf(n: NodeProto, name: string): number[] | undefined {
  const found = n.attribute.find((a) => a.name === name);
  if (found === undefined) return undefined;
  // Old files do not say the type.
  const isList = found.type === ATTRIBUTE.ints || found.ints.length > 0;
  return isList ? found.ints.map(Number) : [Number(found.i)];
}

/** Names the domain of the runtime's own operators among those that a model uses. */
export function allowRuntimeOperators(model: OnnxModel): void {
  if (model.opsetImport.some((o) => o.domain === RUNTIME_DOMAIN)) return;
  const added = create(OperatorSetIdProtoSchema, { domain: RUNTIME_DOMAIN, version: 1n });
  model.opsetImport = [...model.opsetImport, added];
}

/** Whether nodes hold graphs of their own, which may read tensors of the one around them. */
export const holdsGraphs = ({ node: nodes }: GraphProto): boolean => nodes.some((n) => graphsOf(n).length > 0);

/** Takes out the weights that no node reads. */
export function dropUnread({ graph }: OnnxModel): void {
  const read = new Set([...graph.node.flatMap(namesRead), ...graph.output.map(({ name }) => name)]);
  const unread = new Set(graph.initializer.map(({ name }) => name).filter((name) => !read.has(name)));
  graph.initializer = graph.initializer.filter(({ name }) => !unread.has(name));
  // Old files list weights among the inputs too.
  graph.input = graph.input.filter(({ name }) => !unread.has(name));
}

/** Version of the standard operators that a model uses. */
export const opsetOf = (model: OnnxModel): number =>
  Number(model.opsetImport.find((o) => o.domain === "" || o.domain === "ai.onnx")?.version ?? 0n);

/** Whether a node takes rows of its first input by the numbers in its second. */
export const looksUpRows = (n: NodeProto): boolean =>
  n.opType === "Gather" && n.attribute.every((a) => a.name !== "axis" || a.i === 0n);

export const shapeOf = (t: TensorProto): number[] => t.dims.map(Number);

/** Rank of an input or output, or undefined where the file does not say. */
export const rankOf = (value: ValueInfoProto): number | undefined => dimensions(value)?.length;

/** Element type of an input or output by its number in the format, or undefined where the file does not say. */
export function elementTypeOf(value: ValueInfoProto): number | undefined {
  const type = value.type?.value.case === "tensorType" ? value.type.value.value.elemType : 0;
  return type === 0 ? undefined : type;
}

/** Dimensions of an input or output, undefined where one is free or not said, as some say by -1 or 0. */
export function dimensions(value: ValueInfoProto): (number | undefined)[] | undefined {
  if (value.type?.value.case !== "tensorType") return undefined;
  return value.type.value.value.shape?.dim.map(({ value: size }) =>
    size.case === "dimValue" && size.value > 0n ? Number(size.value) : undefined,
  );
}

export const lastDimension = (value: ValueInfoProto): number | undefined => dimensions(value)?.at(-1);
