export type { Row, RowCounts, ValuesJson } from "../corpus/row.js";
export type { LabeledCorpus } from "../dataset/labeledCorpus.js";
export type { UnlabeledCorpus } from "../dataset/unlabeledCorpus.js";
export type { Reading } from "../dataset/reading.js";
export type { EmbeddingEncoder, Encoder } from "../encoder/encoder.js";
export type { PieceTokenizer, Tokenizer, Tokens } from "../encoder/tokenizer/tokenizer.js";
export type { CommitOptions } from "../files/commit.js";
export type { CommitFolderOptions } from "../files/commitFolder.js";
export type { FileSystem, OpenFile } from "../files/fileSystem.js";
export type { FinishedRun, Printed } from "../files/folderMark.js";
export type { BatchPooling } from "../math/pooling.js";
export type { ReliabilityBin } from "../metrics/calibration.js";
export type { EncoderPorts } from "../onnx/model/encoderGraph.js";
export type { NumberArray, RunInputs, Session, SessionInput, SessionOutput } from "../onnx/runtime/session.js";
export { saveLayersReport, saveReport } from "../report/html/transfer/saveReport.js";
export type { SaveReportOptions } from "../report/html/transfer/saveReport.js";
export { renderTransferReport } from "../report/html/transfer/transferReport.js";
export type { AdaptationName, AskedAdaptation } from "../transfer/adaptation/adapt.js";
export type { AdaptationChoice, AdaptationScore } from "../transfer/adaptation/record.js";
export type {
  CurveDifference,
  CurveShape,
  FittedCurve,
  NextLabels,
  SourceDraws,
  Strategy,
  StrategyCurve,
  StrategyPoint,
  VerdictBySize,
  Worth,
} from "../transfer/curves/record.js";
export type { Divergence, Null } from "../transfer/divergence/divergence.js";
export type { DistinctiveWord, WordDivergence } from "../transfer/divergence/words.js";
export type { LabelShift } from "../transfer/divergence/labelShift.js";
export type { Drop } from "../transfer/experiment/drop.js";
export type {
  Advice,
  CorpusSummary,
  Leakage,
  LeakageExample,
  LeakagePair,
  LeakageSide,
  MapScore,
  TargetCalibration,
  TransferMistake,
  TransferRecord,
  Verdict,
} from "../transfer/experiment/record.js";
export { runTransfer } from "../transfer/experiment/run.js";
export type { TrainingRows, TransferOptions } from "../transfer/experiment/run.js";
export type { TransferCorpora } from "../transfer/experiment/embedCorpora.js";
export type { Forecast } from "../transfer/forecast/record.js";
export type {
  EntityShift,
  TaggingCurve,
  TaggingDivergence,
  TaggingLeakage,
  TaggingPoint,
  TaggingTransfer,
} from "../transfer/entities/record.js";
export { runTaggingTransfer } from "../transfer/entities/runTagging.js";
export type { TaggingCorpora, TaggingTransferOptions } from "../transfer/entities/runTagging.js";
export { compareLayers } from "../transfer/layers/compareLayers.js";
export type { LayersCorpora, LayersOptions } from "../transfer/layers/compareLayers.js";
export type {
  BestLayer,
  LayerDifference,
  LayerScore,
  LayersRecord,
  MeasureAgreement,
} from "../transfer/layers/record.js";
export type { VectorMeasures } from "../transfer/ranking/vectorMeasures.js";
export type { SourceAgreement, SourceChoice, SourceDifference, SourceScore } from "../transfer/ranking/record.js";
export { runTransferOfBest } from "../transfer/sources/runBest.js";
export type { SourcesCorpora } from "../transfer/sources/runBest.js";
export type { SuggestedRow, Suggestions } from "../transfer/suggest/suggestions.js";
