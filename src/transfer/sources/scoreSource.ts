import { trainClassifier, type TrainedHead, type TrainOptions } from "../../classification/train.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { isLabeled, pickRows, type LabeledVectors, type TextVectors } from "../../dataset/labeledVectors.js";
import { labelSpace, project } from "../../dataset/mapLabels.js";
import { argmax, predictProbabilities } from "../../head/head.js";
import type { Matrix } from "../../math/matrix.js";
import { sampledDistance } from "../divergence/sampledDistance.js";
import { forecastHead } from "../forecast/forecastHead.js";
import type { Forecast } from "../forecast/record.js";
import { nearestSourceLabel, sourceMeasures, type SourceMeasures } from "../ranking/sourceMeasures.js";
import { rowsToMeasure } from "../ranking/vectorMeasures.js";

/** A source to rank, embedded. */
export interface SourceRows {
  /** Rows to train on. */
  readonly source: LabeledVectors;
  /** Rows held out of it. */
  readonly sourceDev: LabeledVectors;
  /** Leaves out labels that the target lacks, for scores. */
  readonly drops: LabelMap | undefined;
}

/** Rows of the target that no source has. */
export interface TargetRows {
  readonly target: TextVectors;
  readonly targetTrain: LabeledVectors | undefined;
}

/** What a source gives on the target. */
export interface ScoredSource {
  /** Labels that its head predicts. */
  readonly predicted: { readonly target: readonly string[]; readonly targetTrain: readonly string[] | undefined };
  /** Null without labels of the target. */
  readonly measures: (SourceMeasures & { readonly neighbors: number }) | null;
  readonly proxyA: number;
  readonly forecast: Forecast;
}

/** Trains a head on a source, predicts the target's rows, and measures how source and target go together. */
export async function scoreSource(
  { source, sourceDev, drops }: SourceRows,
  { target, targetTrain }: TargetRows,
  options: TrainOptions,
): Promise<ScoredSource> {
  const trained = await trainClassifier(source, options);
  const { seed = 1, threads } = options;
  const labeled = targetTrain ?? (isLabeled(target) ? target : undefined);
  return {
    predicted: {
      target: labelsBy(trained, target.vectors, drops),
      targetTrain: targetTrain && labelsBy(trained, targetTrain.vectors, drops),
    },
    measures: labeled === undefined ? null : measuresOf(trained, { source, labeled, seed }),
    proxyA: (await sampledDistance([source, target], { seed, threads })) ?? 0,
    forecast: forecastHead(trained, { sourceDev, target }),
  };
}

/** The labels that a head predicts, those that are dropped never. */
export function labelsBy({ head }: Pick<TrainedHead, "head">, vectors: Matrix, drops: LabelMap | undefined): string[] {
  const space = labelSpace(head.labels, drops);
  const probabilities = project(predictProbabilities(head, vectors), space);
  return Array.from(argmax(probabilities, space.labels.length), (label) => space.labels[label]);
}

function measuresOf(
  { head }: TrainedHead,
  {
    source,
    labeled,
    seed,
  }: { readonly source: LabeledVectors; readonly labeled: LabeledVectors; readonly seed: number },
): SourceMeasures & { readonly neighbors: number } {
  const [known, asked] = [source, labeled].map((rows) => pickRows(rows, rowsToMeasure(rows.texts, seed)));
  const labels = [...new Set([...known.labels, ...asked.labels])].sort();
  const numbered = ({ vectors, labels: own }: LabeledVectors) => ({
    vectors,
    y: Int32Array.from(own, (label) => labels.indexOf(label)),
  });
  const target = numbered(asked);
  return {
    ...sourceMeasures(predictProbabilities(head, asked.vectors), target.y, labels.length),
    neighbors: nearestSourceLabel(numbered(known), target),
  };
}
