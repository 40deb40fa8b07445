import type { z } from "zod";
import { partsOf } from "./stages/parts.js";
import {
  AddedToken,
  Model,
  Part,
  PostProcessor,
  type AddedTokenSettings,
  type ModelSettings,
  type PartSettings,
} from "./stages/settings.js";

/** Ids that a vocabulary may leave unused beside ten for each of its entries: lists by id are as long as the highest. */
const UNUSED_IDS = 65_536;
const IDS_AN_ENTRY = 10;

/** What of `tokenizer.json` is read. */
export interface TokenizerFile {
  readonly added_tokens?: readonly AddedTokenSettings[] | null | undefined;
  readonly normalizer?: PartSettings | null | undefined;
  readonly pre_tokenizer?: PartSettings | null | undefined;
  readonly post_processor?: unknown;
  readonly truncation?: { readonly direction?: unknown } | null | undefined;
  readonly model: ModelSettings;
}

/**
 * Checks what of a `tokenizer.json` is read, so that nothing can be led astray by values of other types, ids without end
 * or parts that multiply a text.
 *
 * @throws SyntaxError naming the field, as a clause
 */
export function checkTokenizerFile(json: unknown): TokenizerFile {
  const own = json as Readonly<Record<string, unknown>>;
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new SyntaxError("it is no object");
  const added = checkAdded(own.added_tokens);
  for (const [at, part] of partsOf(own.normalizer, "normalizer", "normalizers")) check(Part, part, at);
  for (const [at, part] of partsOf(own.pre_tokenizer, "pre_tokenizer", "pretokenizers")) check(Part, part, at);
  for (const [at, part] of partsOf(own.post_processor, "post_processor", "processors")) check(PostProcessor, part, at);
  const { vocab, merges, unk_id } = checkModel(own.model);
  const entries = Array.isArray(vocab) ? checkPairs(vocab, unk_id) : checkIds(vocab);
  const bound = IDS_AN_ENTRY * (entries.count + added.length) + UNUSED_IDS;
  for (const [id, name] of [entries.highest, ...added.map((token) => [token.id, token.content] as const)]) {
    if (id >= bound)
      throw new SyntaxError(`the token ${JSON.stringify(name)} has id ${id}, far beyond its ${entries.count} entries`);
  }
  checkMerges(merges ?? []);
  return json as unknown as TokenizerFile;
}

function checkAdded(tokens: unknown): readonly AddedTokenSettings[] {
  if (tokens === null || tokens === undefined) return [];
  if (!Array.isArray(tokens)) throw new SyntaxError('"added_tokens" is no list');
  return tokens.map((token, i) => check(AddedToken, token, `added_tokens.${i}`));
}

function check<T>(schema: z.ZodType<T>, value: unknown, at: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [...(at === "" ? [] : [at]), ...issue.path].join(".");
  throw new SyntaxError(`${path === "" ? "the whole" : `"${path}"`}: ${issue.message}`);
}

/** Shallow, where a schema would copy every entry. */
function checkModel(model: unknown): Pick<z.infer<typeof Model>, "merges" | "unk_id" | "vocab"> {
  const { vocab, merges, ...rest } = (model ?? {}) as Readonly<Record<string, unknown>>;
  const few = { vocab: emptyLike(vocab), merges: emptyLike(merges) };
  const { unk_id } = check(Model, typeof model === "object" && model !== null ? { ...rest, ...few } : model, "model");
  return { vocab: vocab as z.infer<typeof Model>["vocab"], merges: merges as unknown[] | null | undefined, unk_id };
}

function emptyLike(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  return typeof value === "object" && value !== null ? {} : value;
}

interface Entries {
  readonly count: number;
  readonly highest: readonly [id: number, name: string];
}

function checkIds(vocab: Readonly<Record<string, unknown>>): Entries {
  let highest: Entries["highest"] = [-1, ""];
  let count = 0;
  for (const [name, id] of Object.entries(vocab)) {
    if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 0)
      throw new SyntaxError(
        `the token ${JSON.stringify(name)} has id ${JSON.stringify(id)}, not a whole number from 0`,
      );
    if (id > highest[0]) highest = [id, name];
    count++;
  }
  return { count, highest };
}

/** Of Unigram: a list of tokens and their scores. */
function checkPairs(vocab: readonly unknown[], unknownId: number | null | undefined): Entries {
  for (const [i, pair] of vocab.entries()) {
    const sound = Array.isArray(pair) && typeof pair[0] === "string" && Number.isFinite(pair[1]);
    if (!sound) throw new SyntaxError(`"model.vocab.${i}" is no token with its score`);
  }
  if (vocab.length === 0) throw new SyntaxError('"model.vocab" is empty');
  if (typeof unknownId === "number" && unknownId >= vocab.length)
    throw new SyntaxError(`"model.unk_id" is ${unknownId}, and there are ${vocab.length} tokens`);
  return { count: vocab.length, highest: [vocab.length - 1, ""] };
}

function checkMerges(merges: readonly unknown[]): void {
  for (const [i, merge] of merges.entries()) {
    const isPair = typeof merge === "string" ? merge.split(" ").length === 2 : isTwoTexts(merge);
    if (!isPair || typeof merge !== typeof merges[0]) throw new SyntaxError(`"model.merges.${i}" is no pair of tokens`);
  }
}

const isTwoTexts = (merge: unknown): boolean =>
  Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === "string");
