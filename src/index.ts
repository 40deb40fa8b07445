export { HeadstartError } from "./errors.js";
export type { ErrorCode, ErrorDetails, ErrorPlace } from "./errors.js";
export { compareHeads } from "./pipeline/compare/compare.js";
export type { CompareOptions, HeadComparison } from "./pipeline/compare/compare.js";
export type { ClassifierComparison, DifferingRow } from "./pipeline/compare/classifiers.js";
export type { SeenRows } from "./pipeline/compare/comparing.js";
export type { DifferingSentence, TaggerComparison } from "./pipeline/compare/taggers.js";
export { loadPipeline } from "./pipeline/load.js";
export type { PipelineOptions } from "./pipeline/load.js";
export type {
  BasePipeline,
  CallOptions,
  ClassifierEvaluateOptions,
  ClassifierEvaluation,
  ClassifierPipeline,
  ClassifierPredictOptions,
  EncodedCounts,
  EvaluatedTexts,
  EntityMistake,
  PipelineEvaluateOptions,
  Mistake,
  MultiLabelPipeline,
  MultiLabelPipelineEvaluation,
  Pipeline,
  PipelineEvaluation,
  TaggerEvaluation,
  TaggerPipeline,
} from "./pipeline/pipeline.js";
export type { ReadSummary, LabeledRow, Rows, RowsOptions, TaggedRow, TaggedRows } from "./pipeline/rows.js";
export type { ClassifierModel, TrainClassifierOptions } from "./pipeline/train/classifier.js";
export type { MultiLabelModel, TrainMultiLabelOptions } from "./pipeline/train/multiLabel.js";
export type { SaveOptions, TrainModelOptions } from "./pipeline/train/options.js";
export type { TaggerModel, TrainTaggerModelOptions } from "./pipeline/train/tagger.js";
export { train } from "./pipeline/train/train.js";
export type { CalibrationResult } from "./classification/calibrateHead.js";
export type { ChoiceScore } from "./classification/decision/choice.js";
export type { Claim } from "./classification/decision/claim.js";
export type { DecisionRule } from "./classification/decision/decisionRule.js";
export type { FittedRule } from "./classification/decision/fitRule.js";
export type { Counted } from "./classification/decision/fixedSequence.js";
export type { MistakeCost, SelectiveGoal } from "./classification/decision/goal.js";
export type { Explanation, NearText, WordChange } from "./classification/explain.js";
export type { HeadSetup } from "./classification/choice/fit.js";
export type { MultiLabelPrediction } from "./classification/multiLabel/predict.js";
export type { MultiLabelTrainOptions, TrainedMultiLabel } from "./classification/multiLabel/train.js";
export type { Prediction, SelectivePrediction } from "./classification/predict.js";
export type { Reliability } from "./classification/reliability.js";
export type { SearchResult, View } from "./classification/choice/search.js";
export type { ChooseOptions } from "./classification/choice/chooseHead.js";
export type { ChooseLogisticOptions } from "./classification/choice/chooseLogistic.js";
export type { Trial } from "./classification/choice/chosenHead.js";
export type { CrossValidation, FoldScore } from "./classification/crossValidate.js";
export type { CrossValidationPlan, RepeatedCrossValidation, RepeatScore } from "./classification/repeatedFolds.js";
export type { TrainedHead, TrainOptions } from "./classification/train.js";
export type { CorpusOptions } from "./corpus/corpus.js";
export type { DecodeOptions } from "./corpus/decode/decode.js";
export type { Rejection } from "./corpus/row.js";
export type { CorpusFormat, CorpusFormatName } from "./corpus/format.js";
export type { SourceOptions } from "./corpus/source.js";
export type { LabeledOptions } from "./dataset/labeledCorpus.js";
export type { LabeledVectors } from "./dataset/labeledVectors.js";
export type { LabelMap } from "./dataset/labelMap.js";
export type { RareOptions } from "./dataset/rareLabels.js";
export type { Complete } from "./defaults.js";
export type { EmbedCounts } from "./encoder/embed/embedded.js";
export type { EncoderOptions, EncoderPooling, Precision } from "./encoder/encoder.js";
export type { KeptModel, ModelStore } from "./encoder/modelCache.js";
export type { DevPredictions } from "./head/devPredictions.js";
export type { ScriptReading } from "./embedding/scripts.js";
export type { ReadingCounts, TextReading } from "./embedding/textReading.js";
export type { Curve, FewShotScore, HeadFile, LearningCurve, SearchRecord } from "./head/file/schema.js";
export type { DenseLayer, Head, LogisticHead, MlpHead, Calibrated } from "./head/head.js";
export type { BagOfWords } from "./head/linear/bagOfWords.js";
export type { TextVocabulary } from "./head/linear/sparseRows.js";
export type { TextFeatures } from "./head/linear/textFeatures.js";
export type { MultiLabelHead } from "./head/linear/oneVsRest.js";
export type { Activation } from "./head/mlp/activation.js";
export type { MlpEpoch, MlpSettings, Schedule } from "./head/mlp/mlp.js";
export type { Standardizer } from "./head/standardize.js";
export type { Matrix } from "./math/matrix.js";
export type { Pooling } from "./math/pooling.js";
export type { Interval } from "./metrics/intervals/bootstrap.js";
export type { ReliabilityBin } from "./metrics/calibration.js";
export type { CalibrationScore } from "./metrics/calibrationScore.js";
export type { CalibrationError } from "./metrics/calibrationTest.js";
export type { Advantage, Confusion, Evaluation, Score } from "./metrics/classification.js";
export type {
  Agreement,
  ComparisonCall,
  Difference,
  EntityComparison,
  Measured,
  PredictionComparison,
} from "./metrics/comparison.js";
export type { PredictionSetScore } from "./metrics/conformal.js";
export type { LabelScore } from "./metrics/confusion.js";
export type { ConfusionIntervals } from "./metrics/confusionIntervals.js";
export type { LabelThresholds, RankingScore, ThresholdScore } from "./metrics/labelThresholds.js";
export type { RankingPoint } from "./metrics/ranking.js";
export type { EntityScore } from "./metrics/entities.js";
export type { MarkIntervals } from "./metrics/marks.js";
export type { McNemar } from "./metrics/mcnemar.js";
export type { MultiLabelEvaluation } from "./metrics/multiLabel.js";
export type { RiskPoint } from "./metrics/riskCoverage.js";
export type { Sentence, Span, TaggedSentence } from "./tagging/corpus/sentence.js";
export type { OffsetUnit } from "./tagging/corpus/offsets.js";
export type { Word, WordRule } from "./tagging/corpus/splitWords.js";
export type { ErrorTable, LostEntity } from "./tagging/errorAnalysis.js";
export type { FoundEntity, TaggingEvaluation } from "./tagging/evaluate.js";
export type { CrfWeights } from "./tagging/crf/weights.js";
export type { FeatureTable } from "./tagging/model/featureTable.js";
export type { FitTaggerOptions, TaggerEpoch } from "./tagging/model/fitOptions.js";
export type { Tagger } from "./tagging/model/tagger.js";
export type { SurfaceFeatureOptions } from "./tagging/model/wordFeatures.js";
export type { TextEntities } from "./tagging/predict.js";
export type { TaggerTrial, TrainedTagger, TrainTaggerOptions } from "./tagging/train.js";
export type { EmbeddedSentences, TaggerInput } from "./tagging/vectors/embeddedSentences.js";
export type { SubwordPooling } from "./tagging/vectors/subwords.js";
export type { CalibratedScores } from "./tagging/calibrateScores.js";
export type { EntityScoreBin, EntityScores } from "./tagging/entityScores.js";
export type { ScoreCalibration } from "./tagging/model/scoreCalibration.js";
