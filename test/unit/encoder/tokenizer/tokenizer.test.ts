import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadTokenizer, type TokenizerOptions } from "../../../../src/encoder/tokenizer/tokenizer.js";
import { BUILT_IN_FOLDER } from "../../../../src/encoder/locate.js";
import { fixture } from "../tinyBert.js";

interface GoldenLine {
  readonly kind: string;
  readonly text: string;
  readonly ids: readonly number[];
}

const json = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
const golden = json(fileURLToPath(new URL("../../../golden/tokenizer-ids.json", import.meta.url))) as Readonly<
  Record<"lines" | "unassigned" | "literal", readonly GoldenLine[]>
>;

const tiny = join(fixture("tiny-bert"), "tokenizer.json");
const tokenizer = (options: Partial<TokenizerOptions> = {}, contents: object = {}) =>
  loadTokenizer({ ...(json(tiny) as object), ...contents }, json(join(fixture("tiny-bert"), "tokenizer_config.json")), {
    file: "tokenizer.json",
    maxTokens: 64,
    ...options,
  });

describe("tokenize() on the built-in encoder's tokenizer", () => {
  const folder = join(BUILT_IN_FOLDER, "headstart-mini");
  const real = loadTokenizer(json(join(folder, "tokenizer.json")), json(join(folder, "tokenizer_config.json")), {
    file: "tokenizer.json",
    maxTokens: 100_000,
  });
  const differing = (lines: readonly GoldenLine[]): GoldenLine[] =>
    lines.filter(({ text, ids }) => real.tokenize(text).ids.join() !== ids.join());

  it("gives the reference's ids for 400 lines of odd Unicode [C15, R58]", () => {
    expect(golden.lines).toHaveLength(400);
    expect(differing(golden.lines)).toEqual([]);
  });

  it("reads special tokens that a text spells out as plain text [C13]", () => {
    expect(golden.literal).toHaveLength(10);
    expect(differing(golden.literal)).toEqual([]);
  });

  it("gives the reference's ids for code points that are unassigned or young", () => {
    expect(differing(golden.unassigned)).toEqual([]);
  });
});

describe("tokenize", () => {
  it("cuts at maxTokens, special tokens included, and says so from one token more on", () => {
    const t = tokenizer({ maxTokens: 12 });
    const lengths = [9, 10, 11, 12, 500].map((words) => {
      const { ids, truncated } = t.tokenize("day ".repeat(words));
      expect([ids[0], ids.at(-1)]).toEqual([2, 3]);
      return [ids.length, truncated];
    });
    expect(lengths).toEqual([
      [11, false],
      [12, false],
      [12, true],
      [12, true],
      [12, true],
    ]);
  });

  it("cuts the end of the text off, never the prompt", () => {
    const whole = tokenizer({ prompt: "good film " }).tokenize("day night time").ids;
    const cut = tokenizer({ prompt: "good film ", maxTokens: 5 }).tokenize("day night time").ids;
    expect(cut).toEqual([...whole.slice(0, 4), 3]);
    expect(whole).toEqual([2, ...tokenizer().tokenize("good film day night time").ids.slice(1)]);
  });

  it("cuts the start off where the settings or else the file say so", () => {
    const whole = tokenizer().tokenize("good film day night time").ids;
    const end = [whole[0], ...whole.slice(-4)];
    const cut = (config: object, truncation: unknown): readonly number[] =>
      loadTokenizer({ ...(json(tiny) as object), truncation }, config, { file: "t", maxTokens: 5 }).tokenize(
        "good film day night time",
      ).ids;
    expect(cut({ truncation_side: "left" }, null)).toEqual(end);
    expect(cut({}, { direction: "Left", max_length: 9 })).toEqual(end);
    for (const kept of [cut({ truncation_side: "right" }, { direction: "Left" }), cut({}, { direction: "Right" })])
      expect(kept).toEqual([...whole.slice(0, 4), whole.at(-1)]);
  });

  it("turns a lone surrogate into U+FFFD and leaves pairs alone [C15, R55]", () => {
    const t = tokenizer();
    for (const [lone, same] of [
      ["day \ud83d night", "day \ufffd night"],
      ["\ude00", "\ufffd"],
      ["good\udc00\ud800", "good\ufffd\ufffd"],
      ["\ud83d\ude00\ud83d", "\ud83d\ude00\ufffd"],
    ])
      expect(t.tokenize(lone)).toEqual(t.tokenize(same));
  });

  it.each([
    ["", true],
    [" \t\n ", true],
    ["\u200b\u0000", true],
    ["x", false],
    ["\ud83d\ude00", false],
  ])("says of %j whether it is empty (%s), with a prompt as well", (text, empty) => {
    expect(tokenizer().tokenize(text).empty).toBe(empty);
    expect(tokenizer({ prompt: "good " }).tokenize(text).empty).toBe(empty);
  });

  it("takes a whole megabyte without spaces as a word it does not know [C14]", () => {
    expect(tokenizer().tokenize("z".repeat(1_000_000))).toEqual({
      ids: [2, 1, 3],
      truncated: false,
      empty: false,
      unknown: 1,
    });
  });
});

