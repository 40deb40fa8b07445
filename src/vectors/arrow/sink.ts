import {
  Field,
  FixedSizeList,
  Float16,
  Float32,
  Int8,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  makeData,
} from "apache-arrow";
import type { Data } from "apache-arrow";
import { unreachable } from "../../errors.js";
import { arrowType, columnData } from "./typedColumn.js";
import { checkedTarget } from "../../formats/checksum.js";
import type { StoredVectors, StoreKind } from "../storedVectors.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "../../formats/vectorColumns.js";
import type { ByteTarget, VectorGroup, VectorShape, VectorSink } from "../sink.js";

/**
 * Writes Arrow IPC, as a file or as a stream: the columns that travel along, as nullable Utf8 where nothing else is said, for int8 a Float32 `scale`,
 * then `vector` as FixedSizeList. One group is one record batch.
 */
export function arrowSink(file: ByteTarget, shape: VectorShape, form: "file" | "stream" = "file"): VectorSink {
  const schema = arrowSchema(shape);
  const writer = form === "file" ? new CollectingFileWriter() : new CollectingStreamWriter();
  const checked = checkedTarget(file);
  const collected = (): Buffer => Buffer.concat(writer.collected.splice(0));
  writer.reset(undefined, schema);
  return {
    append: async (group) => {
      writer.write(arrowBatch(schema, group, shape.types));
      await checked.write(collected());
    },
    finish: async () => {
      await checked.write(collected());
      writer.finish();
      if (form === "stream") return checked.write(collected());
      // The end of the batches comes first; the footer after it is found from the end of the file.
      const [end, ...footer] = writer.collected.splice(0);
      await checked.write(end);
      await checked.end(Buffer.concat(footer));
    },
  };
}

/** The schema of vectors with the columns that travel along, as `arrowBatch` fills it. */
function arrowSchema({ columns, types = [], store, width, metadata }: VectorShape): Schema {
  const fields: Field[] = columns.map((name, c) => new Field(name, arrowType(types[c]), true));
  return new Schema([...fields, ...vectorFields(store, width)], new Map(Object.entries(metadata)));
}

/** The columns that vectors take: for int8 a `scale`, then `vector`. */
export function vectorFields(store: StoreKind, width: number): Field[] {
  const scale = store === "int8" ? [new Field(SCALE_COLUMN, new Float32(), false)] : [];
  return [...scale, new Field(VECTOR_COLUMN, listType(store, width), false)];
}

/** One record batch of `arrowSchema`; the numbers are a view of the group's, not a copy. */
function arrowBatch(
  schema: Schema,
  { rows, vectors, values }: VectorGroup,
  types: VectorShape["types"] = [],
): RecordBatch {
  const own = schema.fields.length - (vectors.kind === "int8" ? 2 : 1);
  const children: Data[] = [];
  for (let c = 0; c < own; c++)
    children.push(
      columnData(
        values.map((row) => row[c]),
        types[c],
      ),
    );
  if (vectors.kind === "int8") children.push(scaleData(vectors.scales));
  children.push(vectorData(vectors, vectors.values.length / rows));
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children }));
}

function listType(store: StoreKind, width: number): FixedSizeList {
  switch (store) {
    case "fp32":
      return new FixedSizeList(width, new Field("item", new Float32(), true));
    case "fp16":
      return new FixedSizeList(width, new Field("item", new Float16(), true));
    case "int8":
      return new FixedSizeList(width, new Field("item", new Int8(), true));
    default:
      return unreachable(store);
  }
}

/** The column of int8 scales. */
export const scaleData = (scales: Float32Array): Data =>
  makeData({ type: new Float32(), length: scales.length, nullCount: 0, data: scales });

/** A column of vectors of `width`; a view of their memory. */
export function vectorData(vectors: StoredVectors, width: number): Data {
  const length = vectors.values.length / width;
  return makeData({ type: listType(vectors.kind, width), length, nullCount: 0, child: numberData(vectors) });
}

function numberData(vectors: StoredVectors): Data {
  const length = vectors.values.length;
  switch (vectors.kind) {
    case "fp32":
      return makeData({ type: new Float32(), length, nullCount: 0, data: vectors.values });
    case "fp16":
      return makeData({ type: new Float16(), length, nullCount: 0, data: vectors.values });
    case "int8":
      return makeData({ type: new Int8(), length, nullCount: 0, data: vectors.values });
    default:
      return unreachable(vectors);
  }
}

/** Gives out what was written at once, where the base class queues it for a reader that may come later. */
class CollectingFileWriter extends RecordBatchFileWriter {
  readonly collected: Uint8Array[] = [];

  protected override _write(chunk: unknown): this {
    if (this._started) this._position += collect(this.collected, chunk);
    return this;
  }
}

/** As `CollectingFileWriter`, without the footer that only a file can use. */
export class CollectingStreamWriter extends RecordBatchStreamWriter {
  readonly collected: Uint8Array[] = [];

  protected override _write(chunk: unknown): this {
    if (this._started) this._position += collect(this.collected, chunk);
    return this;
  }
}

/** @returns the bytes that were added */
function collect(into: Uint8Array[], chunk: unknown): number {
  if (!ArrayBuffer.isView(chunk)) return 0;
  into.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  return chunk.byteLength;
}
