import { HeadstartError } from "../errors.js";
import { readSafetensors, writeSafetensors, type Tensor } from "../tensors/safetensors.js";
import type { Neighbours } from "./neighbours.js";

/** Kept rows as the bytes of `neighbours.safetensors`. */
export function writeNeighbours({ texts, y, bytes, scales, distances }: Neighbours): Uint8Array {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  let end = 0;
  const ends = Int32Array.from(encoded, (text) => (end += text.length));
  const rows = texts.length;
  const tensors: [string, Tensor][] = [
    ["vectors", { dtype: "U8", shape: [rows, rows === 0 ? 0 : bytes.length / rows], data: bytes }],
    ["scales", { dtype: "F32", shape: [rows], data: scales }],
    ["labels", { dtype: "I32", shape: [rows], data: y }],
    ["texts", { dtype: "U8", shape: [end], data: Uint8Array.from(Buffer.concat(encoded)) }],
    ["text_ends", { dtype: "I32", shape: [rows], data: ends }],
    ["distances", { dtype: "F32", shape: [distances.length], data: distances }],
  ];
  return writeSafetensors(new Map(tensors), { format: "headstart-neighbours" });
}

/**
 * Reads `neighbours.safetensors` of a head.
 *
 * @param shape  vectors' width and number of labels of the head
 * @throws HeadstartError E_HEAD_INVALID
 */
export function readNeighbours(
  file: Uint8Array,
  path: string,
  { width, labels }: { readonly width: number; readonly labels: number },
): Neighbours {
  const tensors = readSafetensors(file, { file: path });
  const take = (name: string, dtype: Tensor["dtype"]): Tensor["data"] => {
    const found = tensors.get(name);
    if (found?.dtype === dtype) return found.data;
    throw invalid(path, `the tensor "${name}" is missing or not ${dtype}`);
  };
  const y = take("labels", "I32") as Int32Array;
  const ends = take("text_ends", "I32") as Int32Array;
  const bytes = take("vectors", "U8") as Uint8Array;
  const scales = take("scales", "F32") as Float32Array;
  const texts = take("texts", "U8") as Uint8Array;
  const rises = ends.every((end, i) => end >= (i === 0 ? 0 : ends[i - 1]));
  if (!rises || (ends.at(-1) ?? 0) !== texts.length) throw invalid(path, "its texts do not fill their places");
  if (y.length !== ends.length || scales.length !== y.length || bytes.length !== y.length * width) {
    throw invalid(path, "its tensors have different numbers of rows");
  }
  if (y.some((label) => label < 0 || label >= labels)) throw invalid(path, "it has labels that the head has not");
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    texts: Array.from(ends, (end, i) => decoder.decode(texts.subarray(i === 0 ? 0 : ends[i - 1], end))),
    y,
    bytes,
    scales,
    distances: take("distances", "F32") as Float32Array,
  };
}

const invalid = (path: string, found: string): HeadstartError =>
  new HeadstartError("E_HEAD_INVALID", `Cannot load ${path}: ${found}. Train the head again`, { file: path });
