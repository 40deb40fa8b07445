import type { CorpusSummary, TransferRecord } from "../../../../transfer/experiment/record.js";

/** Names for the corpora: the file without its folders, or with them where two would be the same. */
export function corpusNames({ corpora: { source, target, targetTrain } }: Pick<TransferRecord, "corpora">): {
  readonly source: string;
  readonly target: string;
  readonly targetTrain: string;
} {
  const all = [source, target, ...(targetTrain === null ? [] : [targetTrain])];
  const name = new Set(all.map(shortName)).size === all.length ? shortName : longName;
  return {
    source: name(source),
    target: name(target),
    targetTrain: targetTrain === null ? "the target’s own rows" : name(targetTrain),
  };
}

const shortName = (corpus: CorpusSummary): string => nameOf(corpus, (file) => file.split(/[/\\]/).at(-1) || file);
const longName = (corpus: CorpusSummary): string => nameOf(corpus, (file) => file);

function nameOf({ files }: CorpusSummary, name: (file: string) => string): string {
  if (files.length === 0) return "no file";
  const first = files[0] === "-" ? "the pipe" : name(files[0]);
  return files.length === 1 ? first : `${first} and ${files.length - 1} more`;
}
