import { labelCounts, type LabeledCorpus } from "../../dataset/labeledCorpus.js";
import type { UnlabeledCorpus } from "../../dataset/unlabeledCorpus.js";
import type { CorpusSummary } from "./record.js";

/** What was read from the files of a corpus. @param labels  of the rows that are used */
export const corpusSummary = (corpus: LabeledCorpus | UnlabeledCorpus, labels: readonly string[]): CorpusSummary => ({
  files: corpus.files,
  rows: labels.length,
  rejected: corpus.counts.rejected,
  dropped: corpus.dropped,
  labels: labelCounts(labels),
});
