import { join } from "node:path";
import { z } from "zod";
import { HeadstartError } from "../../errors.js";
import { floatsOf } from "../../formats/half.js";
import { readSafetensors, type Tensor } from "../../formats/safetensors.js";
import type { Encoder, EncoderOptions } from "../encoder.js";
import type { EncoderFolder } from "../folder/folder.js";
import {
  invalidSettings,
  MAX_TABLE_BYTES,
  MAX_TOKENIZER_BYTES,
  parseEncoderJson,
  readBytes,
  readSettingsFile,
} from "../folder/settingsFile.js";
import { MOST_WIDTH, staticEncoder, staticSettings } from "./staticEncoder.js";
import { loadTokenizer, type Tokenizer } from "../tokenizer/tokenizer.js";
import { tableOver, type WordVectorTable } from "./vectorTable.js";
import { readVocabulary } from "../tokenizer/vocabulary.js";
import { sha256 } from "../../files/contentHash.js";
import { count } from "../../text/numbers.js";

/** What config.json calls a table of token vectors. */
export const TOKEN_TABLE = "model2vec";
/** Its files beside config.json and tokenizer.json. */
export const TABLE_FILE = "model.safetensors";

/** Changes whenever the same files and settings come to give other vectors, so that none are mixed. */
const VECTOR_VERSION = "token-table 1";

const ConfigFile = z.object({
  model_type: z.string().nullish(),
  normalize: z.boolean().nullish(),
  seq_length: z.number().int().positive().nullish(),
});

/** Whether a folder is a table of token vectors, as `headstart distill` and model2vec write it, by its config.json. */
export async function isTokenTable(folder: EncoderFolder): Promise<boolean> {
  if (!folder.files.includes(TABLE_FILE)) return false;
  return (await readSettingsFile(folder, "config.json", ConfigFile))?.model_type === TOKEN_TABLE;
}

/**
 * Makes a table of token vectors ready to embed: a text's vector is the mean of its tokens' rows. Control tokens and
 * unknown ones are left out of it, and a text without others gets zeros.
 *
 * Reads `embeddings` `[tokens, width]` in float32, float64 or halves and, where they are there, a factor for each token
 * (`weights`) and the row of each token (`mapping`).
 *
 * @throws HeadstartError E_ENCODER_MISSING, E_ENCODER_INVALID
 * @see https://github.com/MinishLab/model2vec
 */
export async function loadTokenTable(folder: EncoderFolder, options: EncoderOptions = {}): Promise<Encoder> {
  if (!folder.files.includes("tokenizer.json")) {
    throw new HeadstartError("E_ENCODER_MISSING", `${folder.path} lacks tokenizer.json. Fetch or distill it again`, {
      file: folder.path,
    });
  }
  const config = await readSettingsFile(folder, "config.json", ConfigFile);
  const bytes = [
    await readBytes(join(folder.path, TABLE_FILE), MAX_TABLE_BYTES),
    await readBytes(join(folder.path, "tokenizer.json"), MAX_TOKENIZER_BYTES),
  ];
  const table = readTable(bytes[0], join(folder.path, TABLE_FILE));
  const own = { normalize: config?.normalize ?? false, maxTokens: config?.seq_length ?? undefined, width: table.width };
  const settings = staticSettings(folder.name, options, own);
  const { pooling, normalize, maxTokens, prompt } = settings;
  const tokenizer = openTokenizer(folder, bytes[1], { rows: table.rows, maxTokens, prompt });
  const hashes = bytes.map((part) => sha256(part));
  const identity = [VECTOR_VERSION, ...hashes, pooling, normalize, maxTokens, prompt];
  const size = `${count(table.rows)} token vectors (${TOKEN_TABLE})`;
  return staticEncoder(folder, {
    settings: { ...settings, decisions: [...folder.decisions, size, ...settings.decisions] },
    table,
    tokenizer,
    fingerprint: sha256(JSON.stringify(identity)),
  });
}

