import type { EncoderPorts } from "../onnx/encoderGraph.js";
import type { Session } from "../onnx/session.js";
import type { EncoderFolder } from "./locate.js";
import type { Pooling } from "./pooling.js";
import type { Tokenizer } from "./tokenizer.js";

export type Precision = "fp32" | "int8";

export interface EncoderOptions {
  /** Use what is on this machine only. @default false */
  readonly offline?: boolean;
  /** @default what the model's own files say, else mean */
  readonly pooling?: Pooling;
  /** Scale vectors to length 1. @default what the model's own files say, else true */
  readonly normalize?: boolean;
  /** Tokens of a text, special ones included. @default the smallest limit in the model's files */
  readonly maxTokens?: number;
  /** Put before every text. @default what the model's own files say */
  readonly prompt?: string;
  /** Take the hidden states after this layer, 0 being the embeddings. @default the last layer's */
  readonly layer?: number;
  /**
   * Give the vectors of every token after these layers, for tagging, 0 being the embeddings. `spread` is the last layer,
   * the middle one and the embeddings, or the last alone (as layer -1) where the model does not name its layers.
   * @default what pooling needs
   */
  readonly layers?: readonly number[] | "spread";
  /** Precision of the computation. @default that of the model's file */
  readonly precision?: Precision;
  /** Threads of the encoder altogether. @default as many as the machine has cores */
  readonly threads?: number;
  /** Aborts downloads. */
  readonly signal?: AbortSignal;
  /** Told of downloads as they go. */
  readonly onDownload?: (progress: {
    readonly file: string;
    readonly received: number;
    readonly total: number;
  }) => void;
}

/** A frozen encoder, ready to embed. */
export interface Encoder {
  /** As the user named it. */
  readonly name: string;
  readonly kind: EncoderFolder["kind"];
  readonly path: string;
  /** Length of a vector. */
  readonly width: number;
  /** sha256 of everything that decides a vector: weights, tokenizer, pooling, limits, layer, precision. */
  readonly fingerprint: string;
  readonly pooling: Pooling;
  readonly normalize: boolean;
  readonly maxTokens: number;
  readonly prompt: string;
  /** Which hidden states are pooled; undefined for the last layer's. */
  readonly layer: number | undefined;
  readonly precision: Precision;
  /** Whether a text's vector may change with its batch; then every text goes through alone. */
  readonly dependsOnBatch: boolean;
  /** What was decided and why, a line each. */
  readonly decisions: readonly string[];
  readonly tokenizer: Tokenizer;
  readonly ports: EncoderPorts & {
    /** Of how many tokens of a text, from the first, the model gives vectors. */
    readonly tokens: number;
    /** Outputs with the token vectors of the layers that were asked for, in their order. */
    readonly states: readonly string[];
  };
  /** Whose token vectors `ports.states` gives, 0 being the embeddings; undefined where pooled vectors are given. */
  readonly layers: readonly number[] | undefined;
  readonly session: Session;
  close(): Promise<void>;
}
