import { z } from "zod";
import { MOST_PARTS } from "./parts.js";

/** Of what is put into texts or around words; the longest seen have a few characters. */
const LONGEST_TEXT = 1000;
const LONGEST_PATTERN = 20_000;
/** Of a pattern; each is one more level of a match. */
const MOST_GROUPS = 200;

const flag = z.boolean().nullish();
const text = z.string().max(LONGEST_TEXT).nullish();
const pattern = z
  .string()
  .max(LONGEST_PATTERN)
  .refine((own) => own.split("(").length <= MOST_GROUPS, `a pattern of more than ${MOST_GROUPS} groups`);

/** A normalizer or pre-tokenizer: all that any kind of them reads. */
export const Part = z.object({
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
  precompiled_charsmap: z.string().nullish(),
  replacement: text,
  prepend_scheme: z.enum(["always", "first", "never"]).nullish(),
  split: flag,
  add_prefix_space: flag,
  use_regex: flag,
  delimiter: text,
  behavior: z.enum(["Isolated", "Removed", "Contiguous", "MergedWithPrevious", "MergedWithNext"]).nullish(),
  invert: flag,
  individual_digits: flag,
  // A length of nothing would cut a text into parts without end.
  length: z.int().min(1).nullish(),
});
export type PartSettings = z.infer<typeof Part>;
export type Behavior = NonNullable<PartSettings["behavior"]>;

const Item = z.union([
  z.object({ SpecialToken: z.object({ id: z.string() }) }),
  z.object({ Sequence: z.object({ id: z.enum(["A", "B"]) }) }),
]);
const Id = z.int().nonnegative();
const Special = z.tuple([z.string(), Id]);
export const PostProcessor = z.object({
  type: z.string(),
  single: z
    .array(Item)
    .max(MOST_PARTS)
    .refine((items) => items.filter((item) => "Sequence" in item).length <= 1, "the text comes more than once")
    .nullish(),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(Id).max(MOST_PARTS) })).nullish(),
  cls: Special.nullish(),
  sep: Special.nullish(),
});
export type PostProcessorSettings = z.infer<typeof PostProcessor>;

export const Model = z.object({
  type: z.string().nullish(),
  unk_token: text,
  unk_id: Id.nullish(),
  continuing_subword_prefix: text,
  end_of_word_suffix: text,
  max_input_chars_per_word: Id.nullish(),
  dropout: z.number().nullish(),
  fuse_unk: flag,
  byte_fallback: flag,
  ignore_merges: flag,
  // Entries and merges are checked one by one: a schema of them takes longer than the rest of opening an encoder.
  vocab: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]),
  merges: z.array(z.unknown()).nullish(),
});
export type ModelSettings = Omit<z.infer<typeof Model>, "merges" | "vocab"> & {
  readonly vocab: Readonly<Record<string, number>> | readonly (readonly [token: string, score: number])[];
  readonly merges?: readonly (string | readonly [string, string])[] | null | undefined;
};

export const AddedToken = z.object({
  id: Id,
  content: z.string().max(LONGEST_TEXT),
  special: flag,
  single_word: flag,
  lstrip: flag,
  rstrip: flag,
  normalized: flag,
});
export type AddedTokenSettings = z.infer<typeof AddedToken>;

/** What is none of the kinds that are known here. */
export class UnreadSetting extends Error {
  /** @param what  such as `its normalizer "Append"` */
  constructor(what: string) {
    super(`${what} is not one that headstart reads`);
  }
}
