import type { ModelSettings } from "./settings.js";

/** Ids of a word, which a pre-tokenizer has cut off and which is not empty. @throws Error as a clause */
export type WordModel = (word: string) => readonly number[];

export const DEFAULT_PREFIX = "##";
export const DEFAULT_LONGEST_WORD = 100;

const listed = new WeakMap<object, ReadonlyMap<string, number>>();

/** Token ids by token, where the model has them so. @throws SyntaxError as a clause, where it has a list of scores */
export function idsByToken({ vocab, type }: ModelSettings): ReadonlyMap<string, number> {
  if (Array.isArray(vocab)) throw new SyntaxError(`"model.vocab" of ${type} is a list`);
  const ids = listed.get(vocab) ?? new Map(Object.entries(vocab as Readonly<Record<string, number>>));
  listed.set(vocab, ids);
  return ids;
}

/** The token for words that are not known. WordPiece and WordLevel have names for it where the file has none. */
export const unknownTokenOf = ({ type, unk_token }: ModelSettings): string | undefined =>
  unk_token ?? (type === "WordPiece" ? "[UNK]" : type === "WordLevel" ? "<unk>" : undefined);

/** Gives the id of an unknown word. @throws Error as a clause, where the vocabulary has no token for it */
export function unknownIdOrFail(id: number | undefined): number {
  if (id === undefined) throw new Error("it has no token for what its vocabulary lacks");
  return id;
}

/** Length of the longest token in UTF-16 units. */
export function longestOf(tokens: Iterable<string>): number {
  let longest = 0;
  for (const token of tokens) longest = Math.max(longest, token.length);
  return longest;
}
