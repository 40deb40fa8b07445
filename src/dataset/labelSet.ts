import { excerpt, HeadstartError } from "../errors.js";
import { counted } from "../text/numbers.js";
import { isLabelList } from "./labelCell.js";
import { exactMap, type LabelMap } from "./labelMap.js";
import { addedMapFlag, mergeAdvice } from "./mapAdvice.js";
import { nearMissPairs } from "./nearMiss.js";

interface LabelSetOptions {
  /** The map that gave the labels, which what is advised keeps. */
  readonly map?: LabelMap | undefined;
  /** Fewest rows a class may have: 2 when the rows are to be split, 1 when they are not. @default 2 */
  readonly minPerClass?: number | undefined;
}

/** The classes of a corpus. */
interface LabelSet {
  /** Each class once, in the order of UTF-16 code units. */
  readonly labels: readonly string[];
  /** Rows of each class, as long as `labels`. */
  readonly counts: readonly number[];
  /** Labels that look like one class written in two ways; they are never merged. */
  readonly warnings: readonly string[];
}

const MOST_CLASSES = 1000;
const MOST_SHOWN = 20;
/** Of what is no class. */
const FEW_SHOWN = 3;
/** No class has a longer name; the longest seen, of complaints about banks, have some 80 characters. */
const LONGEST_LABEL = 1000;
/** So many rows and more, of which so many have a label of their own, have no classes. */
const ROWS_TO_JUDGE = 20;
const OWN_LABEL_SHARE = 0.9;

const NOT_CLASSES = "The labels look like texts or ids: name the right column with --label-column";

const refusal = (found: string, advice: string): HeadstartError =>
  new HeadstartError("E_LABELS", `Cannot learn these classes: ${found}. ${advice}`);

interface CountedLabels {
  readonly labels: readonly string[];
  readonly counts: readonly number[];
}

function countLabels(rowLabels: readonly string[]): CountedLabels {
  const rows = new Map<string, number>();
  for (const label of rowLabels) rows.set(label, (rows.get(label) ?? 0) + 1);
  // The default order of sort() is that of UTF-16 code units, the same on every machine.
  const labels = [...rows.keys()].sort();
  return { labels, counts: labels.map((label) => rows.get(label) ?? 0) };
}

/**
 * Refuses labels that are no classes but texts or ids, which a wrong column has: cheap, for before anything that takes
 * time by the number of classes.
 *
 * @param options.mostClasses  @default 1000
 * @throws HeadstartError E_LABELS listing some of them
 */
export function refuseTexts(
  rowLabels: readonly string[],
  { mostClasses = MOST_CLASSES }: { readonly mostClasses?: number | undefined } = {},
): void {
  const found = countLabels(rowLabels);
  refuseLists(found);
  refuseUnlikely(found, mostClasses);
  const { length } = rowLabels;
  const ownLabels = found.labels.length;
  if (length < ROWS_TO_JUDGE || ownLabels < OWN_LABEL_SHARE * length) return;
  throw refusal(`of ${length} labels ${ownLabels} differ: ${listed(found, FEW_SHOWN)}`, NOT_CLASSES);
}

function refuseLists({ labels }: CountedLabels): void {
  const list = labels.find(isLabelList);
  if (list === undefined) return;
  throw refusal(
    `"${excerpt(list)}" is a list of labels, where each row has one`,
    "Use --multi-label for rows with any number of labels",
  );
}

/** What no classes are like, however few rows there are. */
function refuseUnlikely(found: CountedLabels, mostClasses: number): void {
  const { labels } = found;
  const long = labels.find((label) => label.length > LONGEST_LABEL);
  if (long !== undefined) {
    throw refusal(`"${excerpt(long)}" has ${long.length} characters, more than ${LONGEST_LABEL}`, NOT_CLASSES);
  }
  if (labels.length <= mostClasses) return;
  throw refusal(
    `there are ${labels.length} of them, more than ${mostClasses}: ${listed(found, FEW_SHOWN)}`,
    NOT_CLASSES,
  );
}

