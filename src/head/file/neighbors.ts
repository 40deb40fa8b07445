import type { Tensor } from "../../formats/safetensors.js";
import { tensorBytes, type TensorShelf } from "./artifactTensors.js";
import type { NeighborIndex } from "../neighbors.js";

/** Kept rows as the bytes of `neighbors.safetensors`. @throws HeadstartError E_DIVERGED for NaN or infinity */
export function writeNeighborIndex({ texts, y, bytes, scales, distances }: NeighborIndex): Uint8Array {
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
  return tensorBytes(new Map(tensors), "headstart-neighbors");
}

/**
 * Reads `neighbors.safetensors` of a head.
 *
 * @param shape  number of rows, vectors' width and number of labels, as the head has them
 * @throws HeadstartError E_HEAD_INVALID
 */
export function readNeighborIndex(
  { integers, floats, bytes, invalid }: TensorShelf,
  { rows, width, classes }: { readonly rows: number; readonly width: number; readonly classes: number },
): NeighborIndex {
  const y = integers("labels", rows);
  const ends = integers("text_ends", rows);
  const texts = bytes("texts", undefined);
  const rises = ends.every((end, i) => end >= (i === 0 ? 0 : ends[i - 1]));
  if (!rises || (ends.at(-1) ?? 0) !== texts.length) throw invalid("its texts do not fill their places");
  if (y.some((label) => label < 0 || label >= classes)) throw invalid("it has labels that the head has not");
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    texts: Array.from(ends, (end, i) => decoder.decode(texts.subarray(i === 0 ? 0 : ends[i - 1], end))),
    y,
    bytes: bytes("vectors", rows, width),
    scales: floats("scales", rows),
    distances: floats("distances", undefined),
  };
}
