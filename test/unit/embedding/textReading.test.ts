import { describe, expect, it } from "vitest";
import { addReadings, countsOf, NOTHING_READ, readTexts } from "../../../src/embedding/textReading.js";
import { unreadScript } from "../../../src/embedding/scripts.js";
import { readingText, readingWarnings, type ReadingUse } from "../../../src/report/text/readingRemarks.js";
import { BUILT_IN_ENCODER } from "../../../src/encoder/locate.js";
import { fixture, openEncoder } from "../encoder/tinyBert.js";

const english = Array.from({ length: 30 }, (_, i) => `a walk in the park, number ${i}`);
const emoji = ["love it 😍", "hate it 😡", "fine"];
const languages: readonly (readonly [name: string, text: string])[] = [
  ["Arabic", "كان الطعام لذيذا جدا وسوف نعود قريبا"],
  ["Cyrillic", "Еда была очень вкусной, мы скоро вернёмся"],
  ["Greek", "Το φαγητό ήταν πολύ νόστιμο"],
  ["Hebrew", "האוכל היה טעים מאוד ונחזור בקרוב"],
  ["Devanagari", "खाना बहुत स्वादिष्ट था हम जल्द लौटेंगे"],
  ["Thai", "อาหารอร่อยมากเราจะกลับมาเร็วๆนี้"],
  ["Korean", "음식이 아주 맛있어서 곧 다시 올 것입니다"],
  ["Chinese", "这家餐厅的饭菜非常好吃我们很快会再来"],
  ["Japanese", "この店の料理はとてもおいしかった"],
  ["Japanese", "サービスがひどい"],
];

describe("readTexts()", () => {
  it("counts empty, cut and unknown as embedding does, equal texts each, and tokens without special ones", async () => {
    const encoder = await openEncoder(fixture("tiny-bert"), { maxTokens: 8 });
    const texts = ["", " \t", "good day", "good 中", "good 中", "day ".repeat(20)];
    expect(await readTexts(encoder, texts)).toMatchObject({
      texts: 6,
      empty: 2,
      truncated: 1,
      tokens: 2 + 2 + 2 + 6,
      unknown: 2,
    });
    expect(countsOf(await readTexts(encoder, texts))).toEqual({ empty: 2, truncated: 1, unknownTokens: 2 / 12 });
  });

  it("counts the same under a prompt, which is none of the text", async () => {
    const encoder = await openEncoder(fixture("tiny-bert"), { prompt: "good " });
    expect(await readTexts(encoder, ["", "day night"])).toMatchObject({ empty: 1, tokens: 2, unknown: 0 });
  });

  it("is the sum of the readings of parts, in any order of them", async () => {
    const encoder = await openEncoder(BUILT_IN_ENCODER);
    const parts = [english, emoji, languages.map(([, text]) => text), []];
    const read = await Promise.all(parts.map((texts) => readTexts(encoder, texts)));
    expect(read.reduce(addReadings)).toEqual(await readTexts(encoder, parts.flat()));
    expect(countsOf([...read].reverse().reduce(addReadings))).toEqual(countsOf(read.reduce(addReadings)));
    expect(await readTexts(encoder, [])).toEqual(NOTHING_READ);
  });

  it("counts words without a vector of an encoder that leaves them out", async () => {
    const reading = await readTexts({ isStatic: true, tokenizer: wordsOf(["good", "day"]) }, ["good day", "good x y"]);
    expect(reading).toMatchObject({ tokens: 5, unknown: 2 });
  });
});

function wordsOf(known: readonly string[]) {
  const tokenize = (text: string) => {
    const words = text.split(" ").filter((word) => word !== "");
    const ids = words.flatMap((word) => (known.includes(word) ? [known.indexOf(word)] : []));
    return { ids, truncated: false, empty: ids.length === 0, unknown: words.length - ids.length };
  };
  return { tokenize, padId: 0, wordPieces: () => [], frame: () => [], lead: 0, room: 9 };
}

