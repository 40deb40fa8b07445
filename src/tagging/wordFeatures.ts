import type { Sentence } from "./sentence.js";

/** What is looked at of a word's writing, beside its vector. */
export interface WritingOptions {
  /** Case, digits, punctuation and place in the sentence. @default true */
  readonly shape: boolean;
  /** First and last letters. @default true */
  readonly affixes: boolean;
  /** The word itself, lower-cased. @default true */
  readonly word: boolean;
  /** The writing of the words around it. @default true */
  readonly around: boolean;
}

export const ALL_WRITING: WritingOptions = { shape: true, affixes: true, word: true, around: true };

export const NO_WRITING: WritingOptions = { shape: false, affixes: false, word: false, around: false };

/** Hashes of the few features that tell a word's shape, and those of its neighbours; none without `shape`. */
export function cuesOf({ words }: Sentence, { shape, around }: WritingOptions): readonly Int32Array[] {
  if (!shape) return words.map(() => new Int32Array(0));
  const loud = loudness(words.map(({ text }) => text));
  const own = words.map(({ text }) => [`c=${caseOf(text)}`, `ss=${shortShape(text)}`]);
  return words.map((_, i) => {
    const found = [...own[i], `loud=${loud}`, `at=${Math.min(i, 2)}`];
    for (const offset of around ? [-1, 1] : []) {
      for (const feature of own[i + offset] ?? ["none"]) found.push(`${offset}:${feature}`);
    }
    return Int32Array.from(new Set(found.map(hashOf)));
  });
}

/** Hashes of the features of every word of a sentence, those that are there. */
export function writingOf({ words }: Sentence, options: WritingOptions): readonly Int32Array[] {
  const loud = loudness(words.map(({ text }) => text));
  const own = words.map(({ text }, i) => [
    ...(options.shape ? shapeFeatures(text, i === 0) : []),
    ...(options.affixes ? affixFeatures(text) : []),
    ...(options.word ? [`w=${text.toLowerCase()}`] : []),
  ]);
  return words.map(({ text }, i) => {
    const found = [...own[i]];
    if (options.shape) found.push(`loud=${loud}`, `loud=${loud}|${caseOf(text)}`);
    if (options.around) found.push(...aroundFeatures(words, i, options));
    return Int32Array.from(new Set(found.map(hashOf)));
  });
}

/** Less of the words around than of the word itself, and less still of those two away. */
function aroundFeatures(
  words: Sentence["words"],
  i: number,
  { shape: byShape, affixes, word }: WritingOptions,
): string[] {
  const found: string[] = [];
  for (const offset of [-2, -1, 1, 2]) {
    const text = words[i + offset]?.text;
    if (text === undefined) {
      found.push(`${offset}:none`);
      continue;
    }
    const lower = text.toLowerCase();
    if (word) found.push(`${offset}:w=${lower}`);
    if (byShape) found.push(`${offset}:c=${caseOf(text)}`);
    if (Math.abs(offset) > 1) continue;
    if (byShape) found.push(`${offset}:ss=${shortShape(text)}`);
    if (affixes) found.push(`${offset}:p=${lower.slice(0, 3)}`, `${offset}:e=${lower.slice(-3)}`);
  }
  if (byShape) {
    const shape = (at: number): string => (at < 0 || at >= words.length ? "-" : shortShape(words[at].text));
    found.push(`ss-1,0=${shape(i - 1)}|${shape(i)}`, `ss0,1=${shape(i)}|${shape(i + 1)}`);
  }
  return found;
}

function shapeFeatures(text: string, isFirst: boolean): string[] {
  const found = [`s=${longShape(text)}`, `ss=${shortShape(text)}`, `c=${caseOf(text)}`];
  if (isFirst) found.push("first", `first|${caseOf(text)}`);
  if (/\p{N}/u.test(text)) found.push("digit");
  if (/^[^\p{L}\p{N}]+$/u.test(text)) found.push("mark");
  if (/^@./.test(text)) found.push("name");
  if (/^#./.test(text)) found.push("tag");
  if (/^(https?:|www\.)/i.test(text)) found.push("address");
  if (/.-./.test(text)) found.push("hyphen");
  found.push(`length=${Math.min(text.length, 10)}`);
  return found;
}

function affixFeatures(text: string): string[] {
  const letters = Array.from(text.toLowerCase());
  const found: string[] = [];
  for (let n = 1; n <= 4 && n < letters.length; n++) {
    found.push(`p=${letters.slice(0, n).join("")}`, `e=${letters.slice(-n).join("")}`);
  }
  return found;
}

/** Capitals become X, small letters x, digits d; what else there is stays, at most eight characters. */
const longShape = (text: string): string => shapeOf(text).slice(0, 8);

/** The shape with repetitions left out. */
const shortShape = (text: string): string =>
  shapeOf(text)
    .replace(/(.)\1+/g, "$1")
    .slice(0, 8);

const shapeOf = (text: string): string =>
  text
    .slice(0, 40)
    .replace(/\p{Lu}/gu, "X")
    .replace(/[\p{Ll}\p{Lo}]/gu, "x")
    .replace(/\p{N}/gu, "d");

function caseOf(text: string): string {
  if (!/\p{L}/u.test(text)) return "none";
  if (!/\p{Lu}/u.test(text)) return "low";
  if (!/\p{Ll}/u.test(text)) return Array.from(text).length === 1 ? "one" : "up";
  return /^\P{L}*\p{Lu}\P{Lu}*$/u.test(text) ? "title" : "mixed";
}

/** How much a sentence shouts: the share of its words that begin with a capital, in quarters; case says less there. */
function loudness(words: readonly string[]): number {
  const letters = words.filter((text) => /^\p{L}/u.test(text));
  const capitals = letters.filter((text) => /^\p{Lu}/u.test(text)).length;
  return letters.length === 0 ? 0 : Math.round((4 * capitals) / letters.length);
}

/** FNV-1a over UTF-16 units, 32 bits. */
function hashOf(feature: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < feature.length; i++) hash = Math.imul(hash ^ feature.charCodeAt(i), 0x01000193);
  return hash | 0;
}
