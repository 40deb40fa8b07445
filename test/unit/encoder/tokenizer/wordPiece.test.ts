import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TokenizerFile } from "../../../../src/encoder/tokenizer/file.js";
import { readPipeline } from "../../../../src/encoder/tokenizer/pipeline.js";
import { isBertTokenizer, wordByWord } from "../../../../src/encoder/tokenizer/wordPiece.js";

const MINI = new URL("../../../../data/encoders/headstart-mini/tokenizer.json", import.meta.url);
const whole = JSON.parse(readFileSync(MINI, "utf8")) as TokenizerFile;
const file: TokenizerFile = { ...whole, added_tokens: [] };
const pipeline = readPipeline(file);
const encode = (text: string): number[] => pipeline(text, false);

describe("wordByWord", () => {
  const words = wordByWord(file, encode);
  const odd = [
    ..."aZ9é\u0301 \u00a0\u2003\t\n\u0000\u200b\u00ad中\u{20000}ΣςİıﬁßＡ½'’.-_@#$`~^[]{}|😀\u200d",
    "  ",
    "the",
    "un",
    "##ing",
  ];
  const text = fc.array(fc.constantFrom(...odd), { maxLength: 30 }).map((parts) => parts.join(""));

  it("gives the ids of the whole text, for any text [C15, R58]", () => {
    const kinds = [text, fc.string({ unit: "binary", maxLength: 60 }), fc.string({ unit: "grapheme-ascii" })];
    fc.assert(
      fc.property(fc.oneof(...kinds), (one) => {
        expect(words(one.toWellFormed())).toEqual(encode(one.toWellFormed()));
      }),
      { numRuns: 5000 },
    );
  });

  it("knows words that are too long or in no part of the vocabulary", () => {
    const alone: TokenizerFile = {
      ...file,
      model: { ...file.model, vocab: { "[UNK]": 7, un: 1, "##know": 2, "!": 3 } },
    };
    const few = wordByWord(alone, () => []);
    expect(few("unknow UNKNOW! unknowx x")).toEqual([1, 2, 1, 2, 3, 7, 7]);
    expect(few("un".padEnd(101, "know"))).toEqual([7]);
    const short: TokenizerFile = { ...alone, model: { ...alone.model, max_input_chars_per_word: 5 } };
    expect(wordByWord(short, () => [])("unknow")).toEqual([7]);
  });

  it("keeps capitals where the normalizer does", () => {
    const cased: TokenizerFile = {
      ...file,
      normalizer: { ...file.normalizer!, lowercase: false },
      model: { ...file.model, vocab: { "[UNK]": 0, Un: 1, un: 2 } },
    };
    expect(wordByWord(cased, () => [])("Un un")).toEqual([1, 2]);
  });

  it("cuts a word once", () => {
    let cut = 0;
    const counted = wordByWord(file, (one) => (cut++, encode(one)));
    counted("café café bar café");
    expect(cut).toBe(1);
  });
});

describe("isBertTokenizer", () => {
  it("is true of the built-in encoder's, false of one of another kind", () => {
    expect(isBertTokenizer(file)).toBe(true);
    expect(isBertTokenizer({ ...file, added_tokens: [{ id: 1, content: "new york", special: false }] })).toBe(false);
    expect(isBertTokenizer({ ...file, model: { ...file.model, type: "BPE" } })).toBe(false);
    expect(isBertTokenizer({ ...file, pre_tokenizer: { type: "Metaspace" } })).toBe(false);
    expect(isBertTokenizer({ ...file, normalizer: { type: "Sequence" } })).toBe(false);
  });
});
