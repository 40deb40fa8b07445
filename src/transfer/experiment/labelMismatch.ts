import type { Evaluated, EvaluatedHead } from "../../classification/evaluate.js";
import { evaluateHead } from "../../classification/evaluate.js";
import { trainClassifier, type TrainOptions } from "../../classification/train.js";
import { exactMap, writtenLabelMap, composeLabelMaps, type LabelMap } from "../../dataset/labelMap.js";
import { isLabeled, pickRows, type LabeledVectors, type TextVectors } from "../../dataset/labeledVectors.js";
import { addedMapFlag } from "../../dataset/mapAdvice.js";
import { quotedLabels } from "../../dataset/mapLabels.js";
import { decimals } from "../../text/numbers.js";
import type { MapScore, Verdict } from "./record.js";

/** More labels would make more heads to train than anyone compares. */
const MOST_MERGES = 6;

/** Labels of the source that no row of the target has. */
export interface Mismatch {
  readonly labels: readonly string[];
  /** Drops them, and nothing else. */
  readonly drops: LabelMap;
  /** Set where the map in use says nothing of one of them. */
  readonly isOpen: boolean;
}

interface Labels {
  readonly source: readonly string[];
  /** Of all rows of the target's domain. */
  readonly target: readonly string[];
  readonly map: LabelMap | undefined;
}

/** Undefined where source and target have the same labels, or fewer than two in common. */
export function labelMismatch({ source, target, map }: Labels): Mismatch | undefined {
  const own = new Set(target);
  const known = [...new Set(source)];
  const labels = known.filter((label) => !own.has(label)).sort();
  if (labels.length === 0 || known.length - labels.length < 2) return undefined;
  const drops = exactMap(new Map(labels.map((label) => [label, undefined])), known);
  const kept = new Set([...(map ?? [])].map(([, to]) => to));
  return { labels, drops, isOpen: labels.some((label) => !kept.has(label)) };
}

/** Instead of a verdict, while nobody has said what the labels of the source are to the target. */
export function notComparable({ labels, drops }: Mismatch, map: LabelMap | undefined): Verdict {
  const flag = addedMapFlag(map, drops);
  const advice = flag === undefined ? "map or drop what the target lacks with --map" : `map it, such as with ${flag}`;
  const because = `not comparable: the source has labels that the target lacks: ${quotedLabels(labels)}; ${advice}`;
  return { call: "unknown", difference: null, interval95: null, comparable: false, because };
}

/** What the scores on the target are over. */
export const renormalizedWarning = ({ labels }: Mismatch): string =>
  `no target row has the label ${labels.join(", ")}: scores on the target are over its own labels, each head's probabilities renormalized over them`;

/** What the drop is over, where the target has labels. */
export const dropOverShared = (source: Evaluated): string =>
  `the drop is over the target's own labels too: on held-out source rows with these the head has ${decimals(source.evaluation.macroF1)} macro-F1`;

/** A head on rows of the source, as it is scored on the target: over the labels that both have, on the rows that have one. */
export function evaluateOverShared(
  trained: EvaluatedHead,
  dev: LabeledVectors,
  { mismatch: { labels, drops }, seed }: { readonly mismatch: Mismatch; readonly seed: number },
): Evaluated {
  const rows = [...dev.labels.keys()].filter((r) => !labels.includes(dev.labels[r]));
  return evaluateHead(trained, pickRows(dev, rows), { seed, file: "the held-out source rows", map: drops });
}

interface Rows {
  readonly trained: EvaluatedHead;
  readonly source: LabeledVectors;
  readonly target: TextVectors;
  readonly mismatch: Mismatch;
}

/** What each map that is possible gives on the target, for a head trained on the source. */
export async function scoreMaps(
  { trained, source, target, mismatch }: Rows,
  options: TrainOptions,
): Promise<readonly MapScore[]> {
  if (!isLabeled(target)) return [];
  const { labels, drops } = mismatch;
  const { seed, map } = options;
  const score = (head: EvaluatedHead, by?: LabelMap): Pick<MapScore, "macroF1" | "interval95"> => {
    const { macroF1, interval95 } = evaluateHead(head, target, { seed, map: by }).evaluation;
    return { macroF1, interval95 };
  };
  const written = (more: LabelMap): string => writtenLabelMap(composeLabelMaps(map, more));
  const found: MapScore[] = [
    { map: written(new Map(labels.map((l) => [l, l]))), ...score(trained, drops), how: "renormalize" },
  ];
  const kept = [...source.labels.keys()].filter((r) => !labels.includes(source.labels[r]));
  const dropped = await trainClassifier(pickRows(source, kept), options);
  found.push({ map: written(drops), ...score(dropped), how: "drop" });
  const others = [...new Set(pickRows(source, kept).labels)].sort();
  for (const into of labels.length === 1 ? others.slice(0, MOST_MERGES) : []) {
    const merged = source.labels.map((label) => (label === labels[0] ? into : label));
    const head = await trainClassifier({ ...source, labels: merged }, options);
    found.push({ map: written(new Map([[labels[0], into]])), ...score(head), how: "merge" });
  }
  return found;
}

/** What a map does with a label that the target lacks. */
export const HOW_MAPPED: Readonly<Record<MapScore["how"], string>> = {
  renormalize: "trained with the label, whose probability goes to the others in proportion",
  drop: "trained without the rows of the label",
  merge: "trained with its rows as those of another label",
};
