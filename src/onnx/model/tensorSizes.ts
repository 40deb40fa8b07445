import { excerpt, HeadstartError } from "../../errors.js";
import { everySparseTensor, everyTensor } from "./graphWalk.js";
import type { ModelProto, TensorProto } from "./onnx_pb.js";

/** Where a tensor's numbers lie when they are not in its raw bytes. */
type Field = "floatData" | "doubleData" | "int32Data" | "int64Data" | "uint64Data" | "stringData";
const FIELDS: readonly Field[] = ["floatData", "doubleData", "int32Data", "int64Data", "uint64Data", "stringData"];

interface Stored {
  /** Of one element. */
  readonly bits: number;
  readonly field: Field;
  /** Entries of the field that one element takes. @default 1 */
  readonly entries?: number | undefined;
}

/** By the number of an element type in the format; a string has no raw bytes. */
const STORED: ReadonlyMap<number, Stored> = new Map([
  [1, { bits: 32, field: "floatData" }],
  [11, { bits: 64, field: "doubleData" }],
  [7, { bits: 64, field: "int64Data" }],
  [12, { bits: 32, field: "uint64Data" }],
  [13, { bits: 64, field: "uint64Data" }],
  [8, { bits: 0, field: "stringData" }],
  [14, { bits: 64, field: "floatData", entries: 2 }],
  [15, { bits: 128, field: "doubleData", entries: 2 }],
  ...[6].map((type): [number, Stored] => [type, { bits: 32, field: "int32Data" }]),
  ...[4, 5, 10, 16].map((type): [number, Stored] => [type, { bits: 16, field: "int32Data" }]),
  ...[2, 3, 9, 17, 18, 19, 20, 24].map((type): [number, Stored] => [type, { bits: 8, field: "int32Data" }]),
  // Numbers of less than a byte share the bytes, also where those are entries.
  ...[21, 22, 23].map((type): [number, Stored] => [type, { bits: 4, field: "int32Data", entries: 1 / 2 }]),
  ...[25, 26].map((type): [number, Stored] => [type, { bits: 2, field: "int32Data", entries: 1 / 4 }]),
]);

/** Beyond this many elements no file can hold a tensor, and products would no longer be exact. */
const MOST_ELEMENTS = 2 ** 48;
/** No encoder has more than six; the runtime is slow with thousands. */
const MOST_DIMS = 64;
/** Elements of a sparse tensor once it is written out, as the runtime does when it loads it. */
const MOST_DENSE = 2 ** 28;

const EXTERNAL = 1;

/** Whether a tensor's numbers lie in a file of their own. */
export const isOutside = ({ dataLocation }: TensorProto): boolean => dataLocation === EXTERNAL;

/** Number of elements that dims say; undefined where they cannot be those of a tensor. */
export function elementsOf(dims: readonly bigint[]): number | undefined {
  if (dims.length > MOST_DIMS) return undefined;
  let [elements, largest] = [1, 1];
  for (const dim of dims) {
    if (dim < 0n || dim > BigInt(MOST_ELEMENTS)) return undefined;
    elements *= Number(dim);
    largest *= Math.max(1, Number(dim));
    // Also where another dim is 0: what multiplies them in another order must not overflow.
    if (largest > MOST_ELEMENTS) return undefined;
  }
  return elements;
}

/** Bytes that a tensor takes in a file; undefined where its dims are impossible or its element type is unknown. */
export function statedBytes({ dims, dataType }: TensorProto): number | undefined {
  const elements = elementsOf(dims);
  const stored = STORED.get(dataType);
  return elements === undefined || stored === undefined ? undefined : Math.ceil((elements * stored.bits) / 8);
}

/**
 * Refuses a model in which a tensor, at whatever depth, does not have the numbers that its dims say. Whoever reads them
 * later would make memory for the dims, or read beyond the bytes.
 *
 * @throws HeadstartError E_ENCODER_INVALID
 */
export function refuseWrongSizes(model: ModelProto, file: string): void {
  for (const tensor of everyTensor(model)) {
    const found = wrongSize(tensor);
    if (found !== undefined) throw invalid(`"${excerpt(tensor.name)}" ${found}`, file);
  }
  for (const { values, dims } of everySparseTensor(model)) {
    const elements = elementsOf(dims);
    if (elements !== undefined && elements <= MOST_DENSE) continue;
    throw invalid(`the sparse "${excerpt(values?.name ?? "")}" would have the dims ${shown(dims)}`, file);
  }
}

/** What is wrong with a tensor's size, to be put after its name. */
function wrongSize(tensor: TensorProto): string | undefined {
  const { dims, dataType, rawData } = tensor;
  const elements = elementsOf(dims);
  if (elements === undefined) return `has the dims ${shown(dims)}`;
  const stored = STORED.get(dataType);
  if (stored === undefined) return `has numbers of an unknown type (${dataType})`;
  const filled = FIELDS.filter((field) => tensor[field].length > 0);
  if (isOutside(tensor)) return filled.length > 0 || rawData.length > 0 ? "has numbers here and elsewhere" : undefined;
  const { bits, field, entries = 1 } = stored;
  if (filled.some((one) => one !== field)) return `has numbers of another type than it says (${dataType})`;
  if (rawData.length > 0 && (filled.length > 0 || bits === 0)) return "has its numbers twice";
  if (rawData.length > 0) {
    const wanted = Math.ceil((elements * bits) / 8);
    return rawData.length === wanted ? undefined : `has ${rawData.length} bytes for the dims ${shown(dims)}`;
  }
  const wanted = Math.ceil(elements * entries);
  const found = tensor[field].length;
  return found === wanted || (entries < 1 && found === elements)
    ? undefined
    : `has ${found} numbers for the dims ${shown(dims)}`;
}

/** Dims for a message, which may be many. */
function shown(dims: readonly bigint[]): string {
  const first = dims.slice(0, 8).join(" x ");
  return dims.length === 0 ? "of one number" : dims.length > 8 ? `${first} x .. (${dims.length} of them)` : first;
}

const invalid = (found: string, file: string): HeadstartError =>
  new HeadstartError("E_ENCODER_INVALID", `Cannot use ${file}: ${found}. Fetch or export it again`, { file });
