import type { ReliabilityBin } from "../../metrics/calibration.js";
import type { Evaluation } from "../../metrics/classification.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";
import type { AdaptationChoice, AdaptationScore } from "../adaptation/record.js";
import type { CurveShape, NextLabels, SourceDraws, StrategyCurve, VerdictBySize, Worth } from "../curves/record.js";
import type { Divergence } from "../divergence/divergence.js";
import type { LabelShift } from "../divergence/labelShift.js";
import type { Forecast } from "../forecast/record.js";
import type { SourceChoice, SourceScore } from "../ranking/record.js";
import type { Suggestions } from "../suggest/suggestions.js";

/** What was read from the files of one corpus. */
export interface CorpusSummary {
  /** Files as the user named them; `-` for the pipe. */
  readonly files: readonly string[];
  /** Rows that were used: read, not rejected, not dropped. */
  readonly rows: number;
  /** Rows that could not be read and were skipped. */
  readonly rejected: number;
  /** Rows whose label the map drops. */
  readonly dropped: number;
  /** Rows left out since their text is that of a training row; absent where there are none. */
  readonly seen?: number | undefined;
  /** Rows used per label, after the map; sums to `rows`, or has none where the corpus has no labels. */
  readonly labels: Readonly<Record<string, number>>;
}

/** The pair of a target row and a source row that say the same. */
export interface LeakageExample {
  /** Text of the source row. */
  readonly source: string;
  /** Text of the target row. */
  readonly target: string;
}

/** Target rows that the head has already seen in training, which make its score look better than it is. */
export interface Leakage {
  /** Target rows whose text is, character for character, that of a source row. */
  readonly exact: number;
  /** Target rows whose normalized text is that of a source row; the exact ones are among them. */
  readonly normalised: number;
  /**
   * Target rows of which the source has a near duplicate: the shorter text stands in the longer with at most one word in eight
   * changed, or their vectors are as good as equal and they share half of their letters; the normalized ones are among them.
   * The scores on the target leave these out.
   */
  readonly near: number;
  /** `near` of all target rows, `[0, 1]`. */
  readonly share: number;
  /** The head on the other target rows, as in `target`; null when there are no duplicates or nothing but duplicates. */
  readonly targetWithout: Evaluation | null;
  /** The head on all target rows; null where `target` is that. */
  readonly targetWith: Evaluation | null;
  /** A few of the pairs. */
  readonly examples: readonly LeakageExample[];
  /** Target rows that are near duplicates of a row the target is trained on; 0 without `--target-train`. */
  readonly trainAndTarget: number;
  /** Duplicates within and between all corpora of the run, those that the head is not concerned with too. */
  readonly pairs: readonly LeakagePair[];
}

/** Rows of one corpus of which another has duplicates; each count holds those before it. */
export interface LeakagePair {
  readonly from: LeakageSide;
  /** The corpus whose rows are counted; where it is `from`, those are that repeat an earlier row. */
  readonly to: LeakageSide;
  readonly exact: number;
  readonly normalised: number;
  readonly near: number;
  /** `near` of all rows of `to`, `[0, 1]`. */
  readonly share: number;
}

export type LeakageSide = "source" | "sourceDev" | "targetTrain" | "target";

/** Did adding the source to the target's training rows help? */
export interface Verdict {
  /** `unknown` when there are no training rows of the target to compare with. */
  readonly call: "positive" | "neutral" | "negative" | "unknown";
  /** Macro-F1 on the target: trained on both minus trained on the target alone; null when unknown. */
  readonly difference: number | null;
  /**
   * 95 % interval of `difference`; null when unknown. It holds the draw of the target's rows, paired, and that of the
   * training rows of source and target. It leaves out that either may be drawn from other places.
   */
  readonly interval95: readonly [low: number, high: number] | null;
  /** The call by the number of labeled target rows, and all of them in one sentence; without learning curves absent. */
  readonly byLabels?: readonly VerdictBySize[] | undefined;
  readonly says?: string | undefined;
  /** Target rows it was judged on: those that neither head has seen. */
  readonly n?: number | undefined;
  /** Of `difference`, over draws of the target's rows and over draws of the training rows. */
  readonly standardErrors?: { readonly test: number; readonly training: number } | undefined;
  /** Set where the labels of source and target do not match and no map says what they are to each other. */
  readonly comparable?: false | undefined;
  /** The reason in one sentence. */
  readonly because: string;
}

/** What a map of labels that the target lacks gives on the target. */
export interface MapScore {
  /** As `--map` takes it. */
  readonly map: string;
  /** Of a head trained on the source, over the labels of the target. */
  readonly macroF1: number;
  /** Of it, over draws of the target's rows. The maps are scored on the same rows: their intervals are not ones of differences. */
  readonly interval95: readonly [low: number, high: number];
  /** Trained with the label, whose probability goes to the others in their proportion; trained without it; or as another. */
  readonly how: "renormalize" | "drop" | "merge";
}

/** What to do next, from what was measured. */
export interface Advice {
  readonly strategy:
    | "target alone"
    | "add the source"
    | "start from the source"
    | "source as it is"
    | "map the labels"
    | "label rows"
    | "unfreeze"
    | "another source or encoder";
  /** The reason, with its numbers, in one sentence. */
  readonly because: string;
}

