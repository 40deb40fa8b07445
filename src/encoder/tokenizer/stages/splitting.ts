import type { Behavior } from "./settings.js";

/** A part of a text, `[start, end)` in UTF-16 units. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly isMatch: boolean;
}

/**
 * A whole text in parts that match a global pattern and parts that do not. Like Oniguruma, and unlike `matchAll`, it
 * takes no empty match right behind another match.
 */
export function stretches(text: string, pattern: RegExp): Stretch[] {
  const found: Stretch[] = [];
  let [from, end] = [0, -1];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [start, next] = [match.index, match.index + match[0].length];
    if (start === next) {
      pattern.lastIndex = next + (text.codePointAt(next)! > 0xffff ? 2 : 1);
      if (start === end) continue;
    }
    if (from < start) found.push({ start: from, end: start, isMatch: false });
    found.push({ start, end: next, isMatch: true });
    from = end = next;
  }
  if (from < text.length) found.push({ start: from, end: text.length, isMatch: false });
  return found;
}

/** The parts that are left where matches are delimiters that are treated in some way; none is empty. */
export function divide(all: readonly Stretch[], behavior: Behavior): readonly Omit<Stretch, "isMatch">[] {
  return together(all, behavior).filter(({ start, end }) => start < end);
}

function together(all: readonly Stretch[], behavior: Behavior): readonly Omit<Stretch, "isMatch">[] {
  switch (behavior) {
    case "Isolated":
      return all;
    case "Removed":
      return all.filter(({ isMatch }) => !isMatch);
    case "Contiguous":
      return merged(all, (one, before) => one.isMatch === before.isMatch);
    case "MergedWithPrevious":
      return merged(all, (one, before) => one.isMatch && !before.isMatch);
    case "MergedWithNext":
      return merged(all, (one, before) => before.isMatch && !one.isMatch);
  }
}

function merged(all: readonly Stretch[], joins: (one: Stretch, before: Stretch) => boolean): readonly Stretch[] {
  const found: Stretch[] = [];
  all.forEach((one, i) => {
    if (i > 0 && joins(one, all[i - 1])) found.push({ ...found.pop()!, end: one.end });
    else found.push(one);
  });
  return found;
}
