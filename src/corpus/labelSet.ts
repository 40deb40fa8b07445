import { editDistance, excerpt, HeadstartError } from "../errors.js";

export interface LabelSetOptions {
  /** Fewest rows a class may have: 2 when the rows are to be split, 1 when they are not. @default 2 */
  readonly minPerClass?: number;
}

/** The classes of a corpus. */
export interface LabelSet {
  /** Each class once, in the order of UTF-16 code units. */
  readonly labels: readonly string[];
  /** Rows of each class, as long as `labels`. */
  readonly counts: readonly number[];
  /** Labels that look like one class written in two ways; they are never merged. */
  readonly warnings: readonly string[];
}

const MOST_CLASSES = 1000;
const MOST_SHOWN = 20;
/** A label this much rarer than its neighbour, or with fewer rows than this, may be a slip of the pen. */
const RARE_SHARE = 0.005;
const RARE_ROWS = 5;
/** Labels shorter than this differ by one letter as a rule, such as `+` and `-`. */
const SHORTEST_FOR_SLIP = 4;

/**
 * Checks that labels are classes to learn: two or more, each with enough rows, not one class a row.
 *
 * @throws HeadstartError E_NO_ROWS without labels, E_LABELS listing the classes and their counts
 */
export function checkLabels(rowLabels: readonly string[], options: LabelSetOptions = {}): LabelSet {
  const { minPerClass = 2 } = options;
  if (rowLabels.length === 0) {
    throw new HeadstartError("E_NO_ROWS", "Cannot learn from a corpus without rows. Give one with texts and labels");
  }
  const rows = new Map<string, number>();
  for (const label of rowLabels) rows.set(label, (rows.get(label) ?? 0) + 1);
  // The default order of sort() is that of UTF-16 code units, the same on every machine.
  const labels = [...rows.keys()].sort();
  const counts = labels.map((label) => rows.get(label) ?? 0);
  const refuse = (found: string, advice: string): HeadstartError =>
    new HeadstartError("E_LABELS", `Cannot learn these classes: ${found}. ${advice}`);
  if (labels.length === 1) {
    throw refuse(
      `all ${rowLabels.length} rows have the label ${listed(labels, counts)}`,
      "Give rows of two or more classes, or another column with --label-column",
    );
  }
  const notClasses = "Labels look like texts or ids: name the right column with --label-column";
  if (labels.length === rowLabels.length && minPerClass > 1) {
    throw refuse(`each of the ${labels.length} rows has a label of its own: ${listed(labels, counts)}`, notClasses);
  }
  if (labels.length > MOST_CLASSES) {
    throw refuse(
      `there are ${labels.length} of them, more than ${MOST_CLASSES}: ${listed(labels, counts)}`,
      notClasses,
    );
  }
  const rare = labels.filter((_, i) => counts[i] < minPerClass);
  if (rare.length > 0) {
    const names = rare.slice(0, MOST_SHOWN).map((label) => `"${excerpt(label)}"`);
    throw refuse(
      `fewer than ${minPerClass} rows have ${names.join(", ")}, of ${listed(labels, counts)}`,
      `Add rows, or drop or rename such labels with --map`,
    );
  }
  return { labels, counts, warnings: nearMisses(labels, counts) };
}

/** Commonest first. */
function listed(labels: readonly string[], counts: readonly number[]): string {
  const order = labels.map((_, i) => i).sort((a, b) => counts[b] - counts[a] || a - b);
  const shown = order.slice(0, MOST_SHOWN).map((i) => `"${excerpt(labels[i])}" (${counts[i]})`);
  return shown.join(", ") + (order.length > MOST_SHOWN ? ` and ${order.length - MOST_SHOWN} more` : "");
}

/** Two labels that look like one class written in two ways, as indices. */
export interface NearMiss {
  readonly rare: number;
  readonly common: number;
  /** In what alone they differ. */
  readonly why: string;
}

/**
 * Pairs of labels that look like one class written in two ways.
 *
 * @param counts  rows of each label
 */
export function nearMissPairs(labels: readonly string[], counts: readonly number[]): NearMiss[] {
  const folds = labels.map(folded);
  const pairs: NearMiss[] = [];
  for (let i = 0; i < labels.length; i++) {
    for (let j = i + 1; j < labels.length; j++) {
      const why = nearMiss([labels[i], labels[j]], [folds[i], folds[j]], [counts[i], counts[j]]);
      if (why === undefined) continue;
      const [common, rare] = counts[i] >= counts[j] ? [i, j] : [j, i];
      pairs.push({ rare, common, why });
    }
  }
  return pairs;
}

const nearMisses = (labels: readonly string[], counts: readonly number[]): string[] =>
  nearMissPairs(labels, counts).map(
    ({ rare, common, why }) =>
      `the labels "${excerpt(labels[rare])}" (${counts[rare]}) and "${excerpt(labels[common])}" (${counts[common]}) ` +
      `differ only in ${why}; they stay two classes, bring them together with --map if they are one`,
  );

type Pair<T> = readonly [T, T];

/** In what alone two labels differ, when that looks like one class written in two ways. */
function nearMiss(
  [a, b]: Pair<string>,
  [foldA, foldB]: Pair<string>,
  [rowsA, rowsB]: Pair<number>,
): string | undefined {
  if (foldA === foldB) return "case, spaces or notation";
  const [fewer, more] = rowsA < rowsB ? [rowsA, rowsB] : [rowsB, rowsA];
  if (fewer >= RARE_ROWS && fewer >= RARE_SHARE * more) return undefined;
  if (Math.min(a.length, b.length) < SHORTEST_FOR_SLIP || Math.abs(a.length - b.length) > 1) return undefined;
  // `topic1` and `topic2` are two classes by intent.
  if (digits(a) !== digits(b)) return undefined;
  return editDistance(a, b) === 1 ? "one letter" : undefined;
}

/** Without case, outer spaces and Unicode form; numbers by their value, so that 1 and 1.0 are one. */
function folded(label: string): string {
  const fold = label.trim().normalize("NFC").toLowerCase();
  const number = Number(fold);
  return fold !== "" && Number.isFinite(number) ? String(number) : fold;
}

const digits = (label: string): string => label.replace(/\D/g, "");
