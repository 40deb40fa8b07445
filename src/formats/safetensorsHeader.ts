import type { StrictJson } from "./strictJson.js";

/** What a safetensors header says of one tensor; bytes [start, end) count from the end of the header. */
export interface TensorEntry<Dtype extends string = "F32" | "F16" | "F64" | "I32" | "I64" | "U8"> {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

interface Expected<Dtype extends string> {
  /** Bytes of an element of each kind that can be read. */
  readonly sizes: Readonly<Record<Dtype, number>>;
  /** Bytes after the header. */
  readonly dataBytes: number;
}

/**
 * Checks a parsed header: every field there and of its type, no other field, every tensor as many bytes as its shape
 * takes, and all of them together exactly the bytes of the file.
 *
 * @throws SyntaxError saying what is wrong, as a clause
 */
export function checkTensors<Dtype extends string>(
  json: StrictJson,
  expected: Expected<Dtype>,
): { readonly entries: ReadonlyMap<string, TensorEntry<Dtype>>; readonly metadata: Map<string, string> } {
  if (!(json instanceof Map)) throw new SyntaxError("its header is no JSON object");
  const entries = new Map<string, TensorEntry<Dtype>>();
  let metadata = new Map<string, string>();
  for (const [name, value] of json) {
    if (name === "__metadata__") metadata = checkMetadata(value);
    else entries.set(name, checkTensor(name, value, expected.sizes));
  }
  checkCoverage(entries, expected.dataBytes);
  return { entries, metadata };
}

function checkMetadata(value: StrictJson): Map<string, string> {
  if (!(value instanceof Map)) throw new SyntaxError("its __metadata__ is no object");
  const metadata = new Map<string, string>();
  for (const [key, text] of value) {
    if (typeof text !== "string") throw new SyntaxError(`its metadata ${JSON.stringify(key)} is no string`);
    metadata.set(key, text);
  }
  return metadata;
}

function checkTensor<Dtype extends string>(
  name: string,
  value: StrictJson,
  sizes: Readonly<Record<Dtype, number>>,
): TensorEntry<Dtype> {
  const what = `its tensor ${JSON.stringify(name)}`;
  if (!(value instanceof Map)) throw new SyntaxError(`${what} is no object`);
  for (const field of value.keys()) {
    if (field !== "dtype" && field !== "shape" && field !== "data_offsets") {
      throw new SyntaxError(`${what} has an unknown field ${JSON.stringify(field)}`);
    }
  }
  const dtype = value.get("dtype");
  if (!isKind(dtype, sizes)) {
    throw new SyntaxError(
      `${what} has dtype ${JSON.stringify(dtype) ?? "missing"}, not ${Object.keys(sizes).join(", ")}`,
    );
  }
  const shape = counts(value.get("shape"), `the shape of ${what}`);
  const offsets = counts(value.get("data_offsets"), `data_offsets of ${what}`);
  const bytes = shape.reduce((product, dimension) => product * dimension, sizes[dtype]);
  const [start, end] = offsets;
  if (offsets.length !== 2 || end < start) throw new SyntaxError(`${what} has no valid data_offsets`);
  // A product beyond 2^53 is inexact but can never equal a length that is not.
  if (bytes !== end - start)
    throw new SyntaxError(`${what} takes ${bytes} bytes by its shape and ${end - start} by its offsets`);
  return { dtype, shape, start, end };
}

function isKind<Dtype extends string>(value: unknown, sizes: Readonly<Record<Dtype, number>>): value is Dtype {
  return typeof value === "string" && Object.hasOwn(sizes, value);
}

/** A list of integers from 0 up, each exact. */
function counts(value: StrictJson | undefined, what: string): readonly number[] {
  const numbers: number[] = [];
  if (!Array.isArray(value)) throw new SyntaxError(`${what} is no list`);
  for (const item of value) {
    if (typeof item !== "number" || !Number.isSafeInteger(item) || item < 0 || Object.is(item, -0)) {
      throw new SyntaxError(`${what} has ${String(item)}, not a whole number from 0 to 2^53 - 1`);
    }
    numbers.push(item);
  }
  return numbers;
}

function checkCoverage(entries: ReadonlyMap<string, TensorEntry<string>>, dataBytes: number): void {
  const sorted = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let covered = 0;
  for (const [name, { start, end }] of sorted) {
    if (start !== covered) {
      const what = start < covered ? "overlaps another" : `leaves ${start - covered} bytes before it unused`;
      throw new SyntaxError(`its tensor ${JSON.stringify(name)} ${what}`);
    }
    covered = end;
  }
  if (covered !== dataBytes) throw new SyntaxError(`its tensors take ${covered} bytes, and it holds ${dataBytes}`);
}
