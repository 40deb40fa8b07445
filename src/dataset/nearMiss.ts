import { editDistance } from "../errors.js";
import { foldedLabel } from "./labelFold.js";

/** A label this much rarer than its neighbor, or with fewer rows than this, may be a slip of the pen. */
const RARE_SHARE = 0.005;
const RARE_ROWS = 5;
/** Labels shorter than this differ by one letter as a rule, such as `+` and `-`. */
const SHORTEST_FOR_SLIP = 4;
/** Longer labels are texts, and more of them are no classes: slips are looked for by comparing each with each. */
const LONGEST_FOR_SLIP = 200;
const MOST_FOR_SLIPS = 2000;
/** Pairs that anyone reads; of n spellings of one label there are n (n - 1) / 2. */
const MOST_PAIRS = 10_000;

/** Two labels that look like one class written in two ways, as indices. */
export interface NearMissPair {
  readonly rare: number;
  readonly common: number;
  /** In what alone they differ. */
  readonly why: string;
}

/**
 * Pairs of labels that look like one class written in two ways, at most 10,000. Labels of more than 200 characters, and
 * more than 2,000 labels, are compared as wholes alone.
 *
 * @param counts  rows of each label
 */
export function nearMissPairs(labels: readonly string[], counts: readonly number[]): NearMissPair[] {
  const folds = labels.map(foldedLabel);
  const alike = sameFold(folds);
  const slips = slipsIn(labels, counts).filter(([i, j]) => folds[i] !== folds[j]);
  return [
    ...alike.map((pair) => ({ pair, why: "case, spaces or notation" })),
    ...slips.map((pair) => ({ pair, why: "one letter" })),
  ]
    .sort((a, b) => a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1])
    .slice(0, MOST_PAIRS)
    .map(({ pair: [i, j], why }) => {
      const [common, rare] = counts[i] >= counts[j] ? [i, j] : [j, i];
      return { rare, common, why };
    });
}

type Pair = readonly [first: number, second: number];

/** Pairs of equal folds. */
function sameFold(folds: readonly string[]): Pair[] {
  const pairs: Pair[] = [];
  const groups = new Map<string, number[]>();
  for (const [j, fold] of folds.entries()) {
    const group = groups.get(fold);
    if (group === undefined) groups.set(fold, [j]);
    else {
      for (const i of group) pairs.push([i, j]);
      group.push(j);
    }
    if (pairs.length >= MOST_PAIRS) break;
  }
  return pairs;
}

/** Pairs of labels one edit apart, of which one is rare. */
function slipsIn(labels: readonly string[], counts: readonly number[]): Pair[] {
  if (labels.length > MOST_FOR_SLIPS) return [];
  const pairs: Pair[] = [];
  // `topic1` and `topic2` are two classes by intent.
  const numbers = labels.map((label) => label.replace(/\D/g, ""));
  const fits = labels.map(({ length }) => length >= SHORTEST_FOR_SLIP && length <= LONGEST_FOR_SLIP);
  for (let i = 0; i < labels.length; i++) {
    for (let j = i + 1; fits[i] && j < labels.length; j++) {
      if (!fits[j] || Math.abs(labels[i].length - labels[j].length) > 1 || numbers[i] !== numbers[j]) continue;
      if (isRare(counts[i], counts[j]) && editDistance(labels[i], labels[j], 1) === 1) pairs.push([i, j]);
    }
  }
  return pairs;
}

function isRare(a: number, b: number): boolean {
  const [fewer, more] = a < b ? [a, b] : [b, a];
  return fewer < RARE_ROWS || fewer < RARE_SHARE * more;
}
