import { excerpt, HeadstartError } from "../errors.js";
import { isLabelList } from "./labelCell.js";
import { bridge, type MapInUse } from "./mapAdvice.js";
import { applyLabelMap, type LabelMap } from "./labelMap.js";

/** Probabilities of a head brought to the labels of a corpus by a declared map. */
export interface LabelSpace {
  readonly labels: readonly string[];
  /** For each label of the head its index in `labels`, or -1 where the map drops it. */
  readonly target: Int32Array;
}

/**
 * The labels that a head can predict under a map: dropped ones are left out, renamed ones merge.
 *
 * @param least  labels that a head of its kind needs
 * @throws HeadstartError E_LABEL_MAP when fewer are left
 */
export function labelSpace(headLabels: readonly string[], map: LabelMap | undefined, least: 1 | 2 = 2): LabelSpace {
  const mapped = headLabels.map((label) => (map === undefined ? label : applyLabelMap(map, label)));
  const labels = [...new Set(mapped.filter((label) => label !== undefined))];
  if (labels.length < least) {
    throw new HeadstartError(
      "E_LABEL_MAP",
      `The map leaves the head ${labels.length} of its labels (${headLabels.join(", ")}). Keep ${least === 1 ? "one" : "two"} or more`,
    );
  }
  return { labels, target: Int32Array.from(mapped, (label) => (label === undefined ? -1 : labels.indexOf(label))) };
}

/**
 * Sums probabilities `[rows, head labels]` to `[rows, classes]` and, where labels are dropped, renormalizes them: with a
 * dropped neutral label, p+ / (p+ + p-). Without a map they stay the same to the bit.
 */
export function project(probabilities: Float64Array, { labels, target }: LabelSpace): Float64Array {
  const rows = probabilities.length / target.length;
  const result = new Float64Array(rows * labels.length);
  const drops = target.includes(-1);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let k = 0; k < target.length; k++) {
      if (target[k] < 0) continue;
      const p = probabilities[r * target.length + k];
      result[r * labels.length + target[k]] += p;
      sum += p;
    }
    for (let k = 0; drops && k < labels.length; k++) {
      const at = r * labels.length + k;
      result[at] = sum > 0 ? result[at] / sum : 1 / labels.length;
    }
  }
  return result;
}

/** Labels for a message: the first `most` of them, and how many more there are. */
export function quotedLabels(labels: readonly string[], most = 100): string {
  const shown = labels.slice(0, most).map((label) => `"${excerpt(label)}"`);
  return shown.join(", ") + (labels.length > most ? ` and ${labels.length - most} more` : "");
}

const adviceOn = (unknown: readonly string[], known: Parameters<typeof bridge>[1]): string =>
  unknown.some(isLabelList)
    ? "Rows with lists of labels are for a head that was trained with --multi-label"
    : bridge(unknown, known);

/**
 * Index of each label in `labels`.
 *
 * @param inUse  the map that gave the labels, which what is advised keeps
 * @throws HeadstartError E_LABEL_MAP naming the labels of the corpus that are not among them
 */
export function labelIndices(
  labels: readonly string[],
  of: readonly string[],
  file: string,
  inUse: MapInUse = {},
): Int32Array {
  const index = new Map(labels.map((label, i) => [label, i]));
  const unknown = [...new Set(of.filter((label) => !index.has(label)))];
  if (unknown.length > 0) {
    throw new HeadstartError(
      "E_LABEL_MAP",
      `${file} has labels that the head does not know: ${quotedLabels(unknown, 5)}. ` +
        `The head knows ${quotedLabels(labels)}. ${adviceOn(unknown, { known: labels, ...inUse })}`,
      { file },
    );
  }
  return Int32Array.from(of, (label) => index.get(label)!);
}
