import { HeadstartError } from "../../errors.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import { embedTexts } from "../embed/embed.js";
import type { Tokenizer } from "../tokenizer/tokenizer.js";
import type { Encoder } from "../encoder.js";
import { listFiles } from "../folder/folder.js";
import { reduceRows } from "./pca.js";
import { readTokenizerJson } from "../folder/tokenizerFiles.js";
import { readEncoderSettings } from "../folder/settings.js";
import { readVocabulary, type Vocabulary } from "../tokenizer/vocabulary.js";

export interface DistillOptions {
  /** Numbers of a token's vector; at most the encoder's width. @default 256, or the width where that is less */
  readonly dims?: number | undefined;
  /**
   * `zipf` lets common tokens count less, which helps to compare texts without a head; heads did better without on dev
   * rows. @default "none"
   */
  readonly weights?: "none" | "zipf" | undefined;
  readonly threads?: number | undefined;
  /** Called with the number of tokens done. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const DISTILL_DEFAULTS = { dims: 256, weights: "none" } as const satisfies DistillOptions;

/** A table of token vectors, and how it was made. */
export interface TokenTable {
  /** `[tokens, dims]`; the rows of control tokens and of ids that stand for nothing are zero. */
  readonly embeddings: Matrix;
  /** Contents of the tokenizer.json that gives the ids. */
  readonly tokenizer: object;
  /** Tokens that have a row. */
  readonly tokens: number;
  /** The parameter of the weights; undefined without weights. */
  readonly sif: number | undefined;
  /** Share of the variance of the encoder's vectors that the table keeps. */
  readonly explained: number;
  readonly from: Pick<Encoder, "name" | "width" | "fingerprint" | "pooling" | "precision" | "layer">;
}

/** Placeholders in BERT's vocabulary. */
const UNUSED = /^\[unused\d+\]$/;

/**
 * Turns an encoder into a table of token vectors: every entry of its vocabulary goes through it alone, between its
 * control tokens, then principal axes and weights.
 *
 * @throws HeadstartError E_ENCODER_UNSUPPORTED when the encoder is such a table; E_USAGE for too many dims
 * @see https://github.com/MinishLab/model2vec for the idea
 * @example
 * const table = await distill(encoder, { dims: 64 });
 * await saveTokenTable("token-table", table, { force: true });
 */
export async function distill(encoder: Encoder, options: DistillOptions = {}): Promise<TokenTable> {
  const { weights = DISTILL_DEFAULTS.weights, dims = Math.min(DISTILL_DEFAULTS.dims, encoder.width) } = options;
  if (encoder.isStatic) throw alreadyStatic(encoder);
  if (dims > encoder.width) {
    const message = `Cannot keep ${dims} numbers of a vector: those of ${encoder.name} have ${encoder.width}. Give --dims ${encoder.width} or fewer`;
    throw new HeadstartError("E_USAGE", message);
  }
  const tokenizer = await tokenizerOf(encoder);
  const vocabulary = readVocabulary(tokenizer);
  const ids = idsWithMeaning(vocabulary);
  const vectors = await embedTokens(encoder, ids, options);
  const { rows, explained } = await reduceRows(vectors, dims, { threads: options.threads });
  const factors = weights === "zipf" ? zipfWeights(ids.length) : new Float64Array(ids.length).fill(1);
  const embeddings = matrix(vocabulary.tokens.length, dims);
  ids.forEach((id, i) => {
    for (let d = 0; d < dims; d++) embeddings.data[id * dims + d] = rows.data[i * dims + d] * factors[i];
  });
  const { name, width, fingerprint, pooling, precision, layer } = encoder;
  return {
    embeddings,
    tokenizer,
    tokens: ids.length,
    sif: weights === "zipf" ? SIF : undefined,
    explained,
    from: { name, width, fingerprint, pooling, precision, layer },
  };
}

function alreadyStatic({ name }: Encoder): HeadstartError {
  const message = `Cannot distill ${name}: it is a static encoder already. Name a transformer`;
  return new HeadstartError("E_ENCODER_UNSUPPORTED", message, { file: name });
}

function idsWithMeaning({ tokens, special }: Vocabulary): readonly number[] {
  return tokens.flatMap((token, id) => (token === undefined || special.has(id) || UNUSED.test(token) ? [] : [id]));
}

/** The vector of each token alone, by the encoder's own pooling and settings. */
async function embedTokens(encoder: Encoder, ids: readonly number[], options: DistillOptions): Promise<Matrix> {
  const { onProgress, signal } = options;
  const { before, after } = aroundText(encoder);
  const tokenizer: Tokenizer = {
    padId: encoder.tokenizer.padId,
    tokenize: (id) => ({ ids: [...before, Number(id), ...after], truncated: false, empty: false, unknown: 0 }),
  };
  const { vectors } = await embedTexts({ ...encoder, tokenizer }, ids.map(String), {
    signal,
    onProgress: onProgress && (({ done }) => onProgress({ done, total: ids.length })),
  });
  return vectors;
}

/** What stands around a text's own tokens: where an empty text and a letter part. */
function aroundText({ tokenizer }: Encoder): { readonly before: readonly number[]; readonly after: readonly number[] } {
  const [none, letter] = ["", "a"].map((text) => tokenizer.tokenize(text).ids);
  const differs = letter.findIndex((id, i) => id !== none[i]);
  const parting = differs < 0 ? none.length : differs;
  return { before: none.slice(0, parting), after: none.slice(parting) };
}

/** A model that was loaded has what its settings ask for. */
const USED = { ofTexts: "", ofTokens: true } as const;

/**
 * The encoder's tokenizer.json, without the cutting and padding that some files ask for, and with the lower-casing that
 * some encoders have from another file.
 */
async function tokenizerOf({ name, path, pooling, prompt, modelFile }: Encoder): Promise<object> {
  const folder = { name, kind: "local", path, files: await listFiles(path), decisions: [] } as const;
  const { lowerCase, tokenizerFile } = await readEncoderSettings(folder, { pooling, prompt, modelFile }, USED);
  const { json: own } = await readTokenizerJson(folder, tokenizerFile);
  const json = own as { readonly normalizer?: object | null | undefined };
  const normalizers = [{ type: "Lowercase" }, json.normalizer ?? []].flat();
  const normalizer = lowerCase ? { type: "Sequence", normalizers } : (json.normalizer ?? null);
  return { ...json, truncation: null, padding: null, normalizer };
}

/** The parameter a of the weights, as its source takes it. */
const SIF = 1e-4;

/**
 * How much each token counts in the mean of a text: rare ones more than common ones.
 *
 * a / (a + p), with the probability p of a token by Zipf's law from its place among the `count` tokens of a vocabulary
 * that lists common ones first: p(rank) = (1 / rank) / (1 + 1/2 + ... + 1/count).
 *
 * @see Arora, Liang & Ma 2017, A simple but tough-to-beat baseline for sentence embeddings (the weights)
 * @see https://github.com/MinishLab/model2vec (the ranks of a vocabulary in place of counted words)
 */
export function zipfWeights(count: number, a = SIF): Float64Array {
  let harmonic = 0;
  for (let rank = 1; rank <= count; rank++) harmonic += 1 / rank;
  return Float64Array.from({ length: count }, (_, i) => a / (a + 1 / ((i + 1) * harmonic)));
}
