import { Tokenizer } from "@huggingface/tokenizers";

/** Longest that a part may make a text of 20,000 characters; decomposed ligatures make eighteen of one. */
const MOST_LETTERS = 4_000_000;

/** A normalizer or pre-tokenizer of the library, or a sequence of them. */
interface LibraryPart {
  normalizers?: readonly (LibraryPart | null)[] | undefined;
  tokenizers?: readonly (LibraryPart | null)[] | undefined;
  normalize?: ((text: string) => string) | undefined;
  pre_tokenize_text?: ((text: string, options?: unknown) => string[]) | undefined;
}

/**
 * A tokenizer of the library's without what is not needed to encode, in which no part makes a text longer without end:
 * ten that double it fill all memory.
 */
export function libraryTokenizer(json: object, config: object): Tokenizer {
  const tokenizer = new Tokenizer({ ...json, decoder: null }, config);
  const parts = tokenizer as unknown as Readonly<Record<"normalizer" | "pre_tokenizer", LibraryPart | null>>;
  limitGrowth(parts.normalizer);
  limitGrowth(parts.pre_tokenizer);
  return tokenizer;
}

function limitGrowth(part: LibraryPart | null): void {
  if (part === null) return;
  for (const inner of part.normalizers ?? part.tokenizers ?? []) limitGrowth(inner);
  const normalize = part.normalize?.bind(part);
  if (normalize !== undefined) part.normalize = (text) => limited(normalize(text));
  const cut = part.pre_tokenize_text?.bind(part);
  if (cut === undefined) return;
  part.pre_tokenize_text = (text, options) => {
    const words = cut(text, options);
    limited(
      words,
      words.reduce((sum, word) => sum + word.length, 0),
    );
    return words;
  };
}

function limited<T extends { readonly length: number }>(value: T, letters = value.length): T {
  if (letters > MOST_LETTERS) throw new RangeError(`its settings make ${letters} characters of it`);
  return value;
}
