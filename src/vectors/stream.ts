import { unreachable } from "../errors.js";
import { csvSink } from "./csv/sink.js";
import { GroupingWriter } from "./groupingWriter.js";
import type { VectorWriter } from "./groupingWriter.js";
import { jsonlSink } from "./jsonl/sink.js";
import type { ByteTarget, VectorShape, VectorSink } from "./sink.js";
import { checkColumns } from "./writer.js";
import type { VectorWriterOptions } from "./writer.js";

/** Formats that can be read while they are written. */
export type StreamFormat = "csv" | "jsonl" | "arrow";

export interface VectorStreamOptions extends Omit<VectorWriterOptions, "force" | "files"> {
  /** @default "jsonl" */
  readonly format?: StreamFormat | undefined;
  /** Named in messages. @default "-" */
  readonly path?: string | undefined;
}

/**
 * Opens a writer to a pipe: rows go out with the call that brings them, and what has gone out cannot be taken back, so
 * `abort` only stops. Arrow comes in its streaming form, which says itself whether it is complete.
 *
 * @throws HeadstartError E_COLUMN_AMBIGUOUS for a column named `vector` (with int8 also `scale`) or two of one name
 */
export async function openVectorStream(target: ByteTarget, options: VectorStreamOptions): Promise<VectorWriter> {
  const { width, columns, types, store = "fp32", metadata = {}, format = "jsonl", path = "-" } = options;
  checkColumns(path, columns, store);
  const shape = { width, columns, types, store, metadata };
  let bytes = 0;
  const counted: ByteTarget = {
    write: async (content) => {
      bytes += typeof content === "string" ? Buffer.byteLength(content) : content.length;
      await target.write(content);
    },
  };
  return new GroupingWriter({
    path,
    shape,
    sink: await openSink(counted, { format, shape }),
    prompt: true,
    commit: async () => ({ bytes, files: [path] }),
    discard: async () => {},
  });
}

async function openSink(
  target: ByteTarget,
  { format, shape }: { readonly format: StreamFormat; readonly shape: VectorShape },
): Promise<VectorSink> {
  switch (format) {
    case "csv":
      return csvSink(target, shape);
    case "jsonl":
      return jsonlSink(target, shape);
    case "arrow":
      return (await import("./arrow/sink.js")).arrowSink(target, shape, "stream");
    default:
      return unreachable(format);
  }
}