describe("tokenize() of models that keep case", () => {
  const vocab = { "[UNK]": 0, "[CLS]": 1, "[SEP]": 2, Σ: 3, σ: 4, ς: 5, A: 6, a: 7, "𠀀a": 8, "𠀀": 9 };
  const cased = (options: Partial<TokenizerOptions> = {}, normalizer: unknown = null) =>
    tokenizer(options, {
      normalizer,
      model: { type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", vocab },
      pre_tokenizer: { type: "WhitespaceSplit" },
      post_processor: {
        type: "TemplateProcessing",
        single: [{ SpecialToken: { id: "[CLS]", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
        special_tokens: { "[CLS]": { id: "[CLS]", ids: [1], tokens: ["[CLS]"] } },
      },
    });

  it("leaves capital sigma and rare ideographs to them", () => {
    expect(cased().tokenize("Σ A 𠀀a").ids).toEqual([1, 3, 6, 8]);
  });

  it("gives final sigma no form of its own where the tokenizer lowers case", () => {
    expect(cased({}, { type: "Lowercase" }).tokenize("AΣ Σ").ids).toEqual([1, 0, 4]);
    const sequence = { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "Lowercase" }] };
    expect(cased({}, sequence).tokenize("Σ").ids).toEqual([1, 4]);
  });

  it("sets rare ideographs apart where a BERT normalizer does", () => {
    const bert = { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: false };
    expect(cased({}, bert).tokenize("Σ𠀀a").ids).toEqual([1, 3, 9, 7]);
    expect(cased({}, { ...bert, handle_chinese_chars: false }).tokenize("𠀀a").ids).toEqual([1, 8]);
  });

  it("lowers case first, the prompt's too, where the model's settings ask for it", () => {
    expect(cased({ lowerCase: true, prompt: "A " }).tokenize("A Σ").ids).toEqual([1, 7, 7, 4]);
    expect(cased({ prompt: "A " }).tokenize("A").ids).toEqual([1, 6, 6]);
  });

  it("puts special tokens where the template has them, behind the text alone too", () => {
    const behind = tokenizer(
      { maxTokens: 4 },
      {
        post_processor: {
          type: "TemplateProcessing",
          single: [{ Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id: "[SEP]", type_id: 0 } }],
          special_tokens: { "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] } },
        },
      },
    );
    expect(behind.tokenize("").ids).toEqual([3]);
    const { ids, truncated } = behind.tokenize("day night day night");
    expect([ids.length, ids[3], truncated]).toEqual([4, 3, true]);
    expect(ids[0]).not.toBe(3);
  });
});

describe("loadTokenizer", () => {
  const options = { file: "some/tokenizer.json", maxTokens: 64 };
  const invalid = expect.objectContaining({
    code: "E_ENCODER_INVALID",
    message: expect.stringContaining("some/tokenizer.json"),
  });

  it.each([
    ["nothing", null],
    ["a number", 7],
    ["an empty object", {}],
    ["a model of unknown type", { ...(json(tiny) as object), model: { type: "Sorcery" } }],
    ["added tokens that are no list", { ...(json(tiny) as object), added_tokens: "none" }],
  ])("refuses %s", (_, contents) => {
    expect(() => loadTokenizer(contents, {}, options)).toThrow(invalid);
  });

  it("takes the id that fills up from the settings, else 0", () => {
    const { added_tokens: added } = json(tiny) as { added_tokens: readonly { id: number; content: string }[] };
    const moved = added.map((t) => (t.content === "[PAD]" ? { ...t, id: 77 } : t));
    const padId = (config: unknown): number =>
      loadTokenizer({ ...(json(tiny) as object), added_tokens: moved }, config, options).padId;
    expect(padId({ pad_token: "[PAD]" })).toBe(77);
    expect(padId({ pad_token: { content: "[PAD]" } })).toBe(77);
    expect([padId({}), padId(undefined), padId({ pad_token: null })]).toEqual([0, 0, 0]);
  });

  it("refuses a limit that leaves no room for a token of the text", () => {
    expect(tokenizer({ maxTokens: 3 }).tokenize("day night").ids).toHaveLength(3);
    expect(() => tokenizer({ maxTokens: 2 })).toThrow(expect.objectContaining({ code: "E_USAGE" }));
  });
});
