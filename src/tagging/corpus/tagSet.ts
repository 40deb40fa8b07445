/** The tags of some labels: 0 is O, `1 + 2 k` is B and `2 + 2 k` is I of label k. */
interface TagSet {
  readonly labels: readonly string[];
  readonly count: number;
}

export const tagSet = (labels: readonly string[]): TagSet => ({ labels: [...labels], count: 1 + 2 * labels.length });

export const OUTSIDE = 0;
const beginOf = (label: number): number => 1 + 2 * label;
export const insideOf = (label: number): number => 2 + 2 * label;
export const isInside = (tag: number): boolean => tag > 0 && tag % 2 === 0;

/** Whether `to` may follow `from` in IOB2: I only after B or I of its label; `from` is -1 at the start. */
export const mayFollow = (from: number, to: number): boolean => !isInside(to) || from === to || from === to - 1;

/** Index of every tag, such as `B-person`; -1 for a label that is not in the set. */
export function tagIndices({ labels }: TagSet, tags: readonly string[]): Int32Array {
  return Int32Array.from(tags, (tag) => {
    if (tag === "O") return OUTSIDE;
    const label = labels.indexOf(tag.slice(2));
    return label < 0 ? -1 : tag[0] === "B" ? beginOf(label) : insideOf(label);
  });
}

/** An entity found: words `[start, end)`, its label as an index. */
export interface TagSpan {
  readonly start: number;
  readonly end: number;
  readonly label: number;
}

/** Entities of legal IOB2 tags. */
export function spansOfTags(tags: Int32Array): TagSpan[] {
  const spans: { start: number; end: number; label: number }[] = [];
  tags.forEach((tag, i) => {
    if (tag === OUTSIDE) return;
    if (isInside(tag)) spans[spans.length - 1].end = i + 1;
    else spans.push({ start: i, end: i + 1, label: (tag - 1) / 2 });
  });
  return spans;
}
