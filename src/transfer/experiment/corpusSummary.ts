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

/** What is remarkable about the corpora of a run as they were read, each once, with the files that it is about. */
export function corpusNotices(
  corpora: readonly (Pick<LabeledCorpus, "files" | "notices"> | undefined)[],
): readonly string[] {
  const named = corpora.flatMap((corpus) => {
    if (corpus === undefined) return [];
    const { files, notices } = corpus;
    const isNamed = (notice: string): boolean => files.some((file) => notice.includes(file));
    return notices.map((notice) => (isNamed(notice) ? notice : `${files.join(", ")}: ${notice}`));
  });
  return [...new Set(named)];
}
