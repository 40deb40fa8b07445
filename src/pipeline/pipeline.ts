import type { Evaluation } from "../metrics/classification.js";
import type { Explanation } from "../classification/explain.js";
import type { Prediction, SelectivePrediction } from "../classification/predict.js";
import type { Reliability } from "../classification/reliability.js";
import type { FittedRule } from "../classification/decision/fitRule.js";
import type { SelectiveGoal } from "../classification/decision/goal.js";
import type { MultiLabelPrediction } from "../classification/multiLabel/predict.js";
import type { ReadingCounts, TextReading } from "../embedding/textReading.js";
import type { EmbedCounts } from "../encoder/embed/embedded.js";
import type { MultiLabelEvaluation } from "../metrics/multiLabel.js";
import type { Span } from "../tagging/corpus/sentence.js";
import type { FoundEntity, TaggingEvaluation } from "../tagging/evaluate.js";
import type { TextEntities } from "../tagging/predict.js";
import type { ReadSummary, RowsOptions, Rows, TaggedRows } from "./rows.js";

/** What went through the encoder, or came from the cache instead. */
export interface EncodedCounts extends Pick<EmbedCounts, "tokens"> {
  readonly texts: number;
  /** Texts that needed no encoder. */
  readonly cached: number;
  /** Taggers: sentences longer than the encoder reads, taken in windows that overlap. */
  readonly windowed?: number | undefined;
  /** Taggers: words without subwords, or with some that were cut. */
  readonly cutWords?: number | undefined;
  /** Whether there is a cache. */
  readonly hasCache: boolean;
  /** How the encoder reads the texts, whether a cache had them or not. */
  readonly reading: TextReading;
}

/** What holds for every call that embeds texts. */
export interface CallOptions {
  /** Called after every batch; `done` counts texts of this call. */
  readonly onProgress?: ((progress: { readonly done: number }) => void) | undefined;
  /** Called once all texts have vectors. */
  readonly onEncoded?: ((counts: EncodedCounts) => void) | undefined;
  /** Aborts between batches. */
  readonly signal?: AbortSignal | undefined;
}

export interface ClassifierPredictOptions extends CallOptions {
  /** When to abstain, or what wrong predictions cost; see `SelectiveGoal`. @default never to abstain */
  readonly goal?: SelectiveGoal | undefined;
  /** Also give prediction sets that contain the true label at this rate, such as 0.9. @default no sets */
  readonly sets?: number | undefined;
  /** Also say which words each prediction rests on, and which training texts are nearest. @default false */
  readonly explain?: boolean | undefined;
}

export interface PipelineEvaluateOptions extends CallOptions, RowsOptions {
  /** @default 1 */
  readonly seed?: number | undefined;
  /** Called once the rows are read, before they are embedded. */
  readonly onRead?: ((corpus: ReadSummary) => void) | undefined;
}

export interface ClassifierEvaluateOptions extends PipelineEvaluateOptions {
  readonly goal?: SelectiveGoal | undefined;
}

