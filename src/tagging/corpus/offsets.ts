import type { RawSpans, Span, WrittenSpan } from "./sentence.js";
import { trimmed } from "./spans.js";
import { splitWords } from "./splitWords.js";

/** What `start` and `end` of entities count: UTF-16 units as JavaScript does, code points as Python does, or bytes of UTF-8. */
export type OffsetUnit = "utf16" | "code-points" | "bytes";

export const UNIT_NAMES: Readonly<Record<OffsetUnit, string>> = {
  utf16: "UTF-16 units",
  "code-points": "code points",
  bytes: "bytes of UTF-8",
};

/** The unit of a file's offsets, and for how many of its entities that matters. */
export interface ChosenUnit {
  readonly unit: OffsetUnit;
  readonly matters: number;
}

/**
 * The unit in which most entities of a file are what the file says they hold, and begin and end with words. Where that
 * does not tell, code points, unless the tool that wrote most of it counts UTF-16 units.
 */
export function chooseUnit(sentences: readonly RawSpans[]): ChosenUnit {
  const fits: Record<OffsetUnit, number> = { utf16: 0, "code-points": 0, bytes: 0 };
  /** As `fits`, white space at the edges of entities aside. */
  const trimmedFits: Record<OffsetUnit, number> = { ...fits };
  const differing: Record<OffsetUnit, number> = { utf16: 0, "code-points": 0, bytes: 0 };
  let byJavaScript = 0;
  for (const { text, spans, isUtf16 } of sentences) {
    if (spans.length === 0 || !NOT_ASCII.test(text)) continue;
    const boundaries = boundariesOf(text);
    const places = (["utf16", "code-points", "bytes"] as const).map((unit) => ({ unit, at: unitsOf(text, unit) }));
    for (const span of spans) {
      const read = places.map(({ unit, at }) => ({ unit, own: placed(span, at) }));
      const [utf16, codePoints, bytes] = read.map(({ own }) => own);
      for (const { unit, own } of read) {
        const place = { text, surface: span.surface, boundaries };
        fits[unit] += fitOf(own, place);
        trimmedFits[unit] += fitOf(own && trimmed(own, text), place);
      }
      if (!same(codePoints, bytes)) differing.bytes++;
      if (same(utf16, codePoints)) continue;
      for (const unit of ["utf16", "code-points"] as const) differing[unit]++;
      if (isUtf16 === true) byJavaScript++;
    }
  }
  const preferred: OffsetUnit[] =
    2 * byJavaScript > differing.utf16 ? ["utf16", "code-points"] : ["code-points", "utf16"];
  // Few tools count bytes: that an entity holds a space more or less is no sign of it.
  const isBytes = trimmedFits.bytes > Math.max(trimmedFits.utf16, trimmedFits["code-points"]);
  const likely: OffsetUnit[] = isBytes ? [...preferred, "bytes"] : preferred;
  const unit = likely.reduce((best, one) => (fits[one] > fits[best] ? one : best));
  return { unit, matters: differing[unit] };
}

const NOT_ASCII = /[^\0-\x7f]/;

/** Where units of a text begin, as UTF-16 units, and where it ends; -1 inside a character. */
function unitsOf(text: string, unit: OffsetUnit): Int32Array | undefined {
  if (unit === "utf16") return undefined;
  const size = (character: string): number => (unit === "bytes" ? Buffer.byteLength(character) : 1);
  const at: number[] = [];
  let index = 0;
  for (const character of text) {
    at.push(index, ...Array<number>(size(character) - 1).fill(-1));
    index += character.length;
  }
  return Int32Array.from([...at, index]);
}

function placed<S extends Span>(span: S, at: Int32Array | undefined): S | undefined {
  if (at === undefined) return span;
  const [start, end] = [at[span.start] ?? -1, at[span.end] ?? -1];
  return start < 0 || end < 0 ? undefined : { ...span, start, end };
}

/** The spans of a text in UTF-16 units; undefined for one that is not at characters of the text. */
export function spansInUnit(
  text: string,
  spans: readonly WrittenSpan[],
  unit: OffsetUnit,
): (WrittenSpan | undefined)[] {
  const at = NOT_ASCII.test(text) ? unitsOf(text, unit) : undefined;
  return spans.map((span) => {
    const own = placed(span, at);
    return own === undefined || own.start >= own.end || own.end > text.length ? undefined : own;
  });
}

const same = (a: Span | undefined, b: Span | undefined): boolean => a?.start === b?.start && a?.end === b?.end;

interface Boundaries {
  readonly starts: ReadonlySet<number>;
  readonly ends: ReadonlySet<number>;
}

function boundariesOf(text: string): Boundaries {
  const [whole, parts] = [splitWords(text, "words"), splitWords(text, "parts")];
  return {
    starts: new Set(whole.map(({ start }) => start)),
    ends: new Set([...whole, ...parts].map(({ end }) => end)),
  };
}

/** What it holds counts more than where it begins and ends. */
function fitOf(
  span: Span | undefined,
  {
    text,
    surface,
    boundaries,
  }: { readonly text: string; readonly surface: string | undefined; readonly boundaries: Boundaries },
): number {
  if (span === undefined || span.end > text.length) return 0;
  const holds = surface !== undefined && text.slice(span.start, span.end) === surface ? 4 : 0;
  return holds + (boundaries.starts.has(span.start) ? 1 : 0) + (boundaries.ends.has(span.end) ? 1 : 0);
}
