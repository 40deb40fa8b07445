import { BufferType, DataType, RecordBatch, Schema, Struct, makeData, type Data } from "apache-arrow";
import { matrix } from "../math/matrix.js";
import type { Matrix } from "../math/matrix.js";
import { CollectingStreamWriter, scaleData, vectorData, vectorFields } from "./arrow/sink.js";
import { checkNumbers } from "./groupingWriter.js";
import type { WrittenVectors } from "./groupingWriter.js";
import { cosineMeter, storeVectors } from "./storedVectors.js";
import type { StoreKind } from "./storedVectors.js";
import type { ByteTarget } from "./sink.js";
import { checkColumns } from "./writer.js";

interface ArrowExtenderOptions {
  /** The columns that the batches come with. */
  readonly schema: Schema;
  /** Numbers in a vector, at least 1. */
  readonly width: number;
  /** @default "fp32" */
  readonly store?: StoreKind | undefined;
  /** Added to that of the schema. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Named in messages. @default "-" */
  readonly path?: string | undefined;
}

/** Passes batches of an Arrow stream on, each with its vectors as one column more. */
export interface ArrowExtender {
  /**
   * Adds the rows [start, end) of `batch`, one for each row of `vectors`; all its columns keep their types. Resolves when
   * the reader has taken them.
   *
   * @throws HeadstartError E_NOT_FINITE naming the row
   */
  write(batch: RecordBatch, vectors: Matrix, start?: number): Promise<void>;
  /** Writes the mark that the stream is complete. */
  finish(): Promise<WrittenVectors>;
}

/** @throws HeadstartError E_COLUMN_AMBIGUOUS for a column named `vector` (with int8 also `scale`) or two of one name */
export function openArrowExtender(target: ByteTarget, options: ArrowExtenderOptions): ArrowExtender {
  const { width, store = "fp32", metadata = {}, path = "-" } = options;
  checkColumns(
    path,
    options.schema.fields.map(({ name }) => name),
    store,
  );
  const schema = new Schema(
    [...options.schema.fields, ...vectorFields(store, width)],
    new Map([...options.schema.metadata, ...Object.entries(metadata)]),
  );
  const writer = new CollectingStreamWriter();
  const meter = cosineMeter();
  let [rows, bytes] = [0, 0];
  const flush = async (): Promise<void> => {
    const collected = Buffer.concat(writer.collected.splice(0));
    bytes += collected.length;
    await target.write(collected);
  };
  writer.reset(undefined, schema);
  return {
    async write(batch, vectors, start = 0) {
      checkNumbers(vectors, { path, store, before: rows });
      const length = vectors.rows;
      const stored = storeVectors(matrix(length, width, vectors.data), store);
      if (store !== "fp32") meter.add(vectors, stored);
      const own = batch.data.children.map((column) => viewsFromStart(column.slice(start, length)));
      const scale = stored.kind === "int8" ? [scaleData(stored.scales)] : [];
      const children = [...own, ...scale, vectorData(stored, width)];
      const data = makeData({ type: new Struct(schema.fields), length, nullCount: 0, children });
      writer.write(new RecordBatch(schema, data));
      rows += length;
      await flush();
    },
    async finish() {
      writer.finish();
      await flush();
      const storeCosine = meter.result();
      return { rows, bytes, files: [path], ...(storeCosine && { storeCosine }) };
    },
  };
}

/** The library writes string views that do not start with their memory from the wrong place, so these are moved. */
function viewsFromStart(data: Data): Data {
  const { type, offset, length, nullCount, children } = data;
  const { buffers } = data;
  if (offset > 0 && (DataType.isUtf8View(type) || DataType.isBinaryView(type))) {
    const valid = new Uint8Array(Math.ceil(length / 8));
    for (let r = 0; r < length; r++) if (data.getValid(r)) valid[r >> 3] |= 1 << (r & 7);
    buffers[BufferType.VALIDITY] = valid;
    return data.clone(type, 0, length, nullCount, buffers, children, data.variadicBuffers);
  }
  if (children.length === 0) return data;
  return data.clone(type, offset, length, nullCount, buffers, children.map(viewsFromStart), data.variadicBuffers);
}
