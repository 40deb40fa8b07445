export { pairedBootstrap } from "../metrics/bootstrap.js";
export { scoreCalibration } from "../metrics/calibrationScore.js";
export type { CalibrationScore } from "../metrics/calibrationScore.js";
export { evaluateClassification } from "../metrics/classification.js";
export type { Evaluation } from "../metrics/classification.js";
export { conformalThreshold, predictionSets } from "../metrics/conformal.js";
export { mcnemar } from "../metrics/mcnemar.js";
export { evaluateMultiLabel } from "../metrics/multiLabel.js";
export { riskCoverage } from "../metrics/riskCoverage.js";
