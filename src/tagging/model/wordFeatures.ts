import type { Sentence } from "../corpus/sentence.js";
import type { Word } from "../corpus/splitWords.js";
import { fnv1a } from "../../math/fnv.js";

/** Which surface features of a word are used beside its vector. */
export interface SurfaceFeatureOptions {
  /** Case, digits, punctuation and place in the sentence. @default true */
  readonly shape: boolean;
  /** First and last letters. @default true */
  readonly affixes: boolean;
  /** The word itself, lower-cased. @default true */
  readonly word: boolean;
  /** Surface features of the words around it. @default true */
  readonly around: boolean;
}

export const ALL_SURFACE_FEATURES: SurfaceFeatureOptions = { shape: true, affixes: true, word: true, around: true };

export const NO_SURFACE_FEATURES: SurfaceFeatureOptions = { shape: false, affixes: false, word: false, around: false };

/** How a word is written. */
interface Look {
  readonly text: string;
  readonly lower: string;
  readonly case: Case;
  /** Capitals as X, small letters as x, digits as d; what else there is stays, at most eight characters. */
  readonly shape: string;
  /** The shape with repetitions left out. */
  readonly short: string;
}

type Case = "none" | "low" | "one" | "up" | "title" | "mixed";

function lookOf({ text }: Word): Look {
  const shape = text
    .slice(0, 40)
    .replace(/\p{Lu}/gu, "X")
    .replace(/[\p{Ll}\p{Lo}]/gu, "x")
    .replace(/\p{N}/gu, "d");
  const short = shape.replace(/(.)\1+/g, "$1").slice(0, 8);
  return { text, lower: text.toLowerCase(), case: caseOf(text), shape: shape.slice(0, 8), short };
}

/** Hashes of the few features that describe a word's shape, and those of its neighbors; none without `shape`. */
export function cuesOf({ words }: Sentence, { shape, around }: SurfaceFeatureOptions): readonly Int32Array[] {
  if (!shape) return words.map(() => new Int32Array(0));
  const loud = loudness(words);
  const own = words.map(lookOf).map((look) => [`c=${look.case}`, `ss=${look.short}`]);
  return words.map((_, i) => {
    const found = [...own[i], `loud=${loud}`, `at=${Math.min(i, 2)}`];
    for (const offset of around ? [-1, 1] : []) {
      for (const feature of own[i + offset] ?? ["none"]) found.push(`${offset}:${feature}`);
    }
    return Int32Array.from(new Set(found.map(fnv1a)));
  });
}

/** Hashes of the features of every word of a sentence, those that are there. */
export function surfaceFeaturesOf({ words }: Sentence, options: SurfaceFeatureOptions): readonly Int32Array[] {
  const loud = loudness(words);
  const looks = words.map(lookOf);
  return looks.map((look, i) => {
    const found: string[] = [];
    if (options.shape) found.push(...shapeFeatures(look, i === 0), `loud=${loud}`, `loud=${loud}|${look.case}`);
    if (options.affixes) found.push(...affixFeatures(look));
    if (options.word) found.push(`w=${look.lower}`);
    if (options.around) found.push(...aroundFeatures(looks, i, options));
    return Int32Array.from(new Set(found.map(fnv1a)));
  });
}

/** Less of the words around than of the word itself, and less still of those two away. */
function aroundFeatures(
  looks: readonly Look[],
  i: number,
  { shape: byShape, affixes, word }: SurfaceFeatureOptions,
): string[] {
  const found: string[] = [];
  for (const offset of [-2, -1, 1, 2]) {
    const look = looks[i + offset];
    if (look === undefined) {
      found.push(`${offset}:none`);
      continue;
    }
    if (word) found.push(`${offset}:w=${look.lower}`);
    if (byShape) found.push(`${offset}:c=${look.case}`);
    if (Math.abs(offset) > 1) continue;
    if (byShape) found.push(`${offset}:ss=${look.short}`);
    if (affixes) found.push(`${offset}:p=${look.lower.slice(0, 3)}`, `${offset}:e=${look.lower.slice(-3)}`);
  }
  if (byShape) {
    const short = (at: number): string => looks[at]?.short ?? "-";
    found.push(`ss-1,0=${short(i - 1)}|${short(i)}`, `ss0,1=${short(i)}|${short(i + 1)}`);
  }
  return found;
}

function shapeFeatures({ text, shape, short, case: own }: Look, isFirst: boolean): string[] {
  const found = [`s=${shape}`, `ss=${short}`, `c=${own}`];
  if (isFirst) found.push("first", `first|${own}`);
  if (/\p{N}/u.test(text)) found.push("digit");
  if (/^[^\p{L}\p{N}]+$/u.test(text)) found.push("mark");
  if (/^@./.test(text)) found.push("name");
  if (/^#./.test(text)) found.push("tag");
  if (/^(https?:|www\.)/i.test(text)) found.push("address");
  if (/.-./.test(text)) found.push("hyphen");
  found.push(`length=${Math.min(text.length, 10)}`);
  return found;
}

function affixFeatures({ lower }: Look): string[] {
  const letters = Array.from(lower);
  const found: string[] = [];
  for (let n = 1; n <= 4 && n < letters.length; n++) {
    found.push(`p=${letters.slice(0, n).join("")}`, `e=${letters.slice(-n).join("")}`);
  }
  return found;
}

function caseOf(text: string): Case {
  if (!/\p{L}/u.test(text)) return "none";
  if (!/\p{Lu}/u.test(text)) return "low";
  if (!/\p{Ll}/u.test(text)) return Array.from(text).length === 1 ? "one" : "up";
  return /^\P{L}*\p{Lu}\P{Lu}*$/u.test(text) ? "title" : "mixed";
}

/** How much of a sentence is capitalized: the share of its words that begin with a capital, in quarters. */
function loudness(words: readonly Word[]): number {
  const letters = words.filter(({ text }) => /^\p{L}/u.test(text));
  const capitals = letters.filter(({ text }) => /^\p{Lu}/u.test(text)).length;
  return letters.length === 0 ? 0 : Math.round((4 * capitals) / letters.length);
}
