import type { TokenizerFile } from "./file.js";
import { unknownTokenOf } from "./stages/entries.js";

/** What a tokenizer.json says of its tokens. */
export interface Vocabulary {
  /** Token of each id; undefined where an id stands for none. */
  readonly tokens: readonly (string | undefined)[];
  /** Ids that no text stands for by itself: control tokens, and that of unknown words. */
  readonly special: ReadonlySet<number>;
  readonly unknownId: number | undefined;
}

/** The tokens of a `tokenizer.json`, by id: its model's, an object or Unigram's list of pairs, and those added. */
export function readVocabulary(json: unknown): Vocabulary {
  const file = json as TokenizerFile;
  const vocab = file.model.vocab;
  const own: readonly (readonly [string, number])[] = Array.isArray(vocab)
    ? vocab.map((pair: readonly [string, number], id) => [pair[0], id])
    : Object.entries((vocab ?? {}) as Readonly<Record<string, number>>);
  const added = file.added_tokens ?? [];
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of own) tokens[id] = token;
  for (const { id, content } of added) tokens[id] = content;
  const unknownId = unknownIdOf(file);
  const special = added.filter((token) => token.special).map((token) => token.id);
  return {
    tokens: Array.from(tokens),
    special: new Set(unknownId === undefined ? special : [...special, unknownId]),
    unknownId,
  };
}

/** WordPiece, BPE and WordLevel name the token; Unigram gives its place in the vocabulary. */
export function unknownIdOf({ model }: TokenizerFile): number | undefined {
  if (Array.isArray(model.vocab)) return model.unk_id ?? undefined;
  const id = (model.vocab as Readonly<Record<string, unknown>>)[unknownTokenOf(model) ?? ""];
  return typeof id === "number" ? id : undefined;
}
