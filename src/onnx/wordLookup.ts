import { laneCount, openLanes } from "./lanes.js";
import type { MappedModel, ModelSource } from "./mappedModel.js";
import { copyModel, ElementType, looksUpRows, node, readModel, shapeOf, valueInfo, writeModel } from "./model.js";
import { isMapped, openSession, type Session, type SessionOptions } from "./session.js";

/** Numbers of a table at least that it pays to look up in one place. */
const LARGE = 2 ** 22;

/** A model cut in two behind its lookup of word vectors. */
export interface SplitModel {
  /** From ids `[batch, tokens]` to `words`. */
  readonly lookup: MappedModel;
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
  const readers = nodes.filter((n) => n.input.includes(table.name));
  if (rows * width < least || readers.length > 1) return undefined;

  const words = found.output[0];
  const vectors = valueInfo(words, "float32", ["batch", "tokens", width]);
  const lookup = copyModel(model);
  lookup.graph.node = [node("Gather", { inputs: [table.name, ids], outputs: [words] })];
  lookup.graph.initializer = [table];
  lookup.graph.input = model.graph.input.filter((i) => i.name === ids);
  lookup.graph.output = [vectors];
  lookup.graph.valueInfo = [];
  const rest = copyModel(model);
  rest.graph.node = nodes.filter((n) => n !== found);
  rest.graph.initializer = initializer.filter((t) => t !== table);
  const isRead = ({ name }: { name: string }): boolean => rest.graph.node.some((n) => n.input.includes(name));
  rest.graph.input = [
    ...model.graph.input.filter((i) => i.name !== table.name && (i.name !== ids || isRead(i))),
    vectors,
  ];
  rest.graph.valueInfo = model.graph.valueInfo.filter((v) => v.name !== words);
  return { lookup: { bytes: writeModel(lookup), folder }, rest: { bytes: writeModel(rest), folder }, words };
}

/**
 * As `openLanes`, of an encoder that takes `ids`: what is mapped counts once for every session that looks at it, so a
 * large table of word vectors is looked at here, and the lanes are sent the vectors.
 *
 * @throws HeadstartError E_ENCODER_INVALID when onnxruntime does not accept it
 */
export async function openEncoderLanes(
  model: ModelSource,
  { ids, least, ...options }: SessionOptions & { readonly ids: string; readonly least?: number },
): Promise<Session> {
  const split = isMapped(model) && laneCount(options.threads) > 1 ? splitLookup(model, ids, least) : undefined;
  if (split === undefined) return openLanes(model, options);
  const lanes = await openLanes(split.rest, options);
  try {
    return lookingUp(lanes, await openSession(split.lookup, { ...options, threads: 1 }), { ids, words: split.words });
  } catch (error) {
    await lanes.close();
    throw error;
  }
}

function lookingUp(lanes: Session, table: Session, { ids, words }: { ids: string; words: string }): Session {
  return {
    lanes: lanes.lanes,
    threads: lanes.threads,
    async run(inputs, wanted, pool) {
      const found = await table.run(new Map([[ids, inputs.get(ids)!]]), [words]);
      return lanes.run(new Map([...inputs, [words, { ...found.get(words)!, isGiven: true }]]), wanted, pool);
    },
    async close() {
      await Promise.all([lanes.close(), table.close()]);
    },
  };
}
