import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadTokenizer } from "../../../../src/encoder/tokenizer/tokenizer.js";

interface Kind {
  readonly name: string;
  readonly base: string;
  /** Of the base, which they replace. */
  readonly fields: object;
  /** Of each text. */
  readonly ids: readonly (readonly number[])[];
}

interface Golden {
  readonly texts: readonly string[];
  readonly bases: readonly { readonly name: string; readonly json: object }[];
  readonly kinds: readonly Kind[];
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../golden/${name}.json`, import.meta.url), "utf8"));
const { texts, bases, kinds } = read("tokenizer-kinds") as Golden;
const jsonOf = ({ base, fields }: Kind): object => ({ ...bases.find(({ name }) => name === base)!.json, ...fields });
const open = (json: object) => loadTokenizer(json, {}, { file: "tokenizer.json", maxTokens: Infinity });

describe("tokenize() with each kind of normalizer, pre-tokenizer, model, added token and post-processor", () => {
  it.each(kinds.map((kind) => [kind.name, kind] as const))("gives the reference's ids: %s [C15]", (_, kind) => {
    const tokenizer = open(jsonOf(kind));
    const own = texts.map((text) => ({ text, ids: tokenizer.tokenize(text).ids }));
    expect(own).toEqual(texts.map((text, i) => ({ text, ids: kind.ids[i] })));
  });

  it("gives the ids of many texts at once that it gives of each", () => {
    for (const kind of kinds.filter(({ base }) => base === "WordPiece")) {
      const { together, tokenize } = open(jsonOf(kind));
      const all = together === undefined ? texts.map(tokenize) : together(() => texts.map(tokenize));
      expect(all.map(({ ids }) => ids)).toEqual(kind.ids);
    }
  });
});

describe("wordPieces()", () => {
  const words = ["Rain", "coffee", "rain", "42", "caf\u00e9", "\u4f60"];
  const cutting = kinds.filter(({ name }) =>
    /^(pre-tokenizer (bert|whitespace|spaces|bytes|bytes prefixed|metaspace.*|gpt4)|normalizer (prepend|strip)|Unigram .*|SentencePiece .*)$/.test(
      name,
    ),
  );

  it.each(cutting.map((kind) => [kind.name, kind] as const))(
    "gives word by word the ids of the text: %s",
    (_, kind) => {
      const tokenizer = open({ ...jsonOf(kind), post_processor: null });
      const apart = words.flatMap((word, i) => tokenizer.wordPieces(word, i === 0));
      expect(apart).toEqual(tokenizer.tokenize(words.join(" ")).ids);
    },
  );
});
