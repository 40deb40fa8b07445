import { checkOptions } from "./checkOptions.js";
import { DEFAULT_SEPARATOR, evaluateMultiLabelHead, predictMultiLabel } from "../classification/multiLabel.js";
import { labelsIn } from "../dataset/labelCell.js";
import { applyLabelMap } from "../dataset/labelMap.js";
import { labelIndices, labelSpace } from "../dataset/mapLabels.js";
import { withLabelLists } from "../dataset/multiLabelCorpus.js";
import { asTrained, rememberedReading, type Reading } from "../dataset/reading.js";
import { rowsToScore } from "../dataset/seenRows.js";
import { pickCorpus } from "../dataset/labeledCorpus.js";
import { countsOf } from "../embedding/textReading.js";
import type { MultiLabelHead } from "../head/linear/oneVsRest.js";
import { takeRows } from "../math/matrix.js";
import { embedRows } from "./embedRows.js";
import { encodingOf, type EncodingParts } from "./encoding.js";
import type { MultiLabelEvaluation } from "../metrics/multiLabel.js";
import type { CallOptions, Mistake, MultiLabelPipeline, MultiLabelPipelineEvaluation } from "./pipeline.js";
import { checkTexts, readRows, summaryOfLabeled } from "./rows.js";

export interface MultiLabelParts {
  readonly name: string;
  readonly head: MultiLabelHead;
  /** Stands between the labels of a cell that is no list. */
  readonly separator?: string | undefined;
  /** How its training rows were read. */
  readonly reading?: Reading | undefined;
  /** Hashes of the training texts; undefined where they are not kept. */
  readonly textHashes?: Int32Array | undefined;
}

export function multiLabelPipeline(
  { name, head, separator, reading, textHashes }: MultiLabelParts,
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
      const map = options.map ?? reading?.map;
      const how = asTrained({ ...options, map: undefined }, reading && { ...reading, map: undefined });
      const corpus = withLabelLists(await readRows(rows, how), { separator, map });
      options.onRead?.(summaryOfLabeled(corpus, rememberedReading(options, reading, corpus)));
      const file = corpus.files.join(", ");
      const own = corpus.labels.flatMap((cell) => labelsIn(cell, separator));
      // Labels are checked before the long part begins.
      labelIndices(labelSpace(head.labels, options.map, 1).labels, own, file, { map });
      const { vectors, reading: read } = await embed(corpus.texts, options);
      const { seen, rows: unseen } = rowsToScore(textHashes, corpus.texts);
      const data = { ...pickCorpus(corpus, unseen), vectors: takeRows(vectors, unseen) };
      const scoring = { map: options.map, seed: options.seed, file };
      const evaluation = evaluateMultiLabelHead(head, data, scoring);
      const isPart = unseen.length < corpus.texts.length;
      const allRows = isPart ? mainScores(evaluateMultiLabelHead(head, { ...corpus, vectors }, scoring)) : null;
      const predictions = predictMultiLabel(head, data.vectors, separator);
      // A map that is remembered has been applied to the labels of the head already.
      const mappedLabel = (label: string): string | undefined =>
        options.map === undefined ? label : applyLabelMap(options.map, label);
      const joined = (labels: readonly string[]): string => [...labels].sort().join(separator ?? DEFAULT_SEPARATOR);
      const mistakes = data.texts.flatMap((text, r): Mistake[] => {
        const { labels, probability } = predictions[r];
        const mapped = new Set(labels.flatMap((one) => mappedLabel(one) ?? []));
        const [label, predicted] = [joined(labelsIn(data.labels[r], separator)), joined([...mapped])];
        return label === predicted ? [] : [{ text, label, predicted, probability, ...data.places[r] }];
      });
      mistakes.sort((a, b) => b.probability - a.probability);
      const counts = { ...countsOf(read), seenInTraining: seen, allRows };
      return { kind: "multi-label", ...evaluation, ...counts, rejected: corpus.counts.rejected, mistakes };
    },
    close: encoding.close,
  };
}

const mainScores = ({
  n,
  macroF1,
  microF1,
  exactMatch,
  intervals95,
}: MultiLabelEvaluation): MultiLabelPipelineEvaluation["allRows"] => ({ n, macroF1, microF1, exactMatch, intervals95 });
