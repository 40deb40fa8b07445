import { adamwInto, adamwRowsInto, type Step } from "../../math/adamw.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import type { Random } from "../../math/random.js";
import type { RowProducts } from "../../onnx/runtime/gemm.js";
import { dropoutMask } from "./dropout.js";
import { lossOf } from "./loss.js";
import { ownWeights, unitsOf, type TaggerNetwork } from "./network.js";
import { rowGradients, type RowGradients } from "./rowGradients.js";
import { scalarMixGradients, scalarMix } from "./scalarMix.js";
import { addFeatures, unitSums } from "./units.js";

/** Sentences that are learned from together. */
export interface NetworkBatch {
  /** `[words, width]`, standardized. */
  readonly x: Matrix;
  /** Of each sentence's first word, and the number of words at the end. */
  readonly offsets: Int32Array;
  /** Rows in the table of features of every word. */
  readonly features: readonly Int32Array[];
  /** Rows in the table of cues of every word. */
  readonly cues: readonly Int32Array[];
  /** Tag of every word. */
  readonly tags: Int32Array;
}

interface TrainingStep extends Step {
  readonly products: RowProducts;
  /** Share of hidden units that are left out at each word. */
  readonly dropout: number;
  readonly random: Random;
}

/** One training step: loss of the batch, backpropagation, optimizer; writes `network`. @returns the mean loss */
export async function trainStep(network: TaggerNetwork, batch: NetworkBatch, step: TrainingStep): Promise<number> {
  const { shape } = network;
  const pass = await forwardPass(network, batch, step);
  const { loss, gradients: crf } = lossOf(network, batch, pass.emissions);
  const gradients = await backwardPass(network, batch, {
    active: pass.active,
    scores: Float32Array.from(crf.emissions),
    products: step.products,
  });
  moveInputs(network, gradients.inputs, step);
  adamwInto(network.bias, gradients.bias, step);
  adamwRowsInto(network.features, gradients.features, step);
  adamwRowsInto(network.cues, gradients.cues, step);
  if (shape.hidden > 0) {
    adamwInto(network.output, gradients.output, step);
    adamwInto(network.outputBias, gradients.outputBias, step);
  }
  if (shape.crf) for (const name of ["transitions", "start", "end"] as const) adamwInto(network[name], crf[name], step);
  return loss;
}

function moveInputs(network: TaggerNetwork, inputGradients: Float32Array, step: Step): void {
  if (!network.shape.mixed) return adamwInto(network.inputs, inputGradients, step);
  const gradients = scalarMixGradients(ownWeights(network), network.mix.values, inputGradients);
  adamwInto(network.inputs, gradients.weights, step);
  adamwInto(network.mix, gradients.mix, step);
}

/** The hidden layer of some words. */
interface Active {
  /** `[words, units]`, after activation and dropout. */
  readonly units: Matrix;
  /** `[words, units]`, derivatives of these by the sums before: 0 where a unit is off or left out. */
  readonly derivatives: Float32Array;
}

interface Pass {
  /** Undefined for a linear tagger. */
  readonly active: Active | undefined;
  /** `[words, tags]` */
  readonly emissions: Float64Array;
}

async function forwardPass(
  network: TaggerNetwork,
  { x, offsets, features, cues }: NetworkBatch,
  { products, dropout, random }: TrainingStep,
): Promise<Pass> {
  const { hidden, contextWindow, mixed } = network.shape;
  const weights = mixed ? scalarMix(ownWeights(network), network.mix.values).data : network.inputs.values;
  const moved = (await products.forward(x, weights, rowsOf(network))) as Float32Array;
  const bias = network.bias.values;
  const sums = unitSums({ offsets, moved, contextWindow, bias, cues: network.cues.values, rows: cues });
  const active = hidden === 0 ? undefined : activate(sums, { hidden, dropout, random });
  const emissions = active === undefined ? sums : await tagScores(network, active.units, products);
  addFeatures(emissions, network.features.values, { rows: features, tags: network.shape.tags });
  return { active, emissions };
}

