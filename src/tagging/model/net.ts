import { matrix, type Matrix } from "../../math/matrix.js";
import type { Random } from "../../math/random.js";
import { softmax } from "../../math/softmax.js";
import type { RowProducts } from "../../onnx/runtime/gemm.js";
import { adamwInto, parameter, type Parameter, type Step } from "../../math/adamw.js";
import { chainLossInto, freeChain, type Chain, type ChainSlopes } from "./crf.js";
import { mixedSlopes, mixLayers } from "./scalarMix.js";
import { addMoved, addRows, outputInto } from "./tagger.js";
import { dropoutMask } from "./dropout.js";
import { wordLossInto } from "./tokenLoss.js";

/** The shape of what is learnt. */
export interface NetShape {
  readonly tags: number;
  /** Length of a word's vector, all layers together. */
  readonly width: number;
  /** Layers side by side in a word's vector, of one width. */
  readonly layers: number;
  /** Whether layers share their weights up to one learnt number each. */
  readonly mixed: boolean;
  readonly reach: number;
  /** 0 for a linear tagger. */
  readonly hidden: number;
  /** Features of writing that speak to the tags. */
  readonly features: number;
  /** Features of writing that speak to the hidden units. */
  readonly cues: number;
  readonly crf: boolean;
}

/** What of a net is learnt. */
export const LEARNT = [
  "inputs",
  "mix",
  "bias",
  "features",
  "cues",
  "output",
  "outputBias",
  "transitions",
  "start",
  "end",
] as const;

/** All that is learnt, with the optimizer's memory. */
export interface Net {
  readonly shape: NetShape;
  /** `[(2 reach + 1) * units, width]`, or `width / layers` where layers are mixed. */
  readonly inputs: Parameter;
  readonly mix: Parameter;
  readonly bias: Parameter;
  readonly features: Parameter;
  readonly cues: Parameter;
  readonly output: Parameter;
  readonly outputBias: Parameter;
  readonly transitions: Parameter;
  readonly start: Parameter;
  readonly end: Parameter;
}

export const unitsOf = ({ hidden, tags }: NetShape): number => (hidden === 0 ? tags : hidden);

/** Small random weights (Glorot and Bengio's scale) before a hidden layer, zeros elsewhere. */
export function newNet(shape: NetShape, random: Random): Net {
  const units = unitsOf(shape);
  const rows = (2 * shape.reach + 1) * units;
  const width = shape.mixed ? shape.width / shape.layers : shape.width;
  const uniform = (length: number, limit: number): Float32Array =>
    Float32Array.from({ length }, () => limit * (2 * random() - 1));
  const zeros = (length: number): Float32Array => new Float32Array(length);
  const scale = shape.hidden === 0 ? 0 : Math.sqrt(6 / ((2 * shape.reach + 1) * shape.width + units));
  return {
    shape,
    inputs: parameter(uniform(rows * width, scale), { decays: true }),
    mix: parameter(zeros(shape.layers), { decays: false }),
    bias: parameter(zeros(units), { decays: false }),
    features: parameter(zeros(shape.features * shape.tags), { decays: true }),
    cues: parameter(zeros(shape.cues * units), { decays: true }),
    output: parameter(uniform(shape.tags * shape.hidden, Math.sqrt(6 / (shape.tags + units))), { decays: true }),
    outputBias: parameter(zeros(shape.hidden === 0 ? 0 : shape.tags), { decays: false }),
    transitions: parameter(zeros(shape.tags ** 2), { decays: false }),
    start: parameter(zeros(shape.tags), { decays: false }),
    end: parameter(zeros(shape.tags), { decays: false }),
  };
}

