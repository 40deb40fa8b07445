import { adamwInto, type Parameter, type Step } from "../../math/adamw.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import type { Random } from "../../math/random.js";
import { logSumExp } from "../../math/softmax.js";
import type { RowProducts } from "../../onnx/runtime/gemm.js";
import { crfLossInto, unconstrainedCrf, type CrfWeights, type CrfGradients, type Emissions } from "./crf.js";
import { dropoutMask } from "./dropout.js";
import { ownWeights, unitsOf, type TaggerNetwork } from "./network.js";
import { scalarMixGradients, scalarMix } from "./scalarMix.js";
import { addMoved, addRows, outputInto } from "./tagger.js";

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
  const units = unitsOf(shape);
  const rows = (2 * shape.contextWindow + 1) * units;
  const weights = shape.mixed ? scalarMix(ownWeights(network), network.mix.values).data : network.inputs.values;
  const moved = (await step.products.forward(batch.x, weights, rows)) as Float32Array;
  const pass = forwardPass(network, batch, { moved, ...step });
  const { loss, crfWeights } = lossOf(network, batch, pass.emissions);
  const gradients = backwardPass(network, batch, { ...pass, ...step });
  const spread = spreadGradients(gradients.units, batch.offsets, { units, contextWindow: shape.contextWindow });
  const inputGradients = (await step.products.backward(spread, rows, batch.x)) as Float32Array;
  moveInputs(network, inputGradients, step);
  adamwInto(network.bias, gradients.bias, step);
  moveRows(network.features, gradients.features, { ...step, width: shape.tags });
  moveRows(network.cues, gradients.cues, { ...step, width: units });
  if (shape.hidden > 0) {
    adamwInto(network.output, gradients.output, step);
    adamwInto(network.outputBias, gradients.outputBias, step);
  }
  if (shape.crf)
    for (const name of ["transitions", "start", "end"] as const) adamwInto(network[name], crfWeights[name], step);
  return loss;
}

/** Moves those rows of a table that the batch touched. */
function moveRows(table: Parameter, gradients: RowGradients, step: Step & { readonly width: number }): void {
  for (const [row, gradient] of gradients) adamwInto(table, gradient, { ...step, from: row * step.width });
}

type RowGradients = ReadonlyMap<number, Float64Array>;

function moveInputs(network: TaggerNetwork, inputGradients: Float32Array, step: Step): void {
  if (!network.shape.mixed) return adamwInto(network.inputs, inputGradients, step);
  const gradients = scalarMixGradients(ownWeights(network), network.mix.values, inputGradients);
  adamwInto(network.inputs, gradients.weights, step);
  adamwInto(network.mix, gradients.mix, step);
}

interface Pass {
  /** `[words, units]`, before the activation; the units themselves of a linear tagger. */
  readonly values: Float64Array;
  /** `[words, units]`, 0 where a unit is left out, else what makes up for the others. */
  readonly keep: Float32Array | undefined;
  /** `[words, tags]`; the loss replaces them by its gradients. */
  readonly emissions: Float64Array;
}

function forwardPass(
  network: TaggerNetwork,
  { offsets, features, cues }: NetworkBatch,
  { moved, dropout, random }: { readonly moved: Float32Array; readonly dropout: number; readonly random: Random },
): Pass {
  const { tags, hidden, contextWindow } = network.shape;
  const units = unitsOf(network.shape);
  const words = features.length;
  const values = new Float64Array(words * units);
  const emissions = new Float64Array(words * tags);
  const keep = hidden === 0 ? undefined : new Float32Array(words * units);
  const output = {
    weights: matrix(hidden === 0 ? 0 : tags, units, network.output.values),
    bias: network.outputBias.values,
  };
  const active = new Float64Array(units);
  const mask = dropoutMask(dropout, random);
  for (let s = 0; s + 1 < offsets.length; s++) {
    const sentence = { from: offsets[s], words: offsets[s + 1] - offsets[s], contextWindow };
    for (let i = 0; i < sentence.words; i++) {
      const row = offsets[s] + i;
      const own = values.subarray(row * units, (row + 1) * units);
      own.set(network.bias.values);
      addMoved(own, moved, { ...sentence, i });
      addRows(own, network.cues.values, cues[row]);
      const out = emissions.subarray(row * tags, (row + 1) * tags);
      if (keep === undefined) out.set(own);
      else {
        const kept = mask.draw(units);
        keep.set(kept, row * units);
        activeInto(active, own, kept);
        outputInto(out, active, output);
      }
      addRows(out, network.features.values, features[row]);
    }
  }
  return { values, keep, emissions };
}

/** The hidden units that are above zero and not left out. */
function activeInto(active: Float64Array, values: Float64Array, kept: Float32Array): void {
  for (let u = 0; u < active.length; u++) active[u] = values[u] > 0 ? kept[u] * values[u] : 0;
}

