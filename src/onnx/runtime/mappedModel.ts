import { realpath } from "node:fs/promises";
import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { changed, copyModel, writeModel, type OnnxModel, type TensorProto } from "../model/model.js";
import { StringStringEntryProtoSchema } from "../model/onnx_pb.js";

/** A model without its large weights, which stay in a file of `folder` and are mapped into memory from there. */
export interface MappedModel {
  readonly bytes: Uint8Array;
  readonly folder: string;
}

/** A model for the runtime: a file's path, its bytes, or bytes and a file of weights. */
export type ModelSource = string | Uint8Array | MappedModel;

const EXTERNAL = 1;
/** Smaller ones are not worth a look into the file. */
const SMALLEST_MAPPED = 1024;

/**
 * Leaves the weights of a model in the file that they came from.
 *
 * Every session that reads a model whole has its own copy of the weights, the large table of word vectors among them, of
 * which a corpus needs few rows. What is mapped is shared, and only what is looked at is in memory.
 *
 * @param model  as `readModel` gives it, or changed: what is not a part of `bytes` stays in the model
 * @param bytes  content of `file`
 */
export async function mapWeights(
  model: OnnxModel,
  { bytes, file }: { readonly bytes: Uint8Array; readonly file: string },
): Promise<MappedModel> {
  // The runtime wants weights beside the model, and a cache of downloads has links to where they are.
  const target = await realpath(file);
  const mapped = copyModel(model);
  mapped.graph.initializer = model.graph.initializer.map((tensor) => {
    const { buffer, byteOffset, length } = tensor.rawData;
    if (buffer !== bytes.buffer || length < SMALLEST_MAPPED) return tensor;
    return located(tensor, { location: path.basename(target), offset: byteOffset - bytes.byteOffset, length });
  });
  return { bytes: writeModel(mapped), folder: path.dirname(target) };
}

function located(tensor: TensorProto, place: Readonly<Record<string, string | number>>): TensorProto {
  const externalData = Object.entries(place).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value: String(value) }),
  );
  return changed(tensor, { rawData: new Uint8Array(0), externalData, dataLocation: EXTERNAL });
}
