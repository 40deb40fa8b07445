import { duplicateGroups } from "../../dataset/duplicates.js";
import { pickRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { splitCorpus } from "../../dataset/split.js";

interface HeldOut {
  readonly train: LabeledVectors;
  readonly dev: LabeledVectors;
}

/** Rows of a draw to choose by, and the others; null where it has too few texts to set any aside, or the rest has one label. */
export function setAside(rows: LabeledVectors, devFraction: number, seed: number): HeldOut | null {
  const y = labelIndices([...new Set(rows.labels)].sort(), rows.labels, "the training rows");
  const split = splitCorpus(y, duplicateGroups(rows.texts), { devFraction, keepInTrain: true, seed });
  const [train, dev] = [pickRows(rows, split.train), pickRows(rows, split.dev)];
  return dev.texts.length === 0 || new Set(train.labels).size < 2 ? null : { train, dev };
}
