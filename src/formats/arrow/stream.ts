import { RecordBatchReader, type RecordBatch, type Schema, type TypeMap } from "apache-arrow";
import { checkData, checkNames } from "./checkData.js";
import { arrowMessages } from "./messages.js";

/** An Arrow IPC stream: its columns, and its rows batch by batch. */
export interface ArrowStream {
  readonly schema: Schema;
  /** Sound batches, in order, each read when it is asked for; leaving the loop closes the source. */
  readonly batches: AsyncGenerator<RecordBatch>;
  /** Closes the source; for a stream whose batches are not read. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the bytes of an Arrow IPC stream, uncompressed. Batches are checked before they are given, so that
 * damaged bytes cannot crash or hang who reads them.
 *
 * @throws Error saying, as a clause, what cannot be read; so do the batches. Whatever the source throws
 */
export async function openArrowStream(source: AsyncIterable<Uint8Array>): Promise<ArrowStream> {
  const bytes = messageBytes(source);
  const close = async (): Promise<void> => {
    await bytes.return(undefined);
  };
  try {
    const reader = await RecordBatchReader.from(bytes);
    await reader.open();
    const { schema } = reader;
    // Of a stream that ended at once the reader knows nothing.
    if (!(schema?.fields.length > 0)) throw new Error("it has no columns");
    checkNames(schema);
    return { schema, batches: checkedBatches(reader, close), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* messageBytes(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const { kind, bytes } of arrowMessages(source)) {
    if (first !== (kind === "schema"))
      throw new Error(first ? "it does not start with its columns" : "it has two schemas");
    first = false;
    yield bytes;
  }
}

async function* checkedBatches(
  reader: AsyncIterable<RecordBatch<TypeMap>>,
  close: () => Promise<void>,
): AsyncGenerator<RecordBatch> {
  try {
    for await (const batch of reader) {
      checkData(batch.data);
      yield batch;
    }
  } finally {
    await close();
  }
}
