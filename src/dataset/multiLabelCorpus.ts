import { HeadstartError } from "../errors.js";
import { labelCell, labelsIn, listedLabels, refuseBrokenList } from "./labelCell.js";
import { applyLabelMap, type LabelMap } from "./labelMap.js";
import type { LabeledCorpus } from "./labeledCorpus.js";

export interface LabelListOptions {
  /** Stands between the labels of a cell that is no list; without one such a cell is one label. */
  readonly separator: string | undefined;
  /** Renames or drops labels, each by itself. */
  readonly map?: LabelMap | undefined;
}

/**
 * A corpus whose cells have any number of labels, each brought to a JSON list; `seen` is the labels before the map.
 *
 * @throws HeadstartError E_LABELS for a cell that begins as a list and is none, and where nothing shows how the labels of a
 *   cell are parted
 */
export function withLabelLists(corpus: LabeledCorpus, { separator, map }: LabelListOptions): LabeledCorpus {
  requireLists(corpus, separator);
  const seen = new Set<string>();
  const labels = corpus.labels.map((cell, r) => {
    refuseBrokenList(cell, corpus.places[r]);
    const own = labelsIn(cell, separator);
    for (const label of own) seen.add(label);
    const mapped = map === undefined ? own : own.flatMap((label) => applyLabelMap(map, label) ?? []);
    return labelCell([...new Set(mapped)]);
  });
  return { ...corpus, labels, seen, reading: { ...corpus.reading, map } };
}

function requireLists({ labels, files }: LabeledCorpus, separator: string | undefined): void {
  if (separator !== undefined || labels.some((cell) => listedLabels(cell) !== undefined)) return;
  const file = files.join(", ");
  throw new HeadstartError(
    "E_LABELS",
    `Cannot read several labels a row from ${file}: no label is a list, such as ["a", "b"]. ` +
      `Name what stands between the labels, --multi-label "|", or columns of 0 and 1, --label-column a,b,c`,
    { file: files[0] },
  );
}
