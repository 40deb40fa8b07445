import { HeadstartError, unreachable } from "../errors.js";
import { matrix } from "../math/matrix.js";
import type { Tensor } from "../tensors/safetensors.js";
import type { BagOfWords } from "./bagOfWords.js";
import { kept, type DevAnswers } from "./devAnswers.js";
import { headWidth, type Head } from "./head.js";
import type { HeadFile } from "./headFile.js";
import type { Activation } from "./mlpGraph.js";

/** What of a head is numbers. */
export interface HeadNumbers {
  readonly head: Head;
  readonly bagOfWords: BagOfWords;
  /** Absent where the head was never calibrated. */
  readonly devAnswers?: DevAnswers;
}

const float = (data: Float32Array, ...shape: number[]): Tensor => ({ dtype: "F32", shape, data });

/** A head with its baseline and its answers on dev rows, as the tensors of `head.safetensors`. */
export function headTensors({ head, bagOfWords, devAnswers }: HeadNumbers): Map<string, Tensor> {
  return new Map([...tensorsOf(head, bagOfWords), ...(devAnswers === undefined ? [] : answerTensors(devAnswers))]);
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

function answerTensors(answers: DevAnswers): [string, Tensor][] {
  const { labels, probabilities, truth } = kept(answers);
  return [
    ["dev.probabilities", { dtype: "F64", shape: [truth.length, labels], data: probabilities }],
    ["dev.truth", { dtype: "I32", shape: [truth.length], data: truth }],
  ];
}

/**
 * What headTensors() wrote.
 *
 * @param file  where the tensors come from, for messages
 * @throws HeadstartError E_HEAD_INVALID naming the tensor that is missing or of another shape
 */
export function headFromTensors(tensors: ReadonlyMap<string, Tensor>, headFile: HeadFile, file: string): HeadNumbers {
  const { labels, encoder, mlp, calibration } = headFile;
  const devAnswers = answersFrom(tensors, headFile, file);
  const k = labels.length === 2 ? 1 : labels.length;
  const take = (name: string, dtype: "F32" | "I32", shape: readonly (number | undefined)[]): Tensor => {
    const t = tensors.get(name);
    if (
      t?.dtype === dtype &&
      t.shape.length === shape.length &&
      shape.every((d, i) => d === undefined || d === t.shape[i])
    )
      return t;
    const found = t === undefined ? "is missing" : `is ${t.dtype} [${t.shape.join(", ")}]`;
    throw new HeadstartError(
      "E_HEAD_INVALID",
      `${file}: the tensor "${name}" ${found}, expected ${dtype} [${shape.map((d) => d ?? "any").join(", ")}]. Train the head again`,
      { file },
    );
  };
  const floats = (name: string, ...shape: (number | undefined)[]): Float32Array =>
    take(name, "F32", shape).data as Float32Array;
  const hashes = take("bag_of_words.hashes", "I32", [undefined]).data as Int32Array;
  const standardizer = { mean: floats("mean", encoder.width), factor: floats("factor", encoder.width) };
  const logistic = (): Head => ({
    kind: "logistic",
    labels,
    standardizer,
    weights: matrix(k, encoder.width, floats("weights", k, encoder.width)),
    bias: floats("bias", k),
  });
  const perceptron = ({ hidden, activation }: { hidden: readonly number[]; activation: Activation }): Head => {
    const widths = [encoder.width, ...hidden, labels.length];
    const layers = widths.slice(1).map((width, i) => ({
      weights: matrix(widths[i], width, floats(`layers.${i}.weights`, widths[i], width)),
      bias: floats(`layers.${i}.bias`, width),
    }));
    return { kind: "mlp", labels, standardizer, activation, layers };
  };
  return {
    head: {
      ...(mlp === undefined ? logistic() : perceptron(mlp)),
      ...(calibration === undefined ? {} : { temperature: calibration.temperature }),
    },
    bagOfWords: {
      labels,
      hashes,
      idf: floats("bag_of_words.idf", hashes.length),
      weights: matrix(k, hashes.length, floats("bag_of_words.weights", k, hashes.length)),
      bias: floats("bag_of_words.bias", k),
    },
    ...(devAnswers === undefined ? {} : { devAnswers }),
  };
}

function answersFrom(
  tensors: ReadonlyMap<string, Tensor>,
  { labels: { length: labels }, calibration }: HeadFile,
  file: string,
): DevAnswers | undefined {
  if (calibration === undefined) return undefined;
  const [probabilities, truth] = [tensors.get("dev.probabilities"), tensors.get("dev.truth")];
  const rows = calibration.keptAnswers;
  const fits = probabilities?.dtype === "F64" && probabilities.data.length === rows * labels;
  if (fits && truth?.dtype === "I32" && truth.data.length === rows && truth.data.every((c) => c >= 0 && c < labels)) {
    return { labels, probabilities: probabilities.data, truth: truth.data };
  }
  const message = `${file}: its answers on dev rows are missing or not ${rows} rows of ${labels}. Train the head again`;
  throw new HeadstartError("E_HEAD_INVALID", message, { file });
}
