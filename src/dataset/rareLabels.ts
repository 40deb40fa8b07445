import { excerpt, HeadstartError } from "../errors.js";
import { counted } from "../text/numbers.js";
import { labelCell, labelsIn } from "./labelCell.js";
import { applyLabelMap, composeLabelMaps, exactMap, type LabelMap } from "./labelMap.js";
import { labelCounts, type LabeledCorpus } from "./labeledCorpus.js";
import type { Reading } from "./reading.js";

export interface RareOptions {
  /** Labels with fewer rows are not learned. @default all are */
  readonly minPerClass?: number | undefined;
  /** The label that their rows get; without it, they lose the label: rows of one label are left out. */
  readonly poolRare?: string | undefined;
}

/** Labels with too few rows. */
export interface RareLabels {
  /** Drops or renames them. */
  readonly map: LabelMap;
  /** Rows of each. */
  readonly counts: Readonly<Record<string, number>>;
  /** What becomes of them, in one line. */
  readonly remark: string;
}

const MOST_SHOWN = 10;

/**
 * The labels that fewer than `minPerClass` rows have; undefined where there are none.
 *
 * @param rowLabels  those of every row, one after the other
 * @throws HeadstartError E_LABELS where no label is left
 */
export function rareLabels(
  rowLabels: readonly string[],
  { minPerClass = 0, poolRare }: RareOptions,
): RareLabels | undefined {
  const counts = labelCounts(rowLabels);
  const names = Object.keys(counts).sort();
  const rare = names.filter((name) => counts[name] < minPerClass);
  if (rare.length === 0) return undefined;
  const shown = rare.slice(0, MOST_SHOWN).map((name) => `"${excerpt(name)}" (${counts[name]})`);
  const list = shown.join(", ") + (rare.length > MOST_SHOWN ? ` and ${rare.length - MOST_SHOWN} more` : "");
  if (rare.length === names.length && poolRare === undefined) {
    throw new HeadstartError(
      "E_LABELS",
      `Cannot learn these labels: none has ${counted(minPerClass, "row")} or more: ${list}. Give a smaller --min-per-class`,
    );
  }
  const what = poolRare === undefined ? "left out" : `pooled as "${excerpt(poolRare)}"`;
  return {
    map: exactMap(new Map(rare.map((name) => [name, poolRare])), names),
    counts: Object.fromEntries(rare.map((name) => [name, counts[name]])),
    remark: `${counted(rare.length, "label")} with fewer than ${counted(minPerClass, "row")} ${rare.length === 1 ? "is" : "are"} ${what}: ${list}`,
  };
}

/** Rows to learn from, and dev rows where there are any. */
interface Sides {
  readonly corpus: LabeledCorpus;
  readonly devCorpus: LabeledCorpus | undefined;
}

/**
 * Training and dev rows without the labels that too few of the training rows have.
 *
 * @param options.areLists  whether the rows have lists of labels: none of them is left out then, it may only lose its labels
 * @throws HeadstartError E_LABELS, E_NO_ROWS where nothing is left
 */
export function withoutRare(
  { corpus, devCorpus }: Sides,
  options: RareOptions & { readonly areLists?: boolean | undefined },
): Sides & { readonly rare: RareLabels | undefined } {
  const { areLists = false } = options;
  const own = areLists ? corpus.labels.flatMap((cell) => labelsIn(cell, undefined)) : corpus.labels;
  const rare = rareLabels(own, options);
  if (rare === undefined) return { corpus, devCorpus, rare };
  const again = areLists ? listsMappedAgain : mappedAgain;
  return { corpus: again(corpus, rare.map), devCorpus: devCorpus && again(devCorpus, rare.map), rare };
}

function mappedAgain(corpus: LabeledCorpus, map: LabelMap): LabeledCorpus {
  const labels = corpus.labels.map((label) => applyLabelMap(map, label));
  const kept = labels.flatMap((label, r) => (label === undefined ? [] : [r]));
  if (kept.length === 0) {
    const message = `${corpus.files.join(", ")} gives no rows with labels that are learned. Give other rows, or a smaller --min-per-class`;
    throw new HeadstartError("E_NO_ROWS", message, { file: corpus.files[0] });
  }
  return {
    ...corpus,
    texts: kept.map((r) => corpus.texts[r]),
    labels: kept.map((r) => labels[r]!),
    places: kept.map((r) => corpus.places[r]),
    dropped: corpus.dropped + labels.length - kept.length,
    reading: readingUnder(corpus, map),
  };
}

function listsMappedAgain(corpus: LabeledCorpus, map: LabelMap): LabeledCorpus {
  const labels = corpus.labels.map((cell) => {
    const mapped = labelsIn(cell, undefined).flatMap((label) => applyLabelMap(map, label) ?? []);
    return labelCell([...new Set(mapped)]);
  });
  return { ...corpus, labels, reading: readingUnder(corpus, map) };
}

const readingUnder = ({ reading }: LabeledCorpus, map: LabelMap): Reading => ({
  ...reading,
  map: composeLabelMaps(reading?.map, map),
});
