export { HeadstartError } from "./errors.js";
export type { ErrorCode, ErrorDetails, ErrorPlace } from "./errors.js";
export { loadPipeline } from "./pipeline/load.js";
export type { PipelineOptions } from "./pipeline/load.js";
export type {
  CallOptions,
  ClassifierEvaluateOptions,
  ClassifierEvaluation,
  ClassifierPipeline,
  ClassifierPredictOptions,
  EncodedCounts,
  EntityMistake,
  EvaluateOptions,
  Mistake,
  MultiLabelPipeline,
  MultiLabelPipelineEvaluation,
  Pipeline,
  PipelineEvaluation,
  TaggerEvaluation,
  TaggerPipeline,
} from "./pipeline/pipeline.js";
export type { CorpusSummary, LabeledRow, Rows, RowsOptions, TaggedRow, TaggedRows } from "./pipeline/rows.js";
export { train } from "./pipeline/train/train.js";
export type { ClassifierModel, TrainClassifierOptions } from "./pipeline/train/classifier.js";
export type { MultiLabelModel, TrainMultiLabelOptions } from "./pipeline/train/multiLabel.js";
export type { SaveOptions, TrainModelOptions } from "./pipeline/train/options.js";
export type { TaggerModel, TrainTaggerModelOptions } from "./pipeline/train/tagger.js";
export type { Prediction, SelectivePrediction } from "./classification/predict.js";
export type { Explanation } from "./classification/explain.js";
export type { MultiLabelPrediction } from "./classification/multiLabel.js";
export type { TextEntities } from "./tagging/predict.js";
