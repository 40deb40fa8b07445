import { checkOptions } from "./checkOptions.js";
import { evaluateMultiLabelHead, labelsIn, predictMultiLabel } from "../classification/multiLabel.js";
import { HeadstartError } from "../errors.js";
import type { LabeledCorpus } from "../dataset/labeledCorpus.js";
import { seenTexts } from "../dataset/textHashes.js";
import { countsOf } from "../embedding/textReading.js";
import type { MultiLabelHead } from "../head/linear/oneVsRest.js";
import { embedRows } from "./embedRows.js";
import { encodingOf, type EncodingParts } from "./encoding.js";
import type { CallOptions, Mistake, MultiLabelPipeline } from "./pipeline.js";
import { checkTexts, readRows, summaryOfLabeled } from "./rows.js";

export interface MultiLabelParts {
  readonly name: string;
  readonly head: MultiLabelHead;
  /** Stands between the labels of a cell. */
  readonly separator: string;
  /** Hashes of the training texts; undefined where they are not kept. */
  readonly textHashes?: Int32Array | undefined;
}

export function multiLabelPipeline(
  { name, head, separator, textHashes }: MultiLabelParts,
  parts: EncodingParts,
): MultiLabelPipeline {
  const encoding = encodingOf(parts);

  const embed = (texts: readonly string[], options: CallOptions) =>
    embedRows(encoding, texts, { ...options, embedding: parts.embedding });

  return {
    kind: "multi-label",
    name,
    labels: head.labels,
    async predict(texts, options = {}) {
      checkTexts(texts);
      checkOptions("predict() of a multi-label head", options);
      return predictMultiLabel(head, (await embed(texts, options)).vectors, separator);
    },
    async evaluate(rows, options = {}) {
      checkOptions("evaluate() of a multi-label head", options);
      const corpus = await readRows(rows, options);
      options.onRead?.(summaryOfLabeled(corpus));
      const file = corpus.files.join(", ");
      checkLabels(corpus, { head, separator, file });
      const { vectors, reading } = await embed(corpus.texts, options);
      const data = { ...corpus, vectors };
      const evaluation = evaluateMultiLabelHead(head, data, { separator, seed: options.seed, file });
      const predictions = predictMultiLabel(head, data.vectors, separator);
      const mistakes = corpus.texts.flatMap((text, r): Mistake[] => {
        const label = labelsIn(corpus.labels[r], separator).sort().join(separator);
        const { labels, probability } = predictions[r];
        const predicted = [...labels].sort().join(separator);
        return label === predicted ? [] : [{ text, label, predicted, probability, ...corpus.places[r] }];
      });
      mistakes.sort((a, b) => b.probability - a.probability);
      const counts = { ...countsOf(reading), seenInTraining: seenTexts(textHashes, corpus.texts) };
      return { kind: "multi-label", ...evaluation, ...counts, rejected: corpus.counts.rejected, mistakes };
    },
    close: encoding.close,
  };
}

/** @throws HeadstartError E_LABEL_MAP naming a label that the head does not know */
function checkLabels(
  { labels }: LabeledCorpus,
  { head, separator, file }: Pick<MultiLabelParts, "head" | "separator"> & { readonly file: string },
): void {
  const known = new Set(head.labels);
  const unknown = labels.flatMap((cell) => labelsIn(cell, separator)).find((label) => !known.has(label));
  if (unknown === undefined) return;
  const message = `${file} has the label "${unknown}", which the head does not know (${head.labels.join(", ")})`;
  throw new HeadstartError("E_LABEL_MAP", `${message}. Rename it, or train the head with it`, { file });
}
