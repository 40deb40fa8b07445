import { HeadstartError } from "../../errors.js";

/** A limit of a text's length in tokens, special ones included, and the file it stands in. */
interface TokenLimit {
  readonly tokens: number;
  readonly file: string;
}

/** What config.json says about positions; every part may be absent. */
interface PositionSettings {
  readonly model_type?: string | null | undefined;
  readonly max_position_embeddings?: number | null | undefined;
  readonly pad_token_id?: number | null | undefined;
}

/** Models whose positions are counted from the padding id + 1, as RoBERTa's are: that many table rows stay unused. */
const COUNTS_FROM_PADDING: readonly string[] = [
  "roberta",
  "roberta-prelayernorm",
  "xlm-roberta",
  "xlm-roberta-xl",
  "camembert",
  "mpnet",
  "longformer",
  "data2vec-text",
  "ibert",
  "luke",
  "mluke",
  "xmod",
];
const NO_LIMIT = 1e6; // tokenizers write 1e30 and the like where they know no limit
const FALLBACK = 512;

/** A limit that a file gives; undefined for none, and for the huge or negative numbers that mean none. */
export function statedTokenLimit(tokens: number | null | undefined, file: string): TokenLimit | undefined {
  if (tokens === null || tokens === undefined || tokens < 1 || tokens > NO_LIMIT) return undefined;
  return { tokens: Math.floor(tokens), file };
}

/** `xlm-roberta` of `XLMRobertaTokenizerFast`: a model's type by the class of its tokenizer. */
export const modelTypeOf = (tokenizerClass: string | null | undefined): string | undefined =>
  tokenizerClass
    ?.replace(/Tokenizer(Fast)?$/, "")
    .replace(/(?<=[a-z]|XLM)(?=[A-Z])/g, "-")
    .toLowerCase();

/**
 * The longest text that the position table has room for.
 *
 * @param file  that says so
 */
export function positionLimit(settings: PositionSettings, file: string): TokenLimit | undefined {
  const offset = COUNTS_FROM_PADDING.includes(settings.model_type ?? "") ? (settings.pad_token_id ?? 1) + 1 : 0;
  const positions = settings.max_position_embeddings;
  return typeof positions === "number" ? statedTokenLimit(positions - offset, file) : undefined;
}

/**
 * The smallest of the limits, or what was asked for, and a line that says why.
 *
 * @param asked  wins over all but the position table: beyond it the model has no positions
 * @throws HeadstartError E_USAGE when `asked` is no whole number of 3 or more, or beyond the position table
 */
export function chooseTokenLimit(
  limits: readonly TokenLimit[],
  { asked, positions }: { readonly asked?: number | undefined; readonly positions?: TokenLimit | undefined },
): { readonly maxTokens: number; readonly decision: string } {
  const sorted = [...limits, ...(positions === undefined ? [] : [positions])].sort((a, b) => a.tokens - b.tokens);
  const said = (list: readonly TokenLimit[]): string =>
    list.map(({ file, tokens }) => `${file} allows ${tokens}`).join(", ");
  if (asked !== undefined) {
    refuseLimit(asked, positions);
    return {
      maxTokens: asked,
      decision: `at most ${asked} tokens (${["asked for", ...sorted.map((l) => said([l]))].join("; ")})`,
    };
  }
  const [smallest, ...others] = sorted;
  if (smallest === undefined) {
    return { maxTokens: FALLBACK, decision: `at most ${FALLBACK} tokens (no file says how many)` };
  }
  const why = others.length === 0 ? smallest.file : `${smallest.file}; ${said(others)}`;
  return { maxTokens: smallest.tokens, decision: `at most ${smallest.tokens} tokens (${why})` };
}

function refuseLimit(asked: number, positions: TokenLimit | undefined): void {
  if (!Number.isInteger(asked) || asked < 3) {
    throw new HeadstartError(
      "E_USAGE",
      `Cannot cut texts at ${asked} tokens: two are special tokens. Give a whole number of 3 or more with --max-tokens`,
    );
  }
  if (positions !== undefined && asked > positions.tokens) {
    throw new HeadstartError(
      "E_USAGE",
      `Cannot embed ${asked} tokens: the encoder has positions for ${positions.tokens} (${positions.file}). ` +
        "Give --max-tokens no more than that",
    );
  }
}
