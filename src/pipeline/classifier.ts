import { checkOptions } from "./checkOptions.js";
import { evaluateHead, mistakesOf, type Evaluated, type EvaluateOptions } from "../classification/evaluate.js";
import { explainPrediction, type Explanation } from "../classification/explain.js";
import { predictVectors, type SelectivePrediction } from "../classification/predict.js";
import { measureReliability, predictOptions } from "../classification/reliability.js";
import { pickCorpus, type LabeledCorpus } from "../dataset/labeledCorpus.js";
import { labelIndices, labelSpace } from "../dataset/mapLabels.js";
import { asTrained, rememberedReading, type Reading } from "../dataset/reading.js";
import { vectorsOf } from "../embedding/cachedEmbed.js";
import type { CalibratedHead } from "../classification/reliability.js";
import type { EvaluatedHead } from "../classification/evaluate.js";
import type { NeighborIndex } from "../head/neighbors.js";
import { takeRows, type Matrix } from "../math/matrix.js";
import { rowsToScore } from "../dataset/seenRows.js";
import { countsOf, type ReadingCounts } from "../embedding/textReading.js";
import type { Evaluation } from "../metrics/classification.js";
import { embedRows } from "./embedRows.js";
import { encodingOf, type EncodingParts } from "./encoding.js";
import type {
  CallOptions,
  ClassifierEvaluateOptions,
  ClassifierEvaluation,
  ClassifierPipeline,
  ClassifierPredictOptions,
  Mistake,
} from "./pipeline.js";
import { checkTexts, readRows, summaryOfLabeled, type Rows } from "./rows.js";

/** A classifier as it predicts, explains and is evaluated. */
export interface ClassifierParts extends CalibratedHead, EvaluatedHead {
  readonly name: string;
  /** Hashes of the training texts; undefined where they are not kept. */
  readonly textHashes?: Int32Array | undefined;
  /** The training rows that it keeps, if it keeps any. */
  readonly loadNeighbors: () => Promise<NeighborIndex | undefined>;
  /** How its training rows were read. */
  readonly reading?: Reading | undefined;
}

export function classifierPipeline(saved: ClassifierParts, parts: EncodingParts): ClassifierPipeline {
  const { name, head } = saved;
  const encoding = encodingOf(parts);
  let neighbors: Promise<NeighborIndex | undefined> | undefined;

  const embedAndRead = (texts: readonly string[], options: CallOptions) =>
    embedRows(encoding, texts, { ...options, embedding: parts.embedding });

  async function embed(texts: readonly string[], { onProgress, signal }: CallOptions): Promise<Matrix> {
    const { encoder, cache } = await encoding.open();
    return (await vectorsOf(encoder, texts, { ...parts.embedding, cache, onProgress, signal })).vectors;
  }

  async function explain(texts: readonly string[], vectors: Matrix, { signal }: CallOptions): Promise<Explanation[]> {
    return explainPrediction(texts, {
      head,
      vectors,
      neighbors: await (neighbors ??= saved.loadNeighbors()),
      embed: (some) => embed(some, { signal }),
      threads: parts.threads,
    });
  }

  async function predict(
    texts: readonly string[],
    options: ClassifierPredictOptions = {},
  ): Promise<(SelectivePrediction & { label: string; explanation?: Explanation | undefined })[]> {
    checkTexts(texts);
    checkOptions("predict() of a classifier", options);
    const how = predictOptions(saved, { ...options, name });
    const { vectors } = await embedAndRead(texts, options);
    // Without a goal no label is null, which the overloads of ClassifierPipeline say.
    const predictions = predictVectors(head, vectors, how) as (SelectivePrediction & { label: string })[];
    if (options.explain !== true) return predictions;
    const explanations = await explain(texts, vectors, options);
    return predictions.map((prediction, i) => ({ ...prediction, explanation: explanations[i] }));
  }

  async function evaluate(rows: Rows, options: ClassifierEvaluateOptions = {}): Promise<ClassifierEvaluation> {
    checkOptions("evaluate() of a classifier", options);
    const corpus = await readRows(rows, asTrained(options, saved.reading));
    options.onRead?.(summaryOfLabeled(corpus, rememberedReading(options, saved.reading, corpus)));
    // A map that is remembered has been applied to the labels of the head already.
    const { map, seed, goal } = options;
    const file = corpus.files.join(", ");
    // Labels and goal are checked before the long part begins.
    const inUse = map === undefined ? { map: saved.reading?.map, isRemembered: true } : { map };
    labelIndices(labelSpace(head.labels, map).labels, corpus.labels, file, inUse);
    predictOptions(saved, { goal, map, name });
    const { vectors, reading } = await embedAndRead(corpus.texts, options);
    return {
      kind: "classifier",
      ...scoresOn(saved, { ...corpus, vectors }, { map, seed, goal, file }),
      ...countsOf(reading),
      rejected: corpus.counts.rejected,
      dropped: corpus.dropped,
    };
  }

  return {
    kind: "classifier",
    name,
    labels: head.labels,
    predict,
    evaluate,
    async explain(text, options = {}) {
      checkTexts([text]);
      checkOptions("explain()", options);
      return (await explain([text], await embed([text], options), options))[0];
    },
    close: encoding.close,
  };
}

/** Scores on the rows that the head was not trained on, and the main ones on all rows beside them. */
function scoresOn(
  saved: ClassifierParts,
  corpus: LabeledCorpus & { readonly vectors: Matrix },
  { goal, ...how }: EvaluateOptions & Pick<ClassifierEvaluateOptions, "goal">,
): Omit<ClassifierEvaluation, "kind" | "rejected" | "dropped" | keyof ReadingCounts> {
  const { seen, rows } = rowsToScore(saved.textHashes, corpus.texts);
  const [scored, vectors] = [pickCorpus(corpus, rows), takeRows(corpus.vectors, rows)];
  const evaluated = evaluateHead(saved, { ...scored, vectors }, how);
  const isPart = rows.length < corpus.texts.length;
  return {
    ...evaluated.evaluation,
    ...measureReliability(saved, { evaluated, vectors }, { ...how, goal }),
    seenInTraining: seen,
    allRows: isPart ? mainScores(evaluateHead(saved, corpus, how).evaluation) : null,
    mistakes: mistakesIn(evaluated, scored),
  };
}

const mainScores = ({ n, accuracy, macroF1, interval95 }: Evaluation): ClassifierEvaluation["allRows"] => ({
  n,
  accuracy,
  macroF1,
  interval95,
});

function mistakesIn(evaluated: Evaluated, { texts, places }: LabeledCorpus): Mistake[] {
  const { labels, truth, predicted, probabilities } = evaluated;
  return mistakesOf(evaluated).map((r) => ({
    text: texts[r],
    label: labels[truth[r]],
    predicted: labels[predicted[r]],
    probability: probabilities[r * labels.length + predicted[r]],
    file: places[r].file,
    line: places[r].line,
  }));
}
