import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LONGEST_PIECE, textPieces } from "../../../../src/encoder/tokenizer/textPieces.js";
import { loadTokenizer, type PieceTokenizer } from "../../../../src/encoder/tokenizer/tokenizer.js";
import { HeadstartError } from "../../../../src/errors.js";
import { fixture } from "../tinyBert.js";

interface Settings {
  readonly model: { readonly vocab: Readonly<Record<string, number>> };
  readonly [part: string]: unknown;
}

const OWN = JSON.parse(readFileSync(join(fixture("tiny-bert"), "tokenizer.json"), "utf8")) as Settings;

const open = (changed: object, mostMs = 300): PieceTokenizer =>
  loadTokenizer({ ...OWN, ...changed }, {}, { file: "t/tokenizer.json", maxTokens: 64, mostMs });
const ofModel = (changed: object): object => ({ model: { ...OWN.model, ...changed } });
const ofVocab = (changed: object): object => ofModel({ vocab: { ...OWN.model.vocab, ...changed } });
const unigram = (vocab: unknown, more = {}): object => ({ model: { type: "Unigram", unk_id: 0, vocab, ...more } });
const split = (Regex: string): object => ({
  pre_tokenizer: { type: "Split", pattern: { Regex }, behavior: "Isolated" },
});

function refusal(work: () => unknown): HeadstartError {
  try {
    work();
  } catch (error) {
    if (error instanceof HeadstartError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("loadTokenizer() of settings that lead astray", () => {
  it.each<[string, object, string]>([
    ["a prefix that is a number", ofModel({ continuing_subword_prefix: 2 ** 31 }), "model.continuing_subword_prefix"],
    ["an unknown token that is a number", ofModel({ unk_token: 7 }), "model.unk_token"],
    ["a longest word that is text", ofModel({ max_input_chars_per_word: "many" }), "model.max_input_chars_per_word"],
    ["an id beyond any list", ofVocab({ zz: 4_294_967_290 }), 'the token "zz" has id 4294967290'],
    ["an id that is no integer", ofVocab({ zz: 1.5 }), 'the token "zz" has id 1.5'],
    ["a negative id", ofVocab({ zz: -1 }), 'the token "zz" has id -1'],
    ["an id that is text", ofVocab({ zz: "9" }), 'the token "zz" has id "9"'],
    ["an added id beyond any list", { added_tokens: [{ id: 2 ** 32 - 2, content: "X", special: false }] }, '"X"'],
    ["an added id that is text", { added_tokens: [{ id: "1", content: "X" }] }, "added_tokens.0.id"],
    ["an added token without content", { added_tokens: [{ id: 1 }] }, "added_tokens.0.content"],
    ["parts of no length", { pre_tokenizer: { type: "FixedLength", length: 0 } }, "pre_tokenizer.length"],
    ["a text put in that is a number", { normalizer: { type: "Prepend", prepend: 5 } }, "normalizer.prepend"],
    ["a pattern of many groups", split("()".repeat(500)), "more than 200 groups"],
    ["a pattern that is none", split("("), "Invalid regular expression"],
    [
      "a template with the text twice",
      {
        post_processor: { type: "TemplateProcessing", single: [{ Sequence: { id: "A" } }, { Sequence: { id: "A" } }] },
      },
      "more than once",
    ],
    ["a score that is text", unigram([["<unk>", "0"]]), "model.vocab.0"],
    ["no token", unigram([]), "model.vocab"],
    ["an unknown token beyond the list", unigram([["<unk>", 0]], { unk_id: 9 }), "model.unk_id"],
    ["merges that are numbers", ofModel({ type: "BPE", merges: [1] }), "model.merges.0"],
    ["no model", { model: null }, "model"],
  ])("refuses %s, and names the field [B10]", (_, changed, found) => {
    const error = refusal(() => open(changed));
    expect([error.code, error.message]).toEqual(["E_ENCODER_INVALID", expect.stringContaining(found)]);
    expect(error.message).toContain("t/tokenizer.json");
  });

  it("refuses sequences nested deep, and sequences of many parts [B10]", () => {
    let deep: object = { type: "Lowercase" };
    for (let i = 0; i < 5000; i++) deep = { type: "Sequence", normalizers: [deep] };
    expect(refusal(() => open({ normalizer: deep })).message).toContain("nested deeper");
    const normalizers = Array.from({ length: 5000 }, () => ({ type: "NFC" }));
    expect(refusal(() => open({ normalizer: { type: "Sequence", normalizers } })).message).toContain("more than 100");
  });

  it("refuses anything but an object", () => {
    for (const json of [null, [], "x", 7]) {
      expect(refusal(() => loadTokenizer(json, {}, { file: "t", maxTokens: 9 })).code).toBe("E_ENCODER_INVALID");
    }
  });

  it("takes ids with holes, ids of several tokens, and a prefix of any script [B10]", () => {
    const sparse = Object.keys(OWN.model.vocab).length + 2000;
    expect(open(ofVocab({ zz: sparse, yy: 5 })).tokenize("zz").ids).toContain(sparse);
    expect(open(ofModel({ continuing_subword_prefix: "\u2581" })).tokenize("a b").ids.length).toBe(4);
  });
});

describe("loadTokenizer() with patterns of the file's own", () => {
  const slow = "a".repeat(60) + "!";

  it.each([
    ["a pre-tokenizer", split("(a+)+$")],
    ["a normalizer", { normalizer: { type: "Replace", pattern: { Regex: "(a+)+$" }, content: "b" } }],
  ])("ends a text that %s does not end for, however it is asked for, and goes on [B10, R56]", (_, changed) => {
    const tokenizer = open(changed);
    const before = tokenizer.tokenize("a b").ids;
    for (const ask of [
      () => tokenizer.tokenize(slow),
      () => tokenizer.wordPieces(slow, false),
      () => tokenizer.together!(() => ["a b", slow].map((text) => tokenizer.tokenize(text))),
    ]) {
      const error = refusal(ask);
      expect([error.code, error.exitCode]).toEqual(["E_TOKENIZER_LIMIT", 6]);
      expect(error.message).toContain(`${slow}"`);
      expect(error.message).toContain("t/tokenizer.json");
    }
    expect(tokenizer.tokenize("a b").ids).toEqual(before);
  });

  it("ends words of any length under a limit that lets them in [B10, R56]", () => {
    const letter = "\u0e01";
    const vocab = { "[UNK]": 0, [letter]: 1, [`##${letter}`]: 2, ["\u0e02".repeat(15_000)]: 3 };
    const tokenizer = open({ model: { ...OWN.model, vocab, max_input_chars_per_word: 1e9 } });
    expect(refusal(() => tokenizer.tokenize(letter.repeat(20_000))).code).toBe("E_TOKENIZER_LIMIT");
  });

  it("ends a text that grows without end [B10]", () => {
    const double = (n: number): object => ({
      type: "Sequence",
      normalizers: Array.from({ length: n }, () => ({ type: "Replace", pattern: { String: "a" }, content: "aa" })),
    });
    expect(refusal(() => open({ normalizer: double(60) }, 4000)).message).toContain("characters of it");
    const some = open({ normalizer: double(12) }, 4000);
    expect(some.tokenize("a").ids.length).toBeGreaterThan(2);
    expect(refusal(() => some.tokenize("a".repeat(15_000))).code).toBe("E_TOKENIZER_LIMIT");
  });

  it("says so where there is no token for what the vocabulary lacks", () => {
    const tokenizer = open({ model: { type: "WordLevel", vocab: { a: 0 } }, post_processor: null, added_tokens: [] });
    expect(tokenizer.tokenize("a").ids).toEqual([0]);
    const error = refusal(() => tokenizer.tokenize("b"));
    expect([error.code, error.message]).toEqual(["E_ENCODER_INVALID", expect.stringContaining('"b"')]);
  });

  it("takes the unknown token of a list of words from the file itself", () => {
    const model = { type: "WordLevel", vocab: { a: 0, "[UNK]": 1 }, unk_token: "[UNK]" };
    const { ids, unknown } = open({ model, post_processor: null, added_tokens: [] }).tokenize("a b");
    expect([ids, unknown]).toEqual([[0, 1], 1]);
  });

  it("gives the tokens of a long text that those of its words are, and no more than fit [C14]", () => {
    const changed = { pre_tokenizer: { type: "WhitespaceSplit" }, post_processor: null };
    const words = "the film was good and it was not long ".repeat(3000);
    const tokens = (maxTokens: number) =>
      loadTokenizer({ ...OWN, ...changed }, {}, { file: "t", maxTokens }).tokenize(words);
    const one = open(changed).tokenize("the film was good and it was not long ").ids;
    const all = tokens(Infinity).ids;
    expect(all).toEqual(Array.from({ length: 3000 }, () => one).flat());
    expect(tokens(64)).toMatchObject({ ids: all.slice(0, 64), truncated: true });
  });
});

describe("textPieces()", () => {
  it("gives the whole text in parts that end before single spaces, and parts no character [C15, R54]", () => {
    for (const text of [
      "",
      "short",
      "some words  with spaces ".repeat(4000),
      "x".repeat(50_000),
      `x${"\u{1f44d}".repeat(40_000)}`,
    ]) {
      const pieces = [...textPieces(text)];
      expect(pieces.join("")).toBe(text);
      expect(pieces.every((piece) => piece.length <= LONGEST_PIECE && piece.isWellFormed())).toBe(true);
      expect(pieces.slice(1).every((piece) => !text.includes(" ") || /^ \S/.test(piece))).toBe(true);
    }
  });
});
