import type { EncoderPorts } from "../onnx/model/encoderGraph.js";
import type { Session } from "../onnx/runtime/session.js";
import type { ModelStore } from "./modelCache.js";
import type { Pooling } from "../math/pooling.js";
import type { PieceTokenizer, Tokenizer } from "./tokenizer/tokenizer.js";

export type Precision = "fp32" | "int8";

/** How a text's vector is made: of its token vectors, or by the model itself, which gives one for a whole text. */
export type EncoderPooling = Pooling | "model";

export interface EncoderOptions {
  /** Use what is on this machine only. @default false */
  readonly offline?: boolean | undefined;
  /** @default what the model's own files say, else the model's own vectors of texts where it gives them, else mean */
  readonly pooling?: EncoderPooling | undefined;
  /** Scale vectors to length 1. @default what the model's own files say, else true, but for vectors that the model makes */
  readonly normalize?: boolean | undefined;
  /** Tokens of a text, special ones included. @default the smallest limit in the model's files */
  readonly maxTokens?: number | undefined;
  /** Put before every text. @default what the model's own files say */
  readonly prompt?: string | undefined;
  /** Take the hidden states after this layer, 0 being the embeddings. @default the last layer's */
  readonly layer?: number | undefined;
  /**
   * Give the vectors of every token after these layers, for tagging, 0 being the embeddings. `spread` is the last layer,
   * the middle one and the embeddings, or the last alone (as layer -1) where the model does not name its layers.
   * @default what pooling needs
   */
  readonly layers?: readonly number[] | "spread" | undefined;
  /** The ONNX file to read, relative to the encoder's folder, where it has several. @default one with a usual name */
  readonly modelFile?: string | undefined;
  /** Precision of the computation. @default that of the model's file */
  readonly precision?: Precision | undefined;
  /** Where models rewritten to int8 are kept between runs. @default nowhere: they are rewritten at every load */
  readonly models?: ModelStore | undefined;
  /** Threads of the encoder altogether. @default as many as the machine has cores */
  readonly threads?: number | undefined;
  /** Aborts downloads. */
  readonly signal?: AbortSignal | undefined;
  /** Called as downloads progress. */
  readonly onDownload?:
    ((progress: { readonly file: string; readonly received: number; readonly total: number }) => void) | undefined;
}

/** What embedding needs of an encoder. */
export interface EmbeddingEncoder {
  /** As the user named it. */
  readonly name: string;
  readonly path: string;
  /** Length of a vector. */
  readonly width: number;
  readonly pooling: EncoderPooling;
  readonly normalize: boolean;
  /** Whether a text's vector may change with its batch; then every text goes through alone. */
  readonly dependsOnBatch: boolean;
  readonly tokenizer: Tokenizer;
  readonly ports: EncoderPorts & {
    /** Of how many tokens of a text, from the first, the model gives vectors. */
    readonly tokens: number;
  };
  readonly session: Session;
}

/** A frozen encoder, ready to embed. */
export interface Encoder extends EmbeddingEncoder {
  readonly tokenizer: PieceTokenizer;
  readonly ports: EmbeddingEncoder["ports"] & {
    /** Outputs with the token vectors of the layers that were asked for, in their order. */
    readonly states: readonly string[];
  };
  /** Whose token vectors `ports.states` gives, 0 being the embeddings; undefined where pooled vectors are given. */
  readonly layers: readonly number[] | undefined;
  /** Where it came from: the package, a folder, the hub, or a file of word vectors. */
  readonly kind: "built-in" | "local" | "hub" | "file";
  /** Whether a token has one vector, whatever its neighbors: word vectors, or a table of token vectors. */
  readonly isStatic: boolean;
  /** sha256 of everything that decides a vector: weights, tokenizer, pooling, limits, layer, precision. */
  readonly fingerprint: string;
  readonly maxTokens: number;
  readonly prompt: string;
  /** Which hidden states are pooled; undefined for the last layer's. */
  readonly layer: number | undefined;
  /** The highest that the option `layer` takes; undefined where it takes none: the model has no layers, or does not name them. */
  readonly lastLayer: number | undefined;
  readonly precision: Precision;
  /** The ONNX file, where one was asked for by name. */
  readonly modelFile?: string | undefined;
  /** What was decided and why, a line each. */
  readonly decisions: readonly string[];
  close(): Promise<void>;
}