/** A row that was predicted wrongly, under the rule in force; where that abstains there is no mistake. */
export interface Mistake {
  readonly text: string;
  readonly label: string;
  readonly predicted: string;
  readonly probability: number;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** A sentence with a mistake: its true entities and those found. */
export interface EntityMistake {
  readonly text: string;
  readonly entities: readonly (Span & { readonly text: string })[];
  readonly predicted: readonly FoundEntity[];
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** What there is to know of the texts of an evaluation. Plain JSON. */
export interface EvaluatedTexts extends ReadingCounts {
  /**
   * Rows whose text, normalized, the head was trained on: of these it knows the labels. Null where it cannot tell. The scores,
   * `n` and the mistakes are those of the other rows, unless there are none.
   */
  readonly seenInTraining: number | null;
}

/** Scores, reliability and mistakes (the most confident first) of a classifier. Plain JSON. */
export interface ClassifierEvaluation extends Evaluation, Reliability, EvaluatedTexts {
  readonly kind: "classifier";
  /** Scores on all rows, with those that it was trained on; null where it is scored on all as it is. */
  readonly allRows: Pick<Evaluation, "n" | "accuracy" | "macroF1" | "interval95"> | null;
  readonly rejected: number;
  /** Rows whose label the map drops. */
  readonly dropped: number;
  readonly mistakes: readonly Mistake[];
}

/** Scores and mistakes of a multi-label head. Plain JSON. */
export interface MultiLabelPipelineEvaluation extends MultiLabelEvaluation, EvaluatedTexts {
  readonly kind: "multi-label";
  /** Scores on all rows, with those that it was trained on; null where it is scored on all as it is. */
  readonly allRows: Pick<MultiLabelEvaluation, "n" | "macroF1" | "microF1" | "exactMatch" | "intervals95"> | null;
  readonly rejected: number;
  readonly mistakes: readonly Mistake[];
}

/** Scores and mistakes of a tagger. Plain JSON. */
export interface TaggerEvaluation extends TaggingEvaluation, EvaluatedTexts {
  readonly kind: "tagger";
  /** Scores on all sentences, with those that it was trained on; null where it is scored on all as it is. */
  readonly allRows: Pick<TaggingEvaluation, "n" | "entities" | "entityF1" | "interval95"> | null;
  readonly rejected: number;
  /** Tags that broke the rules of their scheme. */
  readonly repaired: number;
  readonly mistakes: readonly EntityMistake[];
}

/** What a head of any kind reaches on rows; `kind` tells which. */
export type PipelineEvaluation = ClassifierEvaluation | MultiLabelPipelineEvaluation | TaggerEvaluation;

export interface BasePipeline {
  /** The head, as it was named. */
  readonly name: string;
  readonly labels: readonly string[];
  /** Ends the encoder's threads and closes the cache. */
  close(): Promise<void>;
}

/** Gives one label a text. */
export interface ClassifierPipeline extends BasePipeline {
  readonly kind: "classifier";
  /**
   * @throws HeadstartError E_USAGE for anything but a list of strings; E_HEAD_MISMATCH when a goal or sets are asked for
   *   and the head keeps no predictions on dev rows
   */
  predict(
    texts: readonly string[],
    options?: ClassifierPredictOptions & { readonly goal?: undefined },
  ): Promise<(Prediction & { readonly explanation?: Explanation | undefined })[]>;
  predict(
    texts: readonly string[],
    options?: ClassifierPredictOptions,
  ): Promise<(SelectivePrediction & { readonly explanation?: Explanation | undefined })[]>;
  /** @throws HeadstartError E_LABEL_MAP for labels that the head does not know, and whatever reading throws */
  evaluate(rows: Rows, options?: ClassifierEvaluateOptions): Promise<ClassifierEvaluation>;
  explain(text: string, options?: CallOptions): Promise<Explanation>;
  /**
   * The rule that the predictions for a goal follow, with what can be claimed of them.
   *
   * @throws HeadstartError E_HEAD_MISMATCH like `predict`
   */
  ruleFor(goal: SelectiveGoal): FittedRule;
}

/** Gives any number of labels a text. */
export interface MultiLabelPipeline extends BasePipeline {
  readonly kind: "multi-label";
  /** @throws HeadstartError E_USAGE for anything but a list of strings */
  predict(texts: readonly string[], options?: CallOptions): Promise<MultiLabelPrediction[]>;
  /** @throws HeadstartError E_LABEL_MAP for labels that the head does not know, and whatever reading throws */
  evaluate(rows: Rows, options?: PipelineEvaluateOptions): Promise<MultiLabelPipelineEvaluation>;
}

/** Finds entities in texts. */
export interface TaggerPipeline extends BasePipeline {
  readonly kind: "tagger";
  /** @throws HeadstartError E_USAGE for anything but a list of strings */
  predict(texts: readonly string[], options?: CallOptions): Promise<TextEntities[]>;
  /** @throws whatever reading throws */
  evaluate(rows: TaggedRows, options?: PipelineEvaluateOptions): Promise<TaggerEvaluation>;
}

/** From texts to predictions: a head of any kind with its encoder. `kind` tells which. */
export type Pipeline = ClassifierPipeline | MultiLabelPipeline | TaggerPipeline;