/** Whether a head's probabilities hold on the target. */
export interface TargetCalibration {
  /** Target rows. */
  readonly n: number;
  /** Calibration error of the predicted label's probability, without its bias; see CalibrationError. */
  readonly ece: number;
  readonly interval95: Interval;
  /** Of the probabilities being calibrated. */
  readonly p: number;
  /** From the least to the most confident. */
  readonly bins: readonly ReliabilityBin[];
}

/** A target row that the head gets wrong. */
export interface TransferMistake {
  readonly text: string;
  readonly truth: string;
  readonly predicted: string;
  /** Of the predicted label, `[0, 1]`. */
  readonly probability: number;
}

/**
 * One transfer experiment: a head trained on the source and evaluated on the target, with all it takes to judge and
 * to repeat it. Plain JSON; the content of `record.json`.
 */
export interface TransferRecord {
  readonly format: "headstart-transfer";
  readonly version: 1;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Source of all randomness in the run. */
  readonly seed: number;
  /** Version of headstart. */
  readonly headstart: string;
  readonly encoder: {
    readonly name: string;
    /** Identity of its vectors. */
    readonly fingerprint: string;
    /** Numbers in a vector. */
    readonly width: number;
    /** How texts became vectors: pooling, layer, longest text, precision; one short sentence each. */
    readonly decisions: readonly string[];
  };
  readonly corpora: {
    /** Rows the head is trained on. */
    readonly source: CorpusSummary;
    /** Rows of the source's domain it is evaluated on; `how` says where they come from. */
    readonly sourceDev: CorpusSummary & { readonly how: string };
    readonly target: CorpusSummary;
    /** Null without `--target-train`. */
    readonly targetTrain: CorpusSummary | null;
  };
  /** Label in a corpus -> label of the head, or `drop`. */
  readonly map: Readonly<Record<string, string>>;
  /** What was asked for, by the name of the option; files and map stand by themselves. */
  readonly options: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** The maps that are possible where the source has labels that the target lacks; else absent. */
  readonly maps?: readonly MapScore[] | undefined;
  /** Target rows to label first; absent unless they were asked for. */
  readonly suggestions?: Suggestions | undefined;
  /** Labels of the head, in the order of its outputs. */
  readonly labels: readonly string[];
  /** The head that was trained on the source. */
  readonly sourceHead: {
    readonly kind: "logistic";
    /** L2 penalty. */
    readonly C: number | null;
    /** How C was chosen, on which rows. */
    readonly chosenBy: string;
    /** Rows it was trained on. */
    readonly n: number;
  };
  /** Trained on the source, evaluated on `sourceDev`. */
  readonly source: Evaluation;
  /**
   * The same head evaluated on the target, without the rows that are also in the source, unless there are no others; null where
   * the target has no labels.
   */
  readonly target: Evaluation | null;
  /** Trained on the target's own training rows, evaluated on the target; null without `--target-train`, or without labels of the target. */
  readonly ceiling: Evaluation | null;
  /** Trained on the source and the target's training rows, evaluated on the target; null without that, likewise. */
  readonly joint: Evaluation | null;
  /** Source minus target, in macro-F1; below 0 when the head does better on the target; null where it has no labels. */
  readonly drop: number | null;
  /** 95 % interval of `drop` over draws of the rows of both sides, for this head. */
  readonly dropInterval95: readonly [low: number, high: number] | null;
  readonly verdict: Verdict;
  /** Learning curves of the strategies by labeled target rows; without `--target-train` empty. */
  readonly curves?: readonly StrategyCurve[] | undefined;
  /** What the curves show: higher start, slope, asymptote. */
  readonly shape?: CurveShape | null | undefined;
  /** Null where the source is not shown to help with the fewest target rows. */
  readonly worth?: Worth | null | undefined;
  /** What the next labels of the target would bring. */
  readonly next?: NextLabels | null | undefined;
  /** Rows of the source that the curves take below all target labels; null where all of them, or without curves. */
  readonly sourceDraws?: SourceDraws | null | undefined;
  /** The head's accuracy on the target, made without its labels, whether there are any or not. */
  readonly forecast: Forecast;
  /** Without the target's labels, how often it has each; null where that cannot be known. */
  readonly labelShift: LabelShift | null;
  readonly adaptation?: readonly AdaptationScore[] | undefined;
  /** Where several sources were given, what each of them gives on the target, and how one was chosen; else absent. */
  readonly sources?: readonly SourceScore[] | undefined;
  readonly sourceChoice?: SourceChoice | undefined;
  /** Absent unless `--adapt auto` was asked for. */
  readonly adaptationChoice?: AdaptationChoice | undefined;
  readonly leakage: Leakage;
  readonly divergence: Divergence;
  readonly advice: Advice;
  /** What else is worth doing, the most important first. */
  readonly moreAdvice: readonly Advice[];
  /** Folder of the head that was written; null with `--no-head`. */
  readonly head: string | null;
  /** Of the head's probabilities on the target; absent where it has no labels. */
  readonly calibration?: TargetCalibration | undefined;
  /** Mistakes on the target, the most confident first; not all of them. */
  readonly mistakes: readonly TransferMistake[];
  /** What the reader should know before believing the numbers. */
  readonly warnings: readonly string[];
  /** Wall-clock seconds per step. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Path of the HTML report. */
  readonly report: string;
}
