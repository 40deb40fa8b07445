import { unreachable } from "../../errors.js";
import { matrix } from "../../math/matrix.js";
import type { Tensor } from "../../formats/safetensors.js";
import type { TensorShelf } from "./artifactTensors.js";
import type { BagOfWords } from "../linear/bagOfWords.js";
import { kept, type DevPredictions } from "../devPredictions.js";
import { headWidth, type Head } from "../head.js";
import type { HeadFile } from "./schema.js";
import { logitCount } from "../linear/logisticLoss.js";

/** What of a head is numbers. */
export interface HeadNumbers {
  readonly head: Head;
  readonly bagOfWords: BagOfWords;
  /** Absent where the head was never calibrated. */
  readonly devPredictions?: DevPredictions | undefined;
  /** Hashes of the training texts, ascending; absent where they are not kept. */
  readonly textHashes?: Int32Array | undefined;
}

const float = (data: Float32Array, ...shape: number[]): Tensor => ({ dtype: "F32", shape, data });

/** A head with its baseline and its dev predictions, as the tensors of `head.safetensors`. */
export function headTensors({ head, bagOfWords, devPredictions, textHashes }: HeadNumbers): Map<string, Tensor> {
  return new Map([
    ...tensorsOf(head, bagOfWords),
    ...(textHashes === undefined ? [] : [textHashTensor(textHashes)]),
    ...(devPredictions === undefined ? [] : predictionTensors(devPredictions)),
  ]);
}

function tensorsOf(head: Head, bag: BagOfWords): Map<string, Tensor> {
  const width = headWidth(head);
  return new Map<string, Tensor>([
    ...weightTensors(head),
    ["mean", float(head.standardizer.mean, width)],
    ["factor", float(head.standardizer.factor, width)],
    ["bag_of_words.hashes", { dtype: "I32", shape: [bag.hashes.length], data: bag.hashes }],
    ["bag_of_words.idf", float(bag.idf, bag.idf.length)],
    ["bag_of_words.weights", float(bag.weights.data, bag.weights.rows, bag.weights.cols)],
    ["bag_of_words.bias", float(bag.bias, bag.bias.length)],
  ]);
}

/** The training texts of a head of any kind. */
export const textHashTensor = (hashes: Int32Array): [string, Tensor] => [
  "texts.hashes",
  { dtype: "I32", shape: [hashes.length], data: hashes },
];

/** What a head's folder says of itself, with the number of these hashes. */
export const withTextHashes = <T extends { readonly training: object }>(file: T, hashes: Int32Array | undefined): T =>
  hashes === undefined ? file : { ...file, training: { ...file.training, textHashes: hashes.length } };

/** @param kept  how many there are to be; undefined for none */
export const textHashesFrom = ({ integers }: TensorShelf, kept: number | undefined): Int32Array | undefined =>
  kept === undefined ? undefined : integers("texts.hashes", kept);

function weightTensors(head: Head): [string, Tensor][] {
  switch (head.kind) {
    case "logistic":
      return [
        ["weights", float(head.weights.data, head.weights.rows, head.weights.cols)],
        ["bias", float(head.bias, head.bias.length)],
      ];
    case "mlp":
      return head.layers.flatMap(({ weights, bias }, i): [string, Tensor][] => [
        [`layers.${i}.weights`, float(weights.data, weights.rows, weights.cols)],
        [`layers.${i}.bias`, float(bias, bias.length)],
      ]);
    default:
      return unreachable(head);
  }
}

function predictionTensors(predictions: DevPredictions): [string, Tensor][] {
  const { classes, probabilities, truth } = kept(predictions);
  return [
    ["dev.probabilities", { dtype: "F64", shape: [truth.length, classes], data: probabilities }],
    ["dev.truth", { dtype: "I32", shape: [truth.length], data: truth }],
  ];
}

/**
 * What headTensors() wrote.
 *
 * @throws HeadstartError E_HEAD_INVALID naming the tensor that is missing or of another shape
 */
export function headFromTensors(tensors: TensorShelf, headFile: HeadFile): HeadNumbers {
  const { labels, calibration } = headFile;
  const { floats } = tensors;
  const k = logitCount(labels.length);
  const hashes = tensors.integers("bag_of_words.hashes", undefined);
  const words = hashes.length;
  const devPredictions = predictionsFrom(tensors, headFile);
  const textHashes = textHashesFrom(tensors, headFile.training.textHashes);
  return {
    head: {
      ...modelFrom(tensors, headFile),
      ...(calibration === undefined ? {} : calibrationFrom(calibration)),
    },
    bagOfWords: {
      labels,
      hashes,
      idf: floats("bag_of_words.idf", words),
      weights: matrix(k, words, floats("bag_of_words.weights", k, words)),
      bias: floats("bag_of_words.bias", k),
    },
    ...(devPredictions === undefined ? {} : { devPredictions }),
    ...(textHashes === undefined ? {} : { textHashes }),
  };
}

const calibrationFrom = ({
  temperature,
  priorShift,
}: NonNullable<HeadFile["calibration"]>): Pick<Head, "temperature" | "priorShift"> => ({
  temperature,
  ...(priorShift === undefined ? {} : { priorShift: Float64Array.from(priorShift) }),
});

function modelFrom({ floats }: TensorShelf, { labels, mlp, encoder: { width } }: HeadFile): Head {
  const standardizer = { mean: floats("mean", width), factor: floats("factor", width) };
  if (mlp === undefined) {
    const k = logitCount(labels.length);
    const weights = matrix(k, width, floats("weights", k, width));
    return { kind: "logistic", labels, standardizer, weights, bias: floats("bias", k) };
  }
  const widths = [width, ...mlp.hidden, labels.length];
  const layers = widths.slice(1).map((units, i) => ({
    weights: matrix(widths[i], units, floats(`layers.${i}.weights`, widths[i], units)),
    bias: floats(`layers.${i}.bias`, units),
  }));
  return { kind: "mlp", labels, standardizer, activation: mlp.activation, layers };
}

/** Probabilities are float64 numbers that were rounded once for each label. */
const SUM_TOLERANCE = 1e-6;

function predictionsFrom(
  { doubles, integers, invalid }: TensorShelf,
  { labels: { length: classes }, calibration }: HeadFile,
): DevPredictions | undefined {
  if (calibration === undefined) return undefined;
  const rows = calibration.keptPredictions;
  const probabilities = doubles("dev.probabilities", rows, classes);
  const truth = integers("dev.truth", rows);
  if (truth.some((c) => c < 0 || c >= classes))
    throw invalid('the tensor "dev.truth" has labels that the head has not');
  for (let r = 0; r < rows; r++) {
    const own = probabilities.subarray(r * classes, (r + 1) * classes);
    const sum = own.reduce((all, p) => all + p, 0);
    if (own.every((p) => p >= 0 && p <= 1 + SUM_TOLERANCE) && Math.abs(sum - 1) <= SUM_TOLERANCE) continue;
    throw invalid(`the tensor "dev.probabilities" has a row ${r + 1} of no probabilities, with the sum ${sum}`);
  }
  return { classes, probabilities, truth };
}
