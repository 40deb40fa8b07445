import { z } from "zod";
import { MOST_PARTS, partsOf } from "./parts.js";
import type { TokenizerFile } from "./wordPiece.js";

/** Ids that a vocabulary may leave unused beside ten for each of its entries: lists by id are as long as the highest. */
const UNUSED_IDS = 65_536;
const IDS_AN_ENTRY = 10;
/** Of what is put into texts or around words; the longest seen have a few characters. */
const LONGEST_TEXT = 1000;
const LONGEST_PATTERN = 20_000;
/** Of a pattern; each becomes an entry of every match. */
const MOST_GROUPS = 200;

const flag = z.boolean().nullish();
const text = z.string().max(LONGEST_TEXT).nullish();
const pattern = z
  .string()
  .max(LONGEST_PATTERN)
  .refine((own) => own.split("(").length <= MOST_GROUPS, `a pattern of more than ${MOST_GROUPS} groups`);

/** A normalizer or pre-tokenizer: all that any kind of them reads. */
const Part = z.object({
  type: z.string(),
  clean_text: flag,
  handle_chinese_chars: flag,
  strip_accents: flag,
  lowercase: flag,
  strip_left: flag,
  strip_right: flag,
  pattern: z.union([z.object({ Regex: pattern }), z.object({ String: pattern })]).nullish(),
  content: text,
  prepend: text,
  replacement: text,
  str_rep: text,
  prepend_scheme: text,
  add_prefix_space: flag,
  trim_offsets: flag,
  use_regex: flag,
  behavior: text,
  invert: flag,
  individual_digits: flag,
  // A length of nothing would cut a text into parts without end.
  length: z.int().min(1).nullish(),
});

const Item = z.union([
  z.object({ SpecialToken: z.object({ id: z.string() }) }),
  z.object({ Sequence: z.object({ id: z.enum(["A", "B"]) }) }),
]);
const Special = z.tuple([z.string(), z.unknown()]);
const PostProcessor = z.object({
  type: z.string(),
  single: z
    .array(Item)
    .max(MOST_PARTS)
    .refine((items) => items.filter((item) => "Sequence" in item).length <= 1, "the text comes more than once")
    .nullish(),
  cls: Special.nullish(),
  sep: Special.nullish(),
});

const Model = z.object({
  type: z.string().nullish(),
  unk_token: text,
  unk_id: z.int().nonnegative().nullish(),
  continuing_subword_prefix: text,
  continuing_subword_suffix: text,
  end_of_word_suffix: text,
  max_input_chars_per_word: z.int().nonnegative().nullish(),
  fuse_unk: flag,
  byte_fallback: flag,
  ignore_merges: flag,
  // Entries and merges are checked one by one below: a schema of them takes longer than the rest of opening an encoder.
  vocab: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]),
  merges: z.array(z.unknown()).nullish(),
});

const AddedToken = z.object({
  id: z.int().nonnegative(),
  content: z.string().max(LONGEST_TEXT),
  special: flag,
  single_word: flag,
  lstrip: flag,
  rstrip: flag,
  normalized: flag,
});

const File = z.object({ model: z.unknown(), added_tokens: z.array(AddedToken).nullish() });

/**
 * Checks what of a `tokenizer.json` is read, here and by the library that runs it, so that neither can be led astray by
 * values of other types, ids without end or parts that multiply a text.
 *
 * @throws SyntaxError naming the field, as a clause
 */
export function checkTokenizerFile(json: unknown): TokenizerFile {
  const file = check(File, json, "");
  const own = json as Readonly<Record<string, unknown>>;
  for (const [at, part] of partsOf(own.normalizer, "normalizer", "normalizers")) check(Part, part, at);
  for (const [at, part] of partsOf(own.pre_tokenizer, "pre_tokenizer", "pretokenizers")) check(Part, part, at);
  for (const [at, part] of partsOf(own.post_processor, "post_processor", "processors")) check(PostProcessor, part, at);
  const { vocab, merges, unk_id } = checkModel(own.model);
  const entries = Array.isArray(vocab) ? checkPairs(vocab, unk_id) : checkIds(vocab);
  const added = file.added_tokens ?? [];
  const bound = IDS_AN_ENTRY * (entries.count + added.length) + UNUSED_IDS;
  for (const [id, name] of [entries.highest, ...added.map((token) => [token.id, token.content] as const)]) {
    if (id >= bound)
      throw new SyntaxError(`the token ${JSON.stringify(name)} has id ${id}, far beyond its ${entries.count} entries`);
  }
  checkMerges(merges ?? []);
  return json as TokenizerFile;
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
  const isText = (part: unknown): boolean => typeof part === "string";
  for (const [i, merge] of merges.entries()) {
    const sound = typeof merge === typeof merges[0] && (isText(merge) || (Array.isArray(merge) && merge.every(isText)));
    if (!sound) throw new SyntaxError(`"model.merges.${i}" is no pair of tokens`);
  }
}
