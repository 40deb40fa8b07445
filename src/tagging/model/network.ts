import { parameter, type Parameter } from "../../math/adamw.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import type { Random } from "../../math/random.js";
import { softmax } from "../../math/softmax.js";
import { scalarMix } from "./scalarMix.js";

/** The shape of what is learned. */
export interface NetworkShape {
  readonly tags: number;
  /** Length of a word's vector, all layers together. */
  readonly width: number;
  /** Layers side by side in a word's vector, of one width. */
  readonly layers: number;
  /** Whether layers share their weights but for one learned weight each (a scalar mix). */
  readonly mixed: boolean;
  readonly contextWindow: number;
  /** 0 for a linear tagger. */
  readonly hidden: number;
  /** Surface features that score the tags. */
  readonly features: number;
  /** Surface features that feed the hidden units. */
  readonly cues: number;
  readonly crf: boolean;
}

/** The learned parts of a network. */
export const LEARNED = [
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

/** All that is learned, with the optimizer's memory. */
export interface TaggerNetwork {
  readonly shape: NetworkShape;
  /** `[(2 contextWindow + 1) * units, width]`, or `width / layers` where layers are mixed. */
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

export const unitsOf = ({ hidden, tags }: NetworkShape): number => (hidden === 0 ? tags : hidden);

/** Small random weights (Glorot and Bengio's scale) before a hidden layer, zeros elsewhere. */
export function newNetwork(shape: NetworkShape, random: Random): TaggerNetwork {
  const units = unitsOf(shape);
  const rows = (2 * shape.contextWindow + 1) * units;
  const width = shape.mixed ? shape.width / shape.layers : shape.width;
  const uniform = (length: number, limit: number): Float32Array =>
    Float32Array.from({ length }, () => limit * (2 * random() - 1));
  const zeros = (length: number): Float32Array => new Float32Array(length);
  const scale = shape.hidden === 0 ? 0 : Math.sqrt(6 / ((2 * shape.contextWindow + 1) * shape.width + units));
  return {
    shape,
    inputs: parameter(uniform(rows * width, scale), { isDecayed: true }),
    mix: parameter(zeros(shape.layers), { isDecayed: false }),
    bias: parameter(zeros(units), { isDecayed: false }),
    features: parameter(zeros(shape.features * shape.tags), { isDecayed: true }),
    cues: parameter(zeros(shape.cues * units), { isDecayed: true }),
    output: parameter(uniform(shape.tags * shape.hidden, Math.sqrt(6 / (shape.tags + units))), { isDecayed: true }),
    outputBias: parameter(zeros(shape.hidden === 0 ? 0 : shape.tags), { isDecayed: false }),
    transitions: parameter(zeros(shape.tags ** 2), { isDecayed: false }),
    start: parameter(zeros(shape.tags), { isDecayed: false }),
    end: parameter(zeros(shape.tags), { isDecayed: false }),
  };
}

/** The weights of what comes in, as they are learned: one for all layers where they are mixed. */
export const ownWeights = ({ shape, inputs }: TaggerNetwork): Matrix => {
  const width = shape.mixed ? shape.width / shape.layers : shape.width;
  return matrix(inputs.values.length / width, width, inputs.values);
};

/** The weights for all layers side by side, as a tagger keeps them. */
export const inputWeights = (network: TaggerNetwork): Matrix =>
  network.shape.mixed ? scalarMix(ownWeights(network), network.mix.values) : ownWeights(network);

/** Weight of every layer where they are mixed. */
export const layerWeights = ({ shape, mix }: TaggerNetwork): readonly number[] | undefined =>
  shape.mixed ? [...softmax(mix.values, 0, shape.layers)] : undefined;

/** A running average of a network's weights, which is steadier than the last of them. */
export class MovingAverage {
  readonly network: TaggerNetwork;

  constructor(network: TaggerNetwork) {
    const copy = Object.fromEntries(
      LEARNED.map((name) => [name, { ...network[name], values: network[name].values.slice() }]),
    );
    this.network = { ...network, ...copy };
  }

  /** Moves towards `network`: `decay` of the average stays. */
  add(network: TaggerNetwork, decay: number): void {
    for (const name of LEARNED) {
      const [mine, theirs] = [this.network[name].values, network[name].values];
      for (let i = 0; i < mine.length; i++) mine[i] += (1 - decay) * (theirs[i] - mine[i]);
    }
  }
}
