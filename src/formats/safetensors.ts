import { HeadstartError, type ErrorCode } from "../errors.js";
import { checkTensors } from "./safetensorsHeader.js";
import type { TensorEntry } from "./safetensorsHeader.js";
import { parseStrictJson } from "./strictJson.js";
import type { StrictJson } from "./strictJson.js";

/** An array with its shape, row-major; `data.length` is the product of `shape`. Halves are kept as their bits. */
export type Tensor =
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "F16"; readonly shape: readonly number[]; readonly data: Uint16Array }
  | { readonly dtype: "F64"; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: "I32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "I64"; readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly dtype: "U8"; readonly shape: readonly number[]; readonly data: Uint8Array };

/** Bytes of an element of each kind. */
const SIZES = { F32: 4, F16: 2, F64: 8, I32: 4, I64: 8, U8: 1 } as const;
/** The format's own limit; an honest header is far below it. */
const MAX_HEADER = 100_000_000;
/** object > tensor > list > number. */
const MAX_DEPTH = 4;

/**
 * Bytes of a safetensors file. The same tensors give the same bytes, in whatever order they come: wider elements first,
 * then by name, so that each is aligned.
 *
 * @throws RangeError when a tensor's data does not fill its shape, or one is named `__metadata__`
 * @see https://github.com/huggingface/safetensors#format
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = [...tensors].sort(([a, x], [b, y]) => SIZES[y.dtype] - SIZES[x.dtype] || (a < b ? -1 : 1));
  const parts: Uint8Array[] = [];
  const fields: string[] = [];
  if (Object.keys(metadata).length > 0) fields.push(`"__metadata__":${metadataText(metadata)}`);
  let end = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    const count = shape.reduce((product, dimension) => product * dimension, 1);
    if (data.length !== count)
      throw new RangeError(`Tensor ${name} has ${data.length} numbers for [${shape.join(", ")}]`);
    if (name === "__metadata__") throw new RangeError("A tensor cannot be named __metadata__");
    const offsets = [end, (end += data.byteLength)];
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: offsets })}`);
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  const json = Buffer.from(`{${fields.join(",")}}`, "utf8");
  const header = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, " ");
  header.writeBigUInt64LE(BigInt(header.length - 8));
  header.set(json, 8);
  return Buffer.concat([header, ...parts]);
}

/** Sorted, so that the same entries give the same bytes. */
function metadataText(metadata: Readonly<Record<string, string>>): string {
  const entries = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
}

interface ReadOptions {
  /** As the user named it, for messages. */
  readonly file?: string | undefined;
  /** Of the error for a file that cannot be read. @default "E_HEAD_INVALID" */
  readonly code?: ErrorCode | undefined;
  /** What to do about it, at the end of the message. @default to train again */
  readonly advice?: string | undefined;
}

/**
 * Reads a safetensors file: tensors of F32, F16, F64, I32, I64 and U8, as fresh arrays.
 *
 * Everything the header says is checked before it is used: its length, names that come twice, kinds, shapes, and that
 * the tensors fill the file from end to end without overlap or hole. Names such as `__proto__` are plain map keys.
 *
 * @throws HeadstartError E_HEAD_INVALID, or the code of the options
 */
export function readSafetensors(bytes: Uint8Array, options: ReadOptions = {}): Map<string, Tensor> {
  const { entries, dataStart } = readHeader(bytes, options);
  const tensors = new Map<string, Tensor>();
  for (const [name, { dtype, shape, start, end }] of entries) {
    const copy = bytes.slice(dataStart + start, dataStart + end);
    // A Buffer's slice is a view into memory of any alignment; a copy of its own is not.
    const { buffer } = Buffer.isBuffer(copy) ? Uint8Array.from(copy) : copy;
    tensors.set(name, tensorOver(dtype, shape, buffer));
  }
  return tensors;
}

/** The entries of `__metadata__`, empty where there is none. @throws HeadstartError as `readSafetensors` */
export function readSafetensorsMetadata(bytes: Uint8Array, options: ReadOptions = {}): Map<string, string> {
  return readHeader(bytes, options).metadata;
}

function tensorOver(dtype: Tensor["dtype"], shape: readonly number[], buffer: ArrayBufferLike): Tensor {
  switch (dtype) {
    case "F32":
      return { dtype, shape, data: new Float32Array(buffer) };
    case "F16":
      return { dtype, shape, data: new Uint16Array(buffer) };
    case "F64":
      return { dtype, shape, data: new Float64Array(buffer) };
    case "I32":
      return { dtype, shape, data: new Int32Array(buffer) };
    case "I64":
      return { dtype, shape, data: new BigInt64Array(buffer) };
    case "U8":
      return { dtype, shape, data: new Uint8Array(buffer) };
  }
}

interface Header {
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Map<string, string>;
  readonly dataStart: number;
}

function readHeader(bytes: Uint8Array, options: ReadOptions): Header {
  const { file, code = "E_HEAD_INVALID", advice = "Take the file from where it came, or train again" } = options;
  try {
    const { json, dataStart } = parseHeader(bytes);
    return { ...checkTensors(json, { sizes: SIZES, dataBytes: bytes.length - dataStart }), dataStart };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const name = file ?? "the safetensors file";
    const message = `Cannot read the tensors of ${name}: ${cause.message}. ${advice}`;
    throw new HeadstartError(code, message, { file, cause });
  }
}

function parseHeader(bytes: Uint8Array): { readonly json: StrictJson; readonly dataStart: number } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 8) throw new SyntaxError(`it has ${view.length} bytes, fewer than the length of a header takes`);
  const length = view.readBigUInt64LE();
  if (length > BigInt(view.length - 8)) {
    throw new SyntaxError(`its header should have ${length} bytes, and only ${view.length - 8} follow`);
  }
  if (length > MAX_HEADER)
    throw new SyntaxError(`its header has ${length} bytes, more than the limit of ${MAX_HEADER}`);
  const dataStart = 8 + Number(length);
  return { json: parseStrictJson(decodeUtf8(view.subarray(8, dataStart)), MAX_DEPTH), dataStart };
}

function decodeUtf8(bytes: Uint8Array): string {
  if (bytes[0] !== 0x7b) throw new SyntaxError("its header does not start with {");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new SyntaxError("its header is not UTF-8");
  }
}
