import { foldedLabel } from "./labelFold.js";

const STARS = /^([1-5])(?:\s*stars?)?$/;

/**
 * For star ratings the classes that they usually stand for: 1 and 2 negative, 4 and 5 positive, 3 neutral, or dropped where
 * there is no neutral.
 *
 * @returns undefined unless all labels are ratings from 1 to 5, and the known ones negative and positive, with neutral or
 *   without
 * @see Pang & Lee 2005, Seeing stars
 */
export function starMeanings(
  labels: readonly string[],
  known: readonly string[],
): Map<string, string | undefined> | undefined {
  const classes = new Map(known.map((label) => [foldedLabel(label), label]));
  const [negative, positive] = [classes.get("negative"), classes.get("positive")];
  const others = [...classes.keys()].filter((name) => !["negative", "neutral", "positive"].includes(name));
  if (labels.length < 2 || negative === undefined || positive === undefined || others.length > 0) return undefined;
  const found = labels.map((label) => STARS.exec(foldedLabel(label))?.[1]);
  if (found.includes(undefined)) return undefined;
  const meaning = [negative, negative, classes.get("neutral"), positive, positive];
  return new Map(labels.map((label, i) => [label, meaning[Number(found[i]) - 1]]));
}
