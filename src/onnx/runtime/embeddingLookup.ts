import path from "node:path";
import { namesRead } from "../model/graphWalk.js";
import { openSessionPool } from "./sessionPool.js";
import type { MappedModel, ModelSource } from "./mappedModel.js";
import { copyModel, ElementType, looksUpRows, readModel, shapeOf, valueInfo, writeModel } from "../model/model.js";
import { isMapped, type Session, type SessionOptions } from "./session.js";
import { TableRows, type TablePlace } from "./tableRows.js";

/** Numbers of a table at least that it pays to keep out of the sessions. */
const LARGE = 2 ** 22;

/** A model cut behind its lookup of word vectors. */
interface SplitModel {
  readonly table: TablePlace;
  /** The model, with `words` as one more input. */
  readonly rest: MappedModel;
  /** Name of the words' vectors, `[batch, tokens, width]`. */
  readonly words: string;
}

/**
 * Cuts a model behind the lookup of its ids in a large table of float32.
 *
 * @param least  numbers of the table
 * @returns undefined where there is no such lookup
 */
export function splitLookup({ bytes, folder }: MappedModel, ids: string, least = LARGE): SplitModel | undefined {
  const model = readModel(bytes, "the model");
  const { node: nodes, initializer } = model.graph;
  const found = nodes.find((n) => looksUpRows(n) && n.input[1] === ids);
  const table = initializer.find((t) => t.name === found?.input[0]);
  if (found === undefined || table?.dataType !== ElementType.float32 || table.dims.length !== 2) return undefined;
  const [rows, width] = shapeOf(table);
  const readers = nodes.filter((n) => namesRead(n).includes(table.name));
  if (rows * width < least || readers.length > 1 || model.graph.output.some((o) => o.name === found.output[0])) return;

  const said = new Map(table.externalData.map(({ key, value }) => [key, value]));
  const location = said.get("location");
  if (location === undefined) return undefined;

  const words = found.output[0];
  const vectors = valueInfo(words, "float32", ["batch", "tokens", width]);
  const rest = copyModel(model);
  rest.graph.node = nodes.filter((n) => n !== found);
  rest.graph.initializer = initializer.filter((t) => t !== table);
  const isRead = ({ name }: { name: string }): boolean => rest.graph.node.some((n) => namesRead(n).includes(name));
  rest.graph.input = [
    ...model.graph.input.filter((i) => i.name !== table.name && (i.name !== ids || isRead(i))),
    vectors,
  ];
  rest.graph.valueInfo = model.graph.valueInfo.filter((v) => v.name !== words);
  const place = { file: path.join(folder, location), offset: Number(said.get("offset") ?? 0), rows, width };
  return { table: place, rest: { bytes: writeModel(rest), folder }, words };
}

/**
 * As `openSessionPool`, of an encoder that takes `ids`: a large table of word vectors, of which a corpus needs few rows, is read
 * here, and the session workers are sent the vectors.
 *
 * @throws HeadstartError E_ENCODER_INVALID when onnxruntime does not accept it
 */
export async function openEncoderSessions(
  model: ModelSource,
  { ids, least, ...options }: SessionOptions & { readonly ids: string; readonly least?: number | undefined },
): Promise<Session> {
  const split = isMapped(model) ? splitLookup(model, ids, least) : undefined;
  if (split === undefined) return openSessionPool(model, options);
  const table = new TableRows(split.table);
  try {
    return lookingUp(await openSessionPool(split.rest, options), { table, ids, words: split.words });
  } catch (error) {
    table.close();
    throw error;
  }
}

function lookingUp(
  poolWorkers: Session,
  { table, ids, words }: { readonly table: TableRows; readonly ids: string; readonly words: string },
): Session {
  let closed: Promise<void> | undefined;
  const memory = new SharedMemory();
  return {
    poolWorkers: poolWorkers.poolWorkers,
    threads: poolWorkers.threads,
    async run(inputs, wanted, pool) {
      const { data, dims } = inputs.get(ids)!;
      const vectors = memory.take(data.length * table.width);
      try {
        table.copyRows(data as BigInt64Array, vectors);
        const found = { data: vectors, dims: [...dims, table.width] };
        return await poolWorkers.run(new Map([...inputs, [words, found]]), wanted, pool);
      } finally {
        memory.give(vectors);
      }
    },
    close: () => (closed ??= poolWorkers.close().finally(() => table.close())),
  };
}

/** Memory that threads share, used again and again: fresh memory costs a fault for every page. */
class SharedMemory {
  readonly #free: ArrayBufferLike[] = [];

  /** Memory for so many numbers, with whatever was in it. */
  take(numbers: number): Float32Array {
    let memory = this.#free.pop();
    // Powers of two, since batches are of all sizes and what is too small is thrown away.
    if (memory === undefined || memory.byteLength < 4 * numbers)
      memory = new SharedArrayBuffer(4 * 2 ** Math.ceil(Math.log2(numbers)));
    return new Float32Array(memory, 0, numbers);
  }

  give({ buffer }: Float32Array): void {
    this.#free.push(buffer);
  }
}
