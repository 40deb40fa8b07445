import { excerpt, HeadstartError, type ErrorPlace } from "../../errors.js";

/** An entity over the words `[start, end)` of a sentence. */
export interface WordSpan {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/**
 * How tags tell where an entity begins and ends. BIO is IOB2: every entity begins with B. In IOB1 it begins with I,
 * unless another of its label stands directly in front. IOBES, BMES and BILOU mark its end, and single words, too.
 */
export type TagScheme = "BIO" | "IOB1" | "IOBES" | "BMES" | "BILOU";

interface Tag {
  /** O, B, I (also written M), E (also written L) or S (also written U). */
  readonly part: "O" | "B" | "I" | "E" | "S";
  readonly label: string;
}

const OUTSIDE: Tag = { part: "O", label: "" };
const PARTS: Readonly<Record<string, Tag["part"]>> = { B: "B", I: "I", M: "I", E: "E", L: "E", S: "S", U: "S" };

/** The part and the label of a tag; undefined when it is neither O nor a part, a hyphen and a label. */
function partsOf(tag: string): Tag | undefined {
  if (tag === "O") return OUTSIDE;
  const part = tag[1] === "-" ? PARTS[tag[0]] : undefined;
  return part !== undefined && tag.length > 2 ? { part, label: tag.slice(2) } : undefined;
}

export const isTag = (tag: string): boolean => partsOf(tag) !== undefined;

/** @throws HeadstartError E_TAGS when the tag is neither O nor a part, a hyphen and a label */
function parseTag(tag: string): Tag {
  const parts = partsOf(tag);
  if (parts === undefined) throw tagError(tag);
  return parts;
}

/** The error for a tag that is none. */
export function tagError(tag: string, place: ErrorPlace = {}): HeadstartError {
  const at = place.file === undefined ? "" : ` at ${place.file}:${place.line}`;
  const advice = /^\d+$/.test(tag)
    ? "Name the tags in the order of their numbers, such as --tag-names O,B-PER,I-PER for 0, 1 and 2"
    : "Write all tags of the file so, or all but O as labels alone";
  return new HeadstartError(
    "E_TAGS",
    `Cannot read the tag "${excerpt(tag)}"${at}: tags are O, or one of B, I, E, S, L, U, M, a hyphen and a label, such ` +
      `as B-person. ${advice}`,
    place,
  );
}

/** Several tags for one word, as some test files have them where annotators differed. */
const ALTERNATIVES = /^(?:O|[BIESLUM]-[^,]+)(?:,(?:O|[BIESLUM]-[^,]+))+$/;

/** The first of the tags that a word has, such as `B-group` of `B-group,B-person`; others as they are. */
export const firstAlternative = (tag: string): string =>
  ALTERNATIVES.test(tag) ? tag.slice(0, tag.indexOf(",")) : tag;

/** The scheme that the tags of a corpus are written in. */
export function detectScheme(sentences: readonly (readonly string[])[]): TagScheme {
  const parts = new Set(sentences.flatMap((tags) => tags.map((tag) => (tag === "O" ? "O" : tag[0]))));
  if (parts.has("L") || parts.has("U")) return "BILOU";
  if (parts.has("M")) return "BMES";
  if (parts.has("E") || parts.has("S")) return "IOBES";
  return sentences.some(hasFreeB) || !parts.has("I") ? "BIO" : "IOB1";
}

/** Whether some B stands where IOB1 would have an I: with no entity of its label directly in front. */
function hasFreeB(tags: readonly string[]): boolean {
  return tags.some((tag, i) => tag[0] === "B" && (i === 0 || tags[i - 1].slice(2) !== tag.slice(2)));
}

/**
 * Entities as conlleval reads tags of any scheme: one begins at B or S, at any part after O, E or S, and where the label
 * changes; it ends before the next one or O, and after E or S.
 *
 * @see https://www.clips.uantwerpen.be/conll2000/chunking/conlleval.txt
 */
export function conllevalSpans(tags: readonly string[]): WordSpan[] {
  const spans: { start: number; end: number; label: string }[] = [];
  let before = OUTSIDE;
  tags.forEach((written, i) => {
    const tag = parseTag(written);
    if (tag.part !== "O") {
      if (startsAfter(before, tag)) spans.push({ start: i, end: i + 1, label: tag.label });
      else spans[spans.length - 1].end = i + 1;
    }
    before = tag;
  });
  return spans;
}

const startsAfter = (before: Tag, { part, label }: Tag): boolean =>
  part === "B" || part === "S" || "OES".includes(before.part) || before.label !== label;

/** Entities of IOB2 tags read strictly: B, and the I of its label that follow; any other I is no entity. */
export function strictSpans(tags: readonly string[]): WordSpan[] {
  const spans: { start: number; end: number; label: string }[] = [];
  let open: (typeof spans)[number] | undefined;
  tags.forEach((written, i) => {
    const { part, label } = parseTag(written);
    if (part === "B") spans.push((open = { start: i, end: i + 1, label }));
    else if (part === "I" && open?.label === label) open.end = i + 1;
    else open = undefined;
  });
  return spans;
}

/** Tags that the scheme forbids where they stand; IOB1 and BIO have no forbidden ends. */
export function countIllegal(tags: readonly string[], scheme: TagScheme): number {
  if (scheme === "IOB1") return 0;
  const marksEnds = scheme !== "BIO";
  let [illegal, before] = [0, OUTSIDE];
  for (const tag of [...tags.map(parseTag), OUTSIDE]) {
    const goesOn = (before.part === "B" || before.part === "I") && before.label === tag.label;
    const isInside = tag.part === "I" || tag.part === "E";
    const breaksOff = marksEnds && (before.part === "B" || before.part === "I") && !(isInside && goesOn);
    if ((isInside && !goesOn) || breaksOff) illegal++;
    before = tag;
  }
  return illegal;
}

/** IOB2 tags of `words` words, from spans that do not overlap. */
export function tagsOf(spans: readonly WordSpan[], words: number): string[] {
  const tags = Array.from({ length: words }, () => "O");
  for (const { start, end, label } of spans) {
    for (let i = start; i < end; i++) tags[i] = `${i === start ? "B" : "I"}-${label}`;
  }
  return tags;
}
