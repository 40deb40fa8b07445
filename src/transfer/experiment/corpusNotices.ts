import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";

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
