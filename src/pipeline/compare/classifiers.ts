import { duplicateGroups } from "../../dataset/duplicates.js";
import { quotedLabels, labelSpace, project, type LabelSpace } from "../../dataset/mapLabels.js";
import { bridge } from "../../dataset/mapAdvice.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { asTrained, rememberedReading } from "../../dataset/reading.js";
import { HeadstartError } from "../../errors.js";
import type { SavedHead } from "../../head/file/folder.js";
import { readingOf } from "../../head/file/reading.js";
import { argmax, predictProbabilities } from "../../head/head.js";
import type { Matrix } from "../../math/matrix.js";
import { comparePredictions, type PredictionComparison } from "../../metrics/comparison.js";
import { verdictText } from "../../report/text/comparison.js";
import { embedRows } from "../embedRows.js";
import type { PipelineEvaluateOptions } from "../pipeline.js";
import { readRows, summaryOfLabeled, type Rows } from "../rows.js";
import {
  judged,
  sharedMap,
  rowsNewToBoth,
  withEncoder,
  type ComparingParts,
  type Named,
  type SeenRows,
} from "./comparing.js";

type Classifier = Named<{ readonly kind: "classifier" } & SavedHead>;
type Two<T> = readonly [first: T, second: T];

/** A row for which two classifiers predict different labels. */
export interface DifferingRow {
  readonly text: string;
  readonly label: string;
  readonly first: string;
  readonly firstProbability: number;
  readonly second: string;
  readonly secondProbability: number;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** How two classifiers compare on the same rows. Plain JSON. */
export interface ClassifierComparison extends PredictionComparison {
  readonly kind: "classifier";
  readonly first: string;
  readonly second: string;
  /** Of the first head, then what the second and the rows have beside them. */
  readonly labels: readonly string[];
  /** Labels of the rows that each head does not know, and so never predicts. */
  readonly unknownLabels: readonly [first: readonly string[], second: readonly string[]];
  readonly seenInTraining: SeenRows;
  readonly rejected: number;
  /** Rows whose label the map drops. */
  readonly dropped: number;
  /** The comparison in a sentence. */
  readonly because: string;
  /** The most confident first, by the more confident of the two. */
  readonly differences: readonly DifferingRow[];
}

export async function compareClassifiers(
  heads: Two<Classifier>,
  given: Rows,
  options: PipelineEvaluateOptions & { readonly parts: ComparingParts },
): Promise<ClassifierComparison> {
  const { seed, parts: _parts, ...how } = options;
  const readings = both(heads, ({ head }) => readingOf(head.file.reading));
  const { map, ofHeads } = sharedMap(how.map, readings);
  const reading = { ...readings[1], ...readings[0], map };
  const corpus = await readRows(given, asTrained({ ...how, map }, reading));
  options.onRead?.(summaryOfLabeled(corpus, rememberedReading(how, reading, corpus)));
  // Labels are checked before the long part begins.
  const spaces = both(heads, ({ head, name }, h) => spaceOf(head.head.labels, corpus, { name, map: ofHeads[h] }));
  const labels = [...new Set([...spaces[0].labels, ...spaces[1].labels, ...[...new Set(corpus.labels)].sort()])];
  const hashes = both(heads, ({ head }) => head.textHashes);
  const isEnough = (rows: readonly number[]): boolean => new Set(rows.map((r) => corpus.labels[r])).size > 1;
  const { seen, rows } = rowsNewToBoth(corpus.texts, hashes, isEnough);
  const texts = rows.map((r) => corpus.texts[r]);
  const vectors = await vectorsOfHeads(heads, texts, options);
  const found = both(heads, ({ head }, h) => {
    const probabilities = project(predictProbabilities(head.head, vectors[h]), spaces[h]);
    const own = spaces[h].labels;
    const predicted = argmax(probabilities, own.length);
    const probability = Float64Array.from(predicted, (label, r) => probabilities[r * own.length + label]);
    return { predicted: predicted.map((label) => labels.indexOf(own[label])), probability };
  });
  const truth = Int32Array.from(rows, (r) => labels.indexOf(corpus.labels[r]));
  const predictions = both(found, ({ predicted }) => predicted);
  const groups = duplicateGroups(Array.from(rows, (r) => corpus.texts[r]));
  const compared = judged(comparePredictions(truth, predictions, labels, { seed, groups }), seen);
  const [first, second] = both(heads, ({ name }) => name);
  const inRows = new Set(corpus.labels);
  return {
    kind: "classifier",
    first,
    second,
    ...compared,
    labels,
    unknownLabels: both(spaces, (space) => labels.filter((l) => inRows.has(l) && !space.labels.includes(l))),
    seenInTraining: seen,
    rejected: corpus.counts.rejected,
    dropped: corpus.dropped,
    because: verdictText({ ...compared, seen: seen.leftOut ? 0 : seen.either }, [first, second]),
    differences: differencesIn(found, { corpus, rows, labels }),
  };
}

const both = <T, R>([first, second]: Two<T>, make: (one: T, at: 0 | 1) => R): Two<R> => [
  make(first, 0),
  make(second, 1),
];

/** What a head can predict. @throws HeadstartError E_LABEL_MAP where it knows none of the labels of the rows */
function spaceOf(
  known: readonly string[],
  { labels: of, files }: LabeledCorpus,
  { name, map }: { readonly name: string; readonly map: LabelMap | undefined },
): LabelSpace {
  const space = labelSpace(known, map);
  const labels = [...new Set(of)];
  if (labels.some((label) => space.labels.includes(label))) return space;
  const file = files.join(", ");
  throw new HeadstartError(
    "E_LABEL_MAP",
    `The head ${name} knows none of the labels of ${file}: ${quotedLabels(labels, 5)}. It knows ` +
      `${quotedLabels(space.labels)}. ${bridge(labels, { known: space.labels, map })}`,
    { file },
  );
}

/** Vectors of the texts for each head; heads with the same encoder share them. */
async function vectorsOfHeads(
  heads: Two<Classifier>,
  texts: readonly string[],
  { parts, onProgress, onEncoded, signal }: PipelineEvaluateOptions & { readonly parts: ComparingParts },
): Promise<Two<Matrix>> {
  const embed = ({ head }: Classifier): Promise<Matrix> =>
    withEncoder(head, parts, {
      work: async (opened) => {
        const open = { open: () => Promise.resolve(opened), close: () => Promise.resolve() };
        const calls = { onProgress, onEncoded, signal, embedding: parts.embedding };
        return (await embedRows(open, texts, calls)).vectors;
      },
    });
  const first = await embed(heads[0]);
  const [a, b] = both(heads, ({ head }) => JSON.stringify({ ...head.file.encoder, name: "" }));
  return [first, a === b ? first : await embed(heads[1])];
}

interface Found {
  /** Index into the labels of all. */
  readonly predicted: Int32Array;
  readonly probability: Float64Array;
}

function differencesIn(
  [first, second]: Two<Found>,
  {
    corpus,
    rows,
    labels,
  }: { readonly corpus: LabeledCorpus; readonly rows: readonly number[]; readonly labels: readonly string[] },
): DifferingRow[] {
  const confidence = (i: number): number => Math.max(first.probability[i], second.probability[i]);
  return [...rows.keys()]
    .filter((i) => first.predicted[i] !== second.predicted[i])
    .sort((a, b) => confidence(b) - confidence(a) || a - b)
    .map((i) => ({
      text: corpus.texts[rows[i]],
      label: corpus.labels[rows[i]],
      first: labels[first.predicted[i]],
      firstProbability: first.probability[i],
      second: labels[second.predicted[i]],
      secondProbability: second.probability[i],
      file: corpus.places[rows[i]].file,
      line: corpus.places[rows[i]].line,
    }));
}
