import { HeadstartError } from "../../errors.js";
import type { Session } from "../../onnx/runtime/session.js";
import type { Encoder, EncoderOptions } from "../encoder.js";
import type { Pooling } from "../../math/pooling.js";
import { unframed, type Tokenizer } from "../tokenizer/tokenizer.js";
import type { WordVectorTable } from "./vectorTable.js";

/** Longest text by default; a table has no limit of its own, but the token vectors of a text are held in memory. */
const MOST_TOKENS = 65_536;
/** Numbers of those vectors, 1 GiB of them; vectors of more than 4,096 numbers leave room for fewer tokens. */
const MOST_NUMBERS = 2 ** 28;
/** Numbers of a vector; those of the widest models have a tenth as many. */
export const MOST_WIDTH = 65_536;

/** What can be chosen of a static encoder. */
interface StaticSettings {
  readonly pooling: Pooling;
  readonly normalize: boolean;
  readonly maxTokens: number;
  readonly prompt: string;
  /** What was decided and why, a line each. */
  readonly decisions: readonly string[];
}

/**
 * How a static encoder is to be used.
 *
 * @param own  what its files say
 * @throws HeadstartError E_USAGE or E_ENCODER_UNSUPPORTED for what only a transformer can do
 */
export function staticSettings(
  file: string,
  options: EncoderOptions,
  own: { readonly normalize: boolean; readonly width: number; readonly maxTokens?: number | undefined },
): StaticSettings {
  const { pooling = "mean", prompt = "", layer, layers, precision, modelFile } = options;
  const asked = layer ?? (Array.isArray(layers) ? layers.join(", ") : undefined);
  if (asked !== undefined) throw unfit("E_USAGE", `take layer ${asked} of`, "it has no layers. Leave --layer out");
  if (precision === "int8")
    throw unfit("E_ENCODER_UNSUPPORTED", "run in int8", "it only looks rows up. Leave --precision out");
  if (pooling === "cls")
    throw unfit("E_USAGE", "take the first token of", "no token stands for the text. Choose --pooling mean or max");
  if (pooling === "model")
    throw unfit("E_USAGE", "take --pooling model of", "it is a table of vectors. Choose --pooling mean or max");
  if (modelFile !== undefined)
    throw unfit("E_USAGE", `take --model-file ${modelFile} of`, "it has no ONNX file. Leave --model-file out");
  if (options.maxTokens !== undefined) checkLimit(options.maxTokens);
  const normalize = options.normalize ?? own.normalize;
  const maxTokens =
    options.maxTokens ?? Math.min(own.maxTokens ?? MOST_TOKENS, MOST_TOKENS, Math.floor(MOST_NUMBERS / own.width));
  return {
    pooling,
    normalize,
    maxTokens,
    prompt,
    decisions: [
      `pooling ${pooling}`,
      `vectors ${normalize ? "normalized to length 1" : "not normalized"}`,
      ...(options.maxTokens === undefined ? [] : [`at most ${maxTokens} tokens (asked for)`]),
      ...(prompt === "" ? [] : ["prompt before every text (asked for)"]),
    ],
  };

  function unfit(code: "E_USAGE" | "E_ENCODER_UNSUPPORTED", what: string, why: string): HeadstartError {
    return new HeadstartError(code, `Cannot ${what} the static encoder ${file}: ${why}`, { file });
  }
}

function checkLimit(asked: number): void {
  if (Number.isInteger(asked) && asked >= 1) return;
  const message = `Cannot cut texts at ${asked} tokens. Give a whole number of 1 or more with --max-tokens`;
  throw new HeadstartError("E_USAGE", message);
}

/** What a static encoder is made of. */
interface StaticParts {
  readonly settings: StaticSettings;
  readonly table: WordVectorTable;
  /** Gives ids of rows, none for words without one. */
  readonly tokenizer: Tokenizer;
  readonly fingerprint: string;
}

const PORTS = { ids: "ids", mask: "mask", segments: undefined, hidden: "vectors", states: ["vectors"] } as const;

/** An encoder that looks every token's vector up in a table; a text without a known token gets zeros. */
export function staticEncoder(
  { name, kind, path }: Pick<Encoder, "name" | "kind" | "path">,
  { settings, table, tokenizer, fingerprint }: StaticParts,
): Encoder {
  const session = tableSession(table);
  return {
    name,
    kind,
    path,
    width: table.width,
    fingerprint,
    ...settings,
    layer: undefined,
    lastLayer: undefined,
    precision: "fp32",
    dependsOnBatch: false,
    isStatic: true,
    tokenizer: unframed(tokenizer, settings.maxTokens),
    layers: undefined,
    ports: { ...PORTS, width: table.width, tokens: Infinity },
    session,
    close: () => session.close(),
  };
}

/**
 * Looks rows up: `ids` and `mask` `[batch, tokens]` give `vectors` `[batch, tokens, width]`, zeros at padding. The table
 * is let go when it is closed.
 */
function tableSession(table: WordVectorTable): Session {
  const { width } = table;
  let rows: WordVectorTable | undefined = table;
  return {
    poolWorkers: 1,
    threads: 1,
    async run(inputs, wanted) {
      if (rows === undefined) throw new Error("the encoder was closed");
      const [ids, mask] = [inputs.get("ids")!, inputs.get("mask")!];
      const data = new Float32Array(ids.data.length * width);
      for (let t = 0; t < ids.data.length; t++) {
        if (Number(mask.data[t]) === 1) data.set(rows.row(Number(ids.data[t])), t * width);
      }
      return new Map(wanted.map((name) => [name, { data, dims: [...ids.dims, width] }]));
    },
    close: async () => void (rows = undefined),
  };
}
