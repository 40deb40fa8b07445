import type { CorpusSummary, TransferRecord } from "../../../../transfer/experiment/record.js";

/** Names for source and target: the file without its folders, or with them where both would be the same. */
export function corpusNames({ corpora }: Pick<TransferRecord, "corpora">): {
  readonly source: string;
  readonly target: string;
} {
  const [source, target] = [shortName(corpora.source), shortName(corpora.target)];
  return source === target
    ? { source: longName(corpora.source), target: longName(corpora.target) }
    : { source, target };
}

const shortName = (corpus: CorpusSummary): string => nameOf(corpus, (file) => file.split(/[/\\]/).at(-1) || file);
const longName = (corpus: CorpusSummary): string => nameOf(corpus, (file) => file);

function nameOf({ files }: CorpusSummary, name: (file: string) => string): string {
  if (files.length === 0) return "no file";
  const first = files[0] === "-" ? "the pipe" : name(files[0]);
  return files.length === 1 ? first : `${first} and ${files.length - 1} more`;
}