describe("unreadScript()", () => {
  it.each(languages)("tells that an English vocabulary does not read %s", async (name, text) => {
    const { scripts } = await readTexts(await openEncoder(BUILT_IN_ENCODER), [text]);
    expect(unreadScript(scripts)).toEqual({ name, share: 1 });
  });

  it("finds nothing unread in languages of Latin letters, with accents and emoji too", async () => {
    const encoder = await openEncoder(BUILT_IN_ENCODER);
    const { scripts } = await readTexts(encoder, [
      ...english,
      "Das Essen war köstlich – très bon! 😍",
      "İyi günler, Łódź",
    ]);
    expect(unreadScript(scripts)).toBeUndefined();
  });

  it("takes a script for read whose words are few tokens, and Chinese whose characters are known", () => {
    const cyrillic = { letters: 100, tried: 100, pieces: 40, unknown: 0 };
    const chinese = { letters: 50, tried: 50, pieces: 50, unknown: 1 };
    expect(unreadScript({ Cyrillic: cyrillic, Chinese: chinese })).toBeUndefined();
    const spelled = { ...cyrillic, pieces: 99 };
    expect(unreadScript({ Cyrillic: spelled, Latin: { ...cyrillic, letters: 300 } })).toEqual({
      name: "Cyrillic",
      share: 0.25,
    });
  });
});

describe("readingWarnings()", () => {
  const warnings = async (texts: readonly string[], use: ReadingUse = "predict"): Promise<readonly string[]> =>
    readingWarnings(await readTexts(await openEncoder(BUILT_IN_ENCODER), texts), { encoder: "mini", use });

  it("has nothing to say of ordinary texts, nor of a few emoji among many", async () => {
    expect(await warnings(english)).toEqual([]);
    expect(await warnings([...english, "so good 😍"])).toEqual([]);
  });

  it.each<[ReadingUse, string]>([
    ["predict", "1 of 3 texts is empty: its label says nothing"],
    ["evaluate", "1 of 3 texts is empty: its label says nothing"],
    ["train", "1 of 3 texts is empty: nothing can be learned from it. Leave it out"],
    ["embed", "1 of 3 texts is empty: its vector says nothing"],
  ])("counts empty texts in the words of %s", async (use, said) => {
    expect(await warnings(["", "good", "bad"], use)).toEqual([said]);
  });

  it("warns of emoji without a token by two that are the same to the encoder", async () => {
    expect(await warnings(emoji)).toEqual([expect.stringMatching(/^2 of 3 texts have emoji .* 😍 😡: all of these/)]);
  });

  it("counts emoji that are made of a sign of text and the mark for a picture, not the bare sign", async () => {
    const [warning] = await warnings(["love it \u2764\ufe0f", "no \u2639\ufe0f", "bare \u2639"]);
    expect(warning).toMatch(/^2 of 3 texts have emoji .* \u2764\ufe0f \u2639\ufe0f: all of these/);
  });

  it("recommends a multilingual encoder for another script, once, whatever else is unknown in it", async () => {
    const [warning, ...others] = await warnings(
      [...languages.slice(7), ...languages.slice(5, 6)].map(([, text]) => text),
    );
    expect(warning).toMatch(
      /^100 % of the letters are in a script that mini does not read.*Xenova\/multilingual-e5-small/,
    );
    expect(others).toEqual([]);
  });

  it("warns of many unknown tokens of any other kind", () => {
    const reading = { ...NOTHING_READ, texts: 10, tokens: 100, unknown: 4 };
    expect(readingWarnings(reading, { encoder: "mini", use: "train" })).toEqual([
      expect.stringMatching(/^4\.0 % of the tokens/),
    ]);
    expect(readingWarnings({ ...reading, unknown: 2 }, { encoder: "mini", use: "train" })).toEqual([]);
  });
});

describe("readingText()", () => {
  it("names what there is of empty, cut and unknown, and nothing where there is none", () => {
    expect(readingText({ ...NOTHING_READ, texts: 9, tokens: 50 }, 64)).toBeUndefined();
    const reading = { ...NOTHING_READ, texts: 9, empty: 1, truncated: 2, tokens: 1500, unknown: 3 };
    expect(readingText(reading, 64)).toBe("1 empty, 2 cut at 64 tokens, 3 of 1,500 tokens unknown");
  });
});