function readTable(bytes: Uint8Array, file: string): WordVectorTable {
  const advice = "Fetch or distill it again";
  const tensors = readSafetensors(bytes, { file, code: "E_ENCODER_INVALID", advice });
  const refuse = (found: string): HeadstartError =>
    new HeadstartError("E_ENCODER_INVALID", `Cannot use the token vectors of ${file}: ${found}. ${advice}`, { file });
  const embeddings = tensors.get("embeddings");
  if (embeddings?.shape.length !== 2 || embeddings.shape[1] === 0 || embeddings.shape[1] > MOST_WIDTH) {
    throw refuse(`the tensor "embeddings" is ${describe(embeddings)}, not [tokens, width]`);
  }
  const width = embeddings.shape[1];
  const data = numbersOf(embeddings);
  const own = { data, table: tableOver(data, width) };
  const [mapping, weights] = [tensors.get("mapping"), tensors.get("weights")];
  const bad = own.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw refuse(`row ${Math.floor(bad / width)} of "embeddings" has ${own.data[bad]}`);
  if (mapping === undefined && weights === undefined) return own.table;
  const rows = mapping?.data.length ?? own.table.rows;
  if (weights !== undefined && weights.data.length !== rows) {
    throw refuse(`the tensor "weights" is ${describe(weights)}, not [${rows}]`);
  }
  const factors = weights === undefined ? undefined : numbersOf(weights);
  const badFactor = factors?.findIndex((factor) => !Number.isFinite(factor)) ?? -1;
  if (badFactor >= 0) throw refuse(`row ${badFactor} of "weights" has ${factors![badFactor]}`);
  const from = Float64Array.from({ length: rows }, (_, token) => Number(mapping?.data[token] ?? token));
  const lost = from.find((row) => !(Number.isInteger(row) && row >= 0 && row < own.table.rows));
  if (lost !== undefined) throw refuse(`"mapping" names row ${lost} of ${own.table.rows}`);
  return mappedTable(own.table, from, factors);
}

/** Rows of a table in another order, times a factor; made when they are asked for, since a row may stand for many. */
function mappedTable(table: WordVectorTable, from: Float64Array, factors: Float32Array | undefined): WordVectorTable {
  return {
    rows: from.length,
    width: table.width,
    row(index) {
      const row = table.row(from[index]);
      return factors === undefined ? row : row.map((value) => value * factors[index]);
    },
  };
}

const describe = (tensor: Tensor | undefined): string =>
  tensor === undefined ? "missing" : `${tensor.dtype} [${tensor.shape.join(", ")}]`;

function numbersOf(tensor: Tensor): Float32Array {
  if (tensor.dtype === "F32") return tensor.data;
  return tensor.dtype === "F16" ? floatsOf(tensor.data) : Float32Array.from(tensor.data as ArrayLike<number>, Number);
}

/** The folder's tokenizer, without control tokens around a text, and without the ids that have no vector. */
function openTokenizer(
  folder: EncoderFolder,
  bytes: Uint8Array,
  { rows, maxTokens, prompt }: { readonly rows: number; readonly maxTokens: number; readonly prompt: string },
): Tokenizer {
  const file = join(folder.path, "tokenizer.json");
  const json = parseEncoderJson(bytes, file) as object;
  // It checks the file, of which an id may be larger than any list.
  const whole = loadTokenizer({ ...json, post_processor: null }, {}, { file, maxTokens: Infinity, prompt });
  const { tokens, special } = readVocabulary(json);
  if (tokens.length > rows) throw invalidSettings(file, `it has ${tokens.length} tokens, and the table ${rows} rows`);
  return {
    padId: 0,
    together: whole.together,
    tokenize(text) {
      const { ids, empty, unknown } = whole.tokenize(text);
      const known = ids.filter((id) => !special.has(id));
      const truncated = known.length > maxTokens;
      return {
        ids: truncated ? known.slice(0, maxTokens) : known,
        truncated,
        empty: empty || known.length === 0,
        unknown,
      };
    },
  };
}