/** Mean loss of the batch's words; `emissions` are replaced by its gradients. */
function lossOf(
  network: TaggerNetwork,
  { offsets, tags }: NetworkBatch,
  emissions: Float64Array,
): { loss: number; crfWeights: CrfGradients } {
  const k = network.shape.tags;
  const crfWeights: CrfWeights = {
    tags: k,
    transitions: Float64Array.from(network.transitions.values),
    start: Float64Array.from(network.start.values),
    end: Float64Array.from(network.end.values),
  };
  const gradients: CrfGradients = { ...unconstrainedCrf(k), emissions: new Float64Array(emissions.length) };
  let loss = 0;
  for (let s = 0; s + 1 < offsets.length; s++) {
    const own = { data: emissions, at: offsets[s] * k, words: offsets[s + 1] - offsets[s] };
    const path = tags.subarray(offsets[s], offsets[s + 1]);
    loss += network.shape.crf
      ? crfLossInto(gradients, crfWeights, { emissions: own, path })
      : wordLossInto(gradients.emissions, own, { path, tags: k });
  }
  const share = 1 / tags.length;
  for (let i = 0; i < emissions.length; i++) emissions[i] = gradients.emissions[i] * share;
  for (const list of [gradients.transitions, gradients.start, gradients.end])
    list.forEach((x, i) => (list[i] = x * share));
  return { loss: loss * share, crfWeights: gradients };
}

/**
 * Log loss of every word's tag by itself, summed over a sentence; its gradients go to `gradients` from the sentence's place on.
 *
 * @returns the loss
 */
function wordLossInto(
  gradients: Float64Array,
  { data, at, words }: Emissions,
  { path, tags }: { readonly path: Int32Array; readonly tags: number },
): number {
  let loss = 0;
  for (let i = 0; i < words; i++) {
    const start = at + i * tags;
    const total = logSumExp(data, start, tags);
    for (let tag = 0; tag < tags; tag++) gradients[start + tag] = Math.exp(data[start + tag] - total);
    gradients[start + path[i]]--;
    loss += total - data[start + path[i]];
  }
  return loss;
}

interface Gradients {
  /** `[words, units]` */
  readonly units: Float64Array;
  readonly bias: Float64Array;
  readonly features: RowGradients;
  readonly cues: RowGradients;
  readonly output: Float64Array;
  readonly outputBias: Float64Array;
}

function backwardPass(
  network: TaggerNetwork,
  { features, cues }: NetworkBatch,
  { values, keep, emissions }: Pass,
): Gradients {
  const { tags, hidden } = network.shape;
  const units = unitsOf(network.shape);
  const output = new Float64Array(tags * hidden);
  const outputBias = new Float64Array(hidden === 0 ? 0 : tags);
  const own = new Float64Array(values.length);
  const bias = new Float64Array(units);
  const tables = { features: new Map<number, Float64Array>(), cues: new Map<number, Float64Array>() };
  const active = new Float64Array(units);
  for (let row = 0; row < features.length; row++) {
    const gradient = own.subarray(row * units, (row + 1) * units);
    const e = emissions.subarray(row * tags, (row + 1) * tags);
    if (keep === undefined) gradient.set(e);
    else {
      const [mine, kept] = [values.subarray(row * units), keep.subarray(row * units)];
      activeInto(active, mine, kept);
      outputGradientsInto({ output, outputBias, gradient }, { e, active, weights: network.output.values });
      for (let u = 0; u < units; u++) gradient[u] = mine[u] > 0 ? kept[u] * gradient[u] : 0;
    }
    for (let u = 0; u < units; u++) bias[u] += gradient[u];
    addToRows(tables.features, features[row], e);
    addToRows(tables.cues, cues[row], gradient);
  }
  return { units: own, bias, ...tables, output, outputBias };
}

/** Adds a word's gradients: of the weights from hidden units to tags, of their bias, and of the hidden units. */
function outputGradientsInto(
  { output, outputBias, gradient }: { output: Float64Array; outputBias: Float64Array; gradient: Float64Array },
  { e, active, weights }: { readonly e: Float64Array; readonly active: Float64Array; readonly weights: Float32Array },
): void {
  for (let k = 0, at = 0; k < e.length; k++) {
    const own = e[k];
    outputBias[k] += own;
    for (let u = 0; u < active.length; u++, at++) {
      output[at] += own * active[u];
      gradient[u] += own * weights[at];
    }
  }
}

function addToRows(table: Map<number, Float64Array>, rows: Int32Array, gradient: Float64Array): void {
  for (const row of rows) {
    let sum = table.get(row);
    if (sum === undefined) table.set(row, (sum = new Float64Array(gradient.length)));
    for (let u = 0; u < gradient.length; u++) sum[u] += gradient[u];
  }
}

/** The gradients of a word's units, laid out as the product gave them: to each word what the words around it ask of it. */
function spreadGradients(
  gradients: Float64Array,
  offsets: Int32Array,
  { units, contextWindow }: { readonly units: number; readonly contextWindow: number },
): Float32Array {
  const all = (2 * contextWindow + 1) * units;
  const spread = new Float32Array((gradients.length / units) * all);
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let row = offsets[s]; row < offsets[s + 1]; row++) {
      for (let offset = -contextWindow; offset <= contextWindow; offset++) {
        const to = row + offset;
        if (to < offsets[s] || to >= offsets[s + 1]) continue;
        spread.set(gradients.subarray(row * units, (row + 1) * units), to * all + (offset + contextWindow) * units);
      }
    }
  }
  return spread;
}