/** Sentences that are learnt from together. */
export interface NetBatch {
  /** `[words, width]`, standardised. */
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

export interface TrainingStep extends Step {
  readonly products: RowProducts;
  /** Share of hidden units that are left out at each word. */
  readonly dropout: number;
  readonly random: Random;
}

/** One step of learning: loss of the batch, its slopes, and the optimizer's move; writes `net`. @returns the mean loss */
export async function trainStep(net: Net, batch: NetBatch, step: TrainingStep): Promise<number> {
  const { shape } = net;
  const units = unitsOf(shape);
  const rows = (2 * shape.reach + 1) * units;
  const weights = shape.mixed ? mixLayers(ownWeights(net), net.mix.values).data : net.inputs.values;
  const moved = (await step.products.forward(batch.x, weights, rows)) as Float32Array;
  const pass = forwardPass(net, batch, { moved, ...step });
  const { loss, chain } = lossOf(net, batch, pass.emissions);
  const slopes = backwardPass(net, batch, { ...pass, ...step });
  const spread = spreadSlopes(slopes.units, batch.offsets, { units, reach: shape.reach });
  const pull = (await step.products.backward(spread, rows, batch.x)) as Float32Array;
  moveInputs(net, pull, step);
  adamwInto(net.bias, slopes.bias, step);
  moveRows(net.features, slopes.features, { ...step, width: shape.tags });
  moveRows(net.cues, slopes.cues, { ...step, width: units });
  if (shape.hidden > 0) {
    adamwInto(net.output, slopes.output, step);
    adamwInto(net.outputBias, slopes.outputBias, step);
  }
  if (shape.crf) for (const name of ["transitions", "start", "end"] as const) adamwInto(net[name], chain[name], step);
  return loss;
}

/** Moves those rows of a table that the batch touched. */
function moveRows(table: Parameter, slopes: RowSlopes, step: Step & { readonly width: number }): void {
  for (const [row, slope] of slopes) adamwInto(table, slope, { ...step, from: row * step.width });
}

type RowSlopes = ReadonlyMap<number, Float64Array>;

function moveInputs(net: Net, pull: Float32Array, step: Step): void {
  if (!net.shape.mixed) return adamwInto(net.inputs, pull, step);
  const slopes = mixedSlopes(ownWeights(net), net.mix.values, pull);
  adamwInto(net.inputs, slopes.weights, step);
  adamwInto(net.mix, slopes.mix, step);
}

const ownWeights = ({ shape, inputs }: Net): Matrix => {
  const width = shape.mixed ? shape.width / shape.layers : shape.width;
  return matrix(inputs.values.length / width, width, inputs.values);
};

interface Pass {
  /** `[words, units]`, before the activation; the units themselves of a linear tagger. */
  readonly values: Float64Array;
  /** `[words, units]`, 0 where a unit is left out, else what makes up for the others. */
  readonly keep: Float32Array | undefined;
  /** `[words, tags]`; the loss replaces them by its slopes. */
  readonly emissions: Float64Array;
}

function forwardPass(
  net: Net,
  { offsets, features, cues }: NetBatch,
  { moved, dropout, random }: { readonly moved: Float32Array; readonly dropout: number; readonly random: Random },
): Pass {
  const { tags, hidden, reach } = net.shape;
  const units = unitsOf(net.shape);
  const words = features.length;
  const values = new Float64Array(words * units);
  const emissions = new Float64Array(words * tags);
  const keep = hidden === 0 ? undefined : new Float32Array(words * units);
  const output = { weights: matrix(hidden === 0 ? 0 : tags, units, net.output.values), bias: net.outputBias.values };
  const active = new Float64Array(units);
  const mask = dropoutMask(dropout, random);
  for (let s = 0; s + 1 < offsets.length; s++) {
    const sentence = { from: offsets[s], words: offsets[s + 1] - offsets[s], reach };
    for (let i = 0; i < sentence.words; i++) {
      const row = offsets[s] + i;
      const own = values.subarray(row * units, (row + 1) * units);
      own.set(net.bias.values);
      addMoved(own, moved, { ...sentence, i });
      addRows(own, net.cues.values, cues[row]);
      const out = emissions.subarray(row * tags, (row + 1) * tags);
      if (keep === undefined) out.set(own);
      else {
        const kept = mask.draw(units);
        keep.set(kept, row * units);
        activeInto(active, own, kept);
        outputInto(out, active, output);
      }
      addRows(out, net.features.values, features[row]);
    }
  }
  return { values, keep, emissions };
}

/** The hidden units that are above zero and not left out. */
function activeInto(active: Float64Array, values: Float64Array, kept: Float32Array): void {
  for (let u = 0; u < active.length; u++) active[u] = values[u] > 0 ? kept[u] * values[u] : 0;
}

/** Mean loss of the batch's words; `emissions` are replaced by its slopes. */
function lossOf(net: Net, { offsets, tags }: NetBatch, emissions: Float64Array): { loss: number; chain: ChainSlopes } {
  const k = net.shape.tags;
  const chain: Chain = {
    tags: k,
    transitions: Float64Array.from(net.transitions.values),
    start: Float64Array.from(net.start.values),
    end: Float64Array.from(net.end.values),
  };
  const slopes: ChainSlopes = { ...freeChain(k), emissions: new Float64Array(emissions.length) };
  let loss = 0;
  for (let s = 0; s + 1 < offsets.length; s++) {
    const own = { data: emissions, at: offsets[s] * k, words: offsets[s + 1] - offsets[s] };
    const path = tags.subarray(offsets[s], offsets[s + 1]);
    loss += net.shape.crf
      ? chainLossInto(slopes, chain, { emissions: own, path })
      : wordLossInto(slopes.emissions, own, { path, tags: k });
  }
  const share = 1 / tags.length;
  for (let i = 0; i < emissions.length; i++) emissions[i] = slopes.emissions[i] * share;
  for (const list of [slopes.transitions, slopes.start, slopes.end]) list.forEach((x, i) => (list[i] = x * share));
  return { loss: loss * share, chain: slopes };
}

interface Slopes {
  /** `[words, units]` */
  readonly units: Float64Array;
  readonly bias: Float64Array;
  readonly features: RowSlopes;
  readonly cues: RowSlopes;
  readonly output: Float64Array;
  readonly outputBias: Float64Array;
}

function backwardPass(net: Net, { features, cues }: NetBatch, { values, keep, emissions }: Pass): Slopes {
  const { tags, hidden } = net.shape;
  const units = unitsOf(net.shape);
  const output = new Float64Array(tags * hidden);
  const outputBias = new Float64Array(hidden === 0 ? 0 : tags);
  const own = new Float64Array(values.length);
  const bias = new Float64Array(units);
  const tables = { features: new Map<number, Float64Array>(), cues: new Map<number, Float64Array>() };
  const active = new Float64Array(units);
  for (let row = 0; row < features.length; row++) {
    const slope = own.subarray(row * units, (row + 1) * units);
    const e = emissions.subarray(row * tags, (row + 1) * tags);
    if (keep === undefined) slope.set(e);
    else {
      const [mine, kept] = [values.subarray(row * units), keep.subarray(row * units)];
      activeInto(active, mine, kept);
      outputSlopesInto({ output, outputBias, slope }, { e, active, weights: net.output.values });
      for (let u = 0; u < units; u++) slope[u] = mine[u] > 0 ? kept[u] * slope[u] : 0;
    }
    for (let u = 0; u < units; u++) bias[u] += slope[u];
    addToRows(tables.features, features[row], e);
    addToRows(tables.cues, cues[row], slope);
  }
  return { units: own, bias, ...tables, output, outputBias };
}

/** Adds a word's slopes: of the weights from hidden units to tags, of their bias, and of the hidden units. */
function outputSlopesInto(
  { output, outputBias, slope }: { output: Float64Array; outputBias: Float64Array; slope: Float64Array },
  { e, active, weights }: { readonly e: Float64Array; readonly active: Float64Array; readonly weights: Float32Array },
): void {
  for (let k = 0, at = 0; k < e.length; k++) {
    const own = e[k];
    outputBias[k] += own;
    for (let u = 0; u < active.length; u++, at++) {
      output[at] += own * active[u];
      slope[u] += own * weights[at];
    }
  }
}

function addToRows(table: Map<number, Float64Array>, rows: Int32Array, slope: Float64Array): void {
  for (const row of rows) {
    let sum = table.get(row);
    if (sum === undefined) table.set(row, (sum = new Float64Array(slope.length)));
    for (let u = 0; u < slope.length; u++) sum[u] += slope[u];
  }
}

/** The slopes of a word's units, laid out as the product gave them: to each word what the words around it ask of it. */
function spreadSlopes(
  slopes: Float64Array,
  offsets: Int32Array,
  { units, reach }: { readonly units: number; readonly reach: number },
): Float32Array {
  const all = (2 * reach + 1) * units;
  const spread = new Float32Array((slopes.length / units) * all);
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let row = offsets[s]; row < offsets[s + 1]; row++) {
      for (let offset = -reach; offset <= reach; offset++) {
        const to = row + offset;
        if (to < offsets[s] || to >= offsets[s + 1]) continue;
        spread.set(slopes.subarray(row * units, (row + 1) * units), to * all + (offset + reach) * units);
      }
    }
  }
  return spread;
}

/** The weights for all layers side by side, as a tagger keeps them. */
export const inputWeights = (net: Net): Matrix =>
  net.shape.mixed ? mixLayers(ownWeights(net), net.mix.values) : ownWeights(net);

/** Share of every layer where they are mixed. */
export const layerShares = ({ shape, mix }: Net): readonly number[] | undefined =>
  shape.mixed ? [...softmax(mix.values, 0, shape.layers)] : undefined;
