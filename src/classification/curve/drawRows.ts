import { duplicateGroups } from "../../dataset/duplicates.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { splitCorpus } from "../../dataset/split.js";
import { seeded, shuffled } from "../../math/random.js";

/** Rows to train on, and those that can score what is trained: none of them has a text that was drawn. Both ascending. */
export interface Draw {
  readonly drawn: Int32Array;
  readonly others: Int32Array;
  /** Which share of the rows of a label was drawn, mean over the labels. */
  readonly share: number;
}

/** Of a label's different texts at most this share is drawn where the others are to score. */
const MOST_DRAWN = 0.8;

/** How many rows to draw: so many of each label, or a share of all, every label in proportion. */
export type DrawSize = { readonly perLabel: number } | { readonly of: number };

interface DrawOptions {
  readonly labels: readonly string[];
  readonly seed: number;
  /** Leaves rows of each label that has two texts to score on. @default true */
  readonly leaving?: boolean | undefined;
}

/** Draws rows, one of each group of equal texts. A label with fewer texts gives all that it may give. */
export function drawRows(
  { texts, labels: rowLabels }: Pick<LabeledVectors, "texts" | "labels">,
  size: DrawSize,
  { labels, seed, leaving = true }: DrawOptions,
): Draw {
  const groups = duplicateGroups(texts);
  const y = labelIndices(labels, rowLabels, "the training rows");
  const rows = Int32Array.from(y.keys());
  const drawn =
    "of" in size
      ? splitCorpus(y, groups, { devFraction: size.of, maxDev: Infinity, seed }).dev
      : perLabel(y, groups, { number: size.perLabel, seed, classes: labels.length, leaving });
  const taken = new Set(drawn.map((r) => groups[r]));
  const share = labels.flatMap((_, k) => {
    const all = rows.filter((r) => y[r] === k).length;
    return all === 0 ? [] : [drawn.filter((r) => y[r] === k).length / all];
  });
  return {
    drawn,
    others: rows.filter((r) => !taken.has(groups[r])),
    share: share.reduce((sum, own) => sum + own, 0) / share.length,
  };
}

function perLabel(
  y: Int32Array,
  groups: Int32Array,
  options: { readonly number: number; readonly seed: number; readonly classes: number; readonly leaving: boolean },
): Int32Array {
  const { number, seed, classes, leaving } = options;
  const taken = new Set<number>();
  const left = Array.from({ length: classes }, (_, k) => {
    const texts = new Set(groups.filter((_, r) => y[r] === k)).size;
    return leaving ? Math.min(number, Math.max(1, Math.floor(MOST_DRAWN * texts))) : number;
  });
  const drawn = shuffled(y.length, seeded(seed)).filter((r) => {
    if (left[y[r]] === 0 || taken.has(groups[r])) return false;
    taken.add(groups[r]);
    left[y[r]]--;
    return true;
  });
  return drawn.sort();
}
