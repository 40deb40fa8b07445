import type { Encoder } from "../../encoder/encoder.js";
import type { Sealed } from "../../head/file/artifact.js";
import type { MultiLabelFile } from "../../head/file/multiLabel.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { readingRecord } from "../../head/file/reading.js";
import { VERSION } from "../../version.js";
import { encoderIdentity } from "../describeHead.js";
import type { TrainedMultiLabel } from "./train.js";

/** What the folder of a multi-label head says of it: labels, the encoder it needs, and how it was trained. */
export function describeMultiLabel(
  { head, separator, n, labelCounts, C, devFrom, dev }: TrainedMultiLabel,
  {
    encoder,
    corpus,
    createdAt,
    seed,
  }: {
    readonly encoder: Encoder;
    readonly corpus: Pick<LabeledCorpus, "files" | "reading">;
    readonly createdAt: string;
    readonly seed: number;
  },
): Omit<MultiLabelFile, Sealed> {
  const reading = readingRecord(corpus.reading);
  const { exactMatch, microF1, macroF1, interval95 } = dev;
  const score = { n: dev.n, exactMatch, microF1, macroF1, interval95: [...interval95] as [number, number] };
  return {
    format: "headstart-multi-label",
    headstart: VERSION,
    createdAt,
    ...(separator === undefined ? {} : { separator }),
    labels: [...head.labels],
    encoder: encoderIdentity(encoder),
    ...(reading === undefined ? {} : { reading }),
    training: { files: [...corpus.files], n, labelCounts: { ...labelCounts }, C, seed, devFrom, dev: score },
  };
}