/**
 * Checks that labels are classes to learn: two or more, each with enough rows, not texts or ids.
 *
 * @throws HeadstartError E_NO_ROWS without labels, E_LABELS listing the classes and their counts
 */
export function checkLabels(rowLabels: readonly string[], options: LabelSetOptions = {}): LabelSet {
  const { minPerClass = 2 } = options;
  if (rowLabels.length === 0) {
    throw new HeadstartError("E_NO_ROWS", "Cannot learn from a corpus without rows. Give one with texts and labels");
  }
  const found = countLabels(rowLabels);
  const { labels, counts } = found;
  if (labels.length === 1) throw oneClass(found, minPerClass);
  if (minPerClass > 1) refuseTexts(rowLabels);
  refuseLists(found);
  refuseUnlikely(found, MOST_CLASSES);
  const rare = labels.filter((_, i) => counts[i] < minPerClass);
  if (rare.length > 0) throw tooRare(rare, found, { ...options, minPerClass });
  return { labels, counts, warnings: nearMisses(found, options) };
}

function oneClass(found: CountedLabels, minPerClass: number): HeadstartError {
  const rows = found.counts[0];
  if (rows === 1) {
    return refusal(
      `there is 1 row, with the label ${listed(found)}`,
      `Give ${counted(minPerClass, "row")} or more of each of two or more labels`,
    );
  }
  const advice = "Give rows of two or more classes, or another column with --label-column";
  return refusal(`all ${counted(rows, "row")} have the label ${listed(found)}`, advice);
}

/** Labels with too few rows, where that is not all that is there to see. */
function tooRare(
  rare: readonly string[],
  found: CountedLabels,
  { map, minPerClass }: LabelSetOptions & { readonly minPerClass: number },
): HeadstartError {
  const { labels, counts } = found;
  const rows = counts.reduce((sum, own) => sum + own, 0);
  const needed = `${counted(minPerClass, "row")} or more of each label`;
  if (rare.length === labels.length && rows < ROWS_TO_JUDGE) {
    return refusal(
      `${counted(rows, "row")} ${rows === 1 ? "is" : "are"} too few for ${labels.length} labels: ${listed(found, FEW_SHOWN)}`,
      `Give ${needed}, or name another column with --label-column if these are no labels`,
    );
  }
  const names = rare.slice(0, MOST_SHOWN).map((label) => `"${excerpt(label)}"`);
  const more = rare.length > MOST_SHOWN ? ` and ${rare.length - MOST_SHOWN} more` : "";
  const rareFound = `fewer than ${minPerClass} rows have ${names.join(", ")}${more}, of ${listed(found)}`;
  if (labels.length - rare.length < 2) return refusal(rareFound, `Give ${needed}`);
  const flag = addedMapFlag(map, exactMap(new Map(rare.map((label) => [label, undefined])), labels));
  const how = flag ?? `--min-per-class ${minPerClass}, which headstart train has`;
  return refusal(rareFound, `Give ${needed}, or leave such labels out with ${how}`);
}

/** Most frequent first. */
function listed({ labels, counts }: CountedLabels, most = MOST_SHOWN): string {
  const order = labels.map((_, i) => i).sort((a, b) => counts[b] - counts[a] || a - b);
  const shown = order.slice(0, most).map((i) => `"${excerpt(labels[i])}" (${counts[i]})`);
  return shown.join(", ") + (order.length > most ? ` and ${order.length - most} more` : "");
}

function nearMisses({ labels, counts }: CountedLabels, { map }: LabelSetOptions): string[] {
  const pairs = nearMissPairs(labels, counts);
  const advice = mergeAdvice(
    pairs.map(({ rare, common }) => [labels[rare], labels[common]]),
    map,
  );
  return pairs.map(({ rare, common, why }, i) => {
    const both = `"${excerpt(labels[rare])}" (${counts[rare]}) and "${excerpt(labels[common])}" (${counts[common]})`;
    const found = `the labels ${both} differ only in ${why}; they stay two classes`;
    return i === pairs.length - 1 ? `${found}; ${advice}` : found;
  });
}