/** What hidden units give on: nothing of those that are off or left out, and more of the others for these. */
function activate(
  sums: Float64Array,
  { hidden, dropout, random }: { readonly hidden: number; readonly dropout: number; readonly random: Random },
): Active {
  const units = matrix(sums.length / hidden, hidden);
  const derivatives = new Float32Array(sums.length);
  const { factors, draw } = dropoutMask(dropout, { width: hidden, random });
  for (let row = 0, at = 0; row < units.rows; row++) {
    for (let u = 0, kept = draw(); u < hidden; u++, at++, kept++) {
      derivatives[at] = sums[at] > 0 ? factors[kept] : 0;
      units.data[at] = derivatives[at] * sums[at];
    }
  }
  return { units, derivatives };
}

/** Scores of every tag at every word from its hidden units, `[words, tags]`. */
async function tagScores(
  { shape: { tags }, output, outputBias }: TaggerNetwork,
  units: Matrix,
  products: RowProducts,
): Promise<Float64Array> {
  const scores = Float64Array.from(await products.forward(units, output.values, tags));
  for (let at = 0; at < scores.length; at++) scores[at] += outputBias.values[at % tags];
  return scores;
}

interface Gradients {
  /** Of the weights for all layers side by side. */
  readonly inputs: Float32Array;
  readonly bias: Float64Array;
  readonly features: RowGradients;
  readonly cues: RowGradients;
  readonly output: Float32Array;
  readonly outputBias: Float64Array;
}

async function backwardPass(
  network: TaggerNetwork,
  { x, offsets, features, cues }: NetworkBatch,
  {
    active,
    scores,
    products,
  }: Pick<Pass, "active"> & {
    /** Gradients of the emissions. */
    readonly scores: Float32Array;
    readonly products: RowProducts;
  },
): Promise<Gradients> {
  const { tags, contextWindow } = network.shape;
  const width = unitsOf(network.shape);
  const own = active === undefined ? scores : await unitGradients(network, { scores, ...active }, products);
  const output = active === undefined ? new Float32Array(0) : await products.backward(scores, tags, active.units);
  const spread = spreadGradients(own, offsets, { units: width, contextWindow });
  return {
    inputs: (await products.backward(spread, rowsOf(network), x)) as Float32Array,
    bias: columnSums(own, width),
    features: rowGradients(features, scores, { size: network.shape.features, width: tags }),
    cues: rowGradients(cues, own, { size: network.shape.cues, width }),
    output: output as Float32Array,
    outputBias: columnSums(active === undefined ? [] : scores, tags),
  };
}

/** Gradients of the sums that hidden units get, `[words, units]`. */
async function unitGradients(
  { shape: { tags, hidden }, output }: TaggerNetwork,
  { scores, derivatives }: { readonly scores: Float32Array; readonly derivatives: Float32Array },
  products: RowProducts,
): Promise<Float32Array> {
  const turned = new Float32Array(hidden * tags);
  for (let u = 0, at = 0; u < hidden; u++)
    for (let tag = 0; tag < tags; tag++, at++) turned[at] = output.values[tag * hidden + u];
  const gradients = await products.forward(matrix(scores.length / tags, tags, scores), turned, hidden);
  for (let at = 0; at < derivatives.length; at++) gradients[at] *= derivatives[at];
  return gradients as Float32Array;
}

/** Rows of the weights of what comes in. */
const rowsOf = ({ shape }: TaggerNetwork): number => (2 * shape.contextWindow + 1) * unitsOf(shape);

function columnSums(data: ArrayLike<number>, cols: number): Float64Array {
  const sums = new Float64Array(cols);
  for (let at = 0; at < data.length;) for (let c = 0; c < cols; c++, at++) sums[c] += data[at];
  return sums;
}

/** The gradients of a word's units, laid out as the product gave them: to each word what the words around it ask of it. */
function spreadGradients(
  gradients: Float32Array,
  offsets: Int32Array,
  { units, contextWindow }: { readonly units: number; readonly contextWindow: number },
): Float32Array {
  const all = (2 * contextWindow + 1) * units;
  const spread = new Float32Array((gradients.length / units) * all);
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let row = offsets[s]; row < offsets[s + 1]; row++) {
      const own = gradients.subarray(row * units, (row + 1) * units);
      for (let offset = -contextWindow; offset <= contextWindow; offset++) {
        const to = row + offset;
        if (to >= offsets[s] && to < offsets[s + 1]) spread.set(own, to * all + (offset + contextWindow) * units);
      }
    }
  }
  return spread;
}
