import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readNormalizer } from "../../../../../src/encoder/tokenizer/stages/normalizers.js";
import { readPreTokenizer } from "../../../../../src/encoder/tokenizer/stages/preTokenizers.js";

const CLASSES = JSON.parse(
  readFileSync(new URL("../../../../golden/tokenizer-classes.json", import.meta.url), "utf8"),
) as Readonly<Record<string, string>>;
/** This version of Node knows no character there: what is young to it has no properties. */
const UNASSIGNED = /\p{Cn}/u;

const cuts = (part: object, pieces: number): ((one: string) => boolean) => {
  const cut = readPreTokenizer(part);
  return (one) => cut({ words: [`a${one}a`], leads: [] }).words.length === pieces;
};
const drops = (part: object): ((one: string) => boolean) => {
  const normalize = readNormalizer(part);
  return (one) => one !== " " && /^a ?a$/.test(normalize(`a${one}a`, false));
};
const changes = (part: object): ((one: string) => boolean) => {
  const normalize = readNormalizer(part);
  return (one) => normalize(one, false) !== one;
};
const bert = (part: object): object => ({
  type: "BertNormalizer",
  clean_text: false,
  handle_chinese_chars: false,
  strip_accents: false,
  lowercase: false,
  ...part,
});

const OWN: Readonly<Record<string, (one: string) => boolean>> = {
  Punctuation: cuts({ type: "Punctuation" }, 3),
  WhitespaceSplit: cuts({ type: "WhitespaceSplit" }, 2),
  Digits: cuts({ type: "Digits", individual_digits: true }, 3),
  Whitespace: cuts({ type: "Whitespace" }, 1),
  StripAccents: drops({ type: "StripAccents" }),
  clean_text: drops(bert({ clean_text: true })),
  strip_accents: drops(bert({ strip_accents: true })),
  handle_chinese_chars: changes(bert({ handle_chinese_chars: true })),
  NFD: changes({ type: "NFD" }),
  NFKC: changes({ type: "NFKC" }),
  Lowercase: changes({ type: "Lowercase" }),
};

function* codePoints(): Generator<number> {
  for (let point = 0; point < 0x110000; point++) if (point < 0xd800 || point > 0xdfff) yield point;
}

function members(ranges: string): ReadonlySet<number> {
  const all = new Set<number>();
  for (const range of ranges.split(" ")) {
    const [first, last = first] = range.split("-").map((hex) => parseInt(hex, 16));
    for (let point = first; point <= last; point++) all.add(point);
  }
  return all;
}

describe("each character by itself", () => {
  it.each(Object.keys(CLASSES))("is to %s what it is to the reference [C15]", (name) => {
    const theirs = members(CLASSES[name]);
    const differing = [];
    for (const point of codePoints()) {
      const one = String.fromCodePoint(point);
      if (OWN[name](one) !== theirs.has(point) && !UNASSIGNED.test(one)) differing.push(point.toString(16));
    }
    expect(differing).toEqual([]);
  });
});
