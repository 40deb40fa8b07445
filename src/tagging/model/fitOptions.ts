import type { WithDefaults } from "../../defaults.js";
import type { SubwordPooling } from "../vectors/subwords.js";
import type { Tagger } from "./tagger.js";
import { ALL_SURFACE_FEATURES, type SurfaceFeatureOptions } from "./wordFeatures.js";

export interface FitTaggerOptions {
  /** Labels of entities; a word of another label counts as outside. */
  readonly labels: readonly string[];
  /** @default "mlp" */
  readonly kind?: "linear" | "mlp" | undefined;
  /** Hidden units of an MLP. @default 128 */
  readonly hidden?: number | undefined;
  /** Learn how likely each tag is to follow each other. @default true */
  readonly crf?: boolean | undefined;
  /** Words to either side whose vectors count too. @default 1 */
  readonly contextWindow?: number | undefined;
  /** @default all of it */
  readonly surfaceFeatures?: SurfaceFeatureOptions | undefined;
  /** Layers side by side, or averaged with learned weights. @default "concat" */
  readonly layers?: "concat" | "mix" | undefined;
  /** How many layers stand side by side in a vector, for the mix. @default 1 */
  readonly layerCount?: number | undefined;
  /** How the vectors were made; for the tagger. @default "first" */
  readonly subwordPooling?: SubwordPooling | undefined;
  /** Networks of the ensemble, trained from different seeds and then averaged. @default 3 */
  readonly ensemble?: number | undefined;
  /** Times that all sentences are seen, at most. @default 20 */
  readonly epochs?: number | undefined;
  /** Words learned from together, about. @default 512 */
  readonly batchWords?: number | undefined;
  /** @default 1e-3 */
  readonly learningRate?: number | undefined;
  /** @default 0.01 */
  readonly weightDecay?: number | undefined;
  /** Share of hidden units left out at each word. @default 0.3 */
  readonly dropout?: number | undefined;
  /** Share of the vectors' numbers left out at each word. @default 0.2 */
  readonly inputDropout?: number | undefined;
  /** Share of the surface features left out at each word. @default 0.2 */
  readonly featureDropout?: number | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every step: sentences learned from so far by all networks together, and how many it will be at most. */
  readonly onStep?: ((progress: { readonly done: number; readonly atMost: number }) => void) | undefined;
  /** Called after every epoch, with the tagger as it then is; "stop" ends the training. */
  readonly onEpoch?: ((epoch: TaggerEpoch) => Promise<"stop" | undefined>) | undefined;
}

export interface TaggerEpoch {
  /** Counted from 1. */
  readonly number: number;
  /** Mean loss of a word while it was learned. */
  readonly loss: number;
  /** With the moving average of the weights, which is steadier than the last ones. */
  readonly tagger: () => Tagger;
  readonly layerWeights: readonly number[] | undefined;
}

export const FIT_DEFAULTS = {
  kind: "mlp",
  hidden: 128,
  crf: true,
  contextWindow: 1,
  surfaceFeatures: ALL_SURFACE_FEATURES,
  layers: "concat",
  layerCount: 1,
  subwordPooling: "first",
  ensemble: 3,
  epochs: 20,
  batchWords: 512,
  learningRate: 1e-3,
  weightDecay: 0.01,
  dropout: 0.3,
  inputDropout: 0.2,
  featureDropout: 0.2,
  seed: 1,
} as const satisfies Omit<FitTaggerOptions, "labels">;

/** With all defaults. */
export type FitSettings = WithDefaults<typeof FIT_DEFAULTS, FitTaggerOptions>;
