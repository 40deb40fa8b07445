import { normalizedText } from "../dataset/duplicates.js";
import { refuseTexts } from "../dataset/labelSet.js";
import { nearMissPairs } from "../dataset/nearMiss.js";
import { argmax } from "../math/argmax.js";
import { crossValPredict, type CrossValPredictions, type CrossValPredictOptions } from "./crossValPredict.js";
import { labelCounts } from "../dataset/labeledCorpus.js";
import { counted } from "../text/numbers.js";
import type { LabeledVectors } from "../dataset/labeledVectors.js";

export type LabelProblem = "near-miss" | "conflict" | "mislabeled" | "tiny";

/** A row whose label may be wrong. Nothing is changed. */
export interface LabelError {
  readonly problem: LabelProblem;
  /** Index of the row. */
  readonly row: number;
  /** A label that would fit better; null where there is none. */
  readonly suggested: string | null;
  /** How sure the finding is within its kind, `[0, 1]`. */
  readonly score: number;
  readonly because: string;
}

/** What was found, the most certain first within each kind. */
export interface LabelErrors {
  readonly findings: readonly LabelError[];
  /** How the mislabeled rows were looked for; null where there were too few rows. */
  readonly crossValidation: Omit<CrossValPredictions, "probabilities"> | null;
}

/** Rows of a class that is too small to learn from, or to measure. */
const TINY = 5;

/**
 * Near-miss labels, tiny classes and conflicts between equal texts: what can be found without a model.
 *
 * Texts are equal when their normalized texts are. In a conflict the rows of the rarer labels are named, with the
 * most frequent one as the suggestion; where all are equally frequent, every row is named, without one.
 */
export function checkTextsAndLabels({ texts, labels }: Pick<LabeledVectors, "texts" | "labels">): LabelError[] {
  return [...nearMissRows(labels), ...conflicts(texts, labels), ...tinyClasses(labels)];
}

function nearMissRows(labels: readonly string[]): LabelError[] {
  const counts = labelCounts(labels);
  const rowsOf = rowFinder(labels);
  const names = Object.keys(counts).sort();
  const pairs = nearMissPairs(
    names,
    names.map((name) => counts[name]),
  );
  return pairs.flatMap(({ rare, common, why }) =>
    rowsOf(names[rare]).map((row) => ({
      problem: "near-miss" as const,
      row,
      suggested: names[common],
      score: counts[names[common]] / (counts[names[common]] + counts[names[rare]]),
      because: `differs from "${names[common]}" only in ${why}`,
    })),
  );
}

function tinyClasses(labels: readonly string[]): LabelError[] {
  const counts = labelCounts(labels);
  const rowsOf = rowFinder(labels);
  return Object.keys(counts)
    .filter((label) => counts[label] < TINY)
    .flatMap((label) =>
      rowsOf(label).map((row) => ({
        problem: "tiny" as const,
        row,
        suggested: null,
        score: 1 / counts[label],
        because: `only ${counts[label]} of ${counted(labels.length, "row")} ${counts[label] === 1 ? "has" : "have"} this label`,
      })),
    );
}

function conflicts(texts: readonly string[], labels: readonly string[]): LabelError[] {
  const groups = new Map<string, number[]>();
  texts.forEach((text, r) => {
    const key = normalizedText(text);
    const rows = groups.get(key);
    if (rows === undefined) groups.set(key, [r]);
    else rows.push(r);
  });
  return [...groups.values()].flatMap((rows) => conflictIn(rows, labels));
}

function conflictIn(rows: readonly number[], labels: readonly string[]): LabelError[] {
  const counts = labelCounts(rows.map((r) => labels[r]));
  const names = Object.keys(counts).sort((a, b) => counts[b] - counts[a] || (a < b ? -1 : 1));
  if (names.length < 2) return [];
  const tied = counts[names[0]] === counts[names[1]];
  const shares = names.map((name) => `${counts[name]} "${name}"`).join(", ");
  return rows
    .filter((r) => tied || labels[r] !== names[0])
    .map((row) => ({
      problem: "conflict" as const,
      row,
      suggested: tied ? null : names[0],
      score: tied ? 0.5 : counts[names[0]] / rows.length,
      because: `the same text stands there ${rows.length} times: ${shares}`,
    }));
}

/** Finds the rows of a label, in order; the labels are gone through once. */
function rowFinder(labels: readonly string[]): (label: string) => readonly number[] {
  const rows = new Map<string, number[]>();
  labels.forEach((label, r) => {
    const own = rows.get(label);
    if (own === undefined) rows.set(label, [r]);
    else own.push(r);
  });
  return (label) => rows.get(label) ?? [];
}

/**
 * Looks for wrong labels: what checkTextsAndLabels finds, and rows that a head which has not seen them would label
 * otherwise (confident learning).
 *
 * A row may have a label when the label's held-out probability is at least its mean over the rows that have it. A row
 * is named when the most probable of the labels that it may have is not its own. Rows are ranked by how much more
 * probable the other label is.
 *
 * @throws HeadstartError E_LABELS for labels that are texts or ids
 * @see Northcutt, Jiang & Chuang 2021, section 3: https://arxiv.org/abs/1911.00068
 * @example
 * const { findings } = await findLabelErrors(data, { folds: 3 });
 * for (const { because } of findings.slice(0, 5)) console.log(because);
 */
export async function findLabelErrors(
  data: LabeledVectors,
  options: CrossValPredictOptions = {},
): Promise<LabelErrors> {
  refuseTexts(data.labels);
  const findings = checkTextsAndLabels(data);
  const crossValidation = await crossValPredict(data, options);
  const wrong = crossValidation === undefined ? [] : mislabeled(data.labels, crossValidation);
  const all = [...findings, ...wrong];
  const order: readonly LabelProblem[] = ["near-miss", "conflict", "mislabeled", "tiny"];
  all.sort((a, b) => order.indexOf(a.problem) - order.indexOf(b.problem) || b.score - a.score || a.row - b.row);
  if (crossValidation === undefined) return { findings: all, crossValidation: null };
  const { probabilities: _, ...how } = crossValidation;
  return { findings: all, crossValidation: how };
}

/** Rows whose label the held-out probabilities contradict, the most certain first. */
export function mislabeled(
  labels: readonly string[],
  { names, rows, probabilities }: CrossValPredictions,
): LabelError[] {
  const k = names.length;
  const y = Array.from(rows, (r) => names.indexOf(labels[r]));
  const sums = new Float64Array(k);
  const counts = new Float64Array(k);
  y.forEach((label, i) => {
    sums[label] += probabilities[i * k + label];
    counts[label]++;
  });
  const believed = probabilities.map((p, at) => (p >= sums[at % k] / counts[at % k] ? p : 0));
  const best = argmax(believed, k);
  return y
    .flatMap((own, i): LabelError[] => {
      const other = best[i];
      if (believed[i * k + other] === 0 || other === own) return [];
      const [p, q] = [probabilities[i * k + own], probabilities[i * k + other]];
      const because = `a head that has not seen it gives "${names[other]}" ${q.toFixed(3)} and this label ${p.toFixed(3)}`;
      return [{ problem: "mislabeled", row: rows[i], suggested: names[other], score: (1 + q - p) / 2, because }];
    })
    .sort((a, b) => b.score - a.score || a.row - b.row);
}
