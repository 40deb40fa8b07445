import type { Interval } from "../../metrics/intervals/bootstrap.js";

/** One of several sources, and how a head that was trained on it does on the target. */
export interface SourceScore {
  /** As the user named them. */
  readonly files: readonly string[];
  /** Rows that its head was trained on. */
  readonly rows: number;
  /** Whether the experiment goes on with it. */
  readonly chosen: boolean;
  /** On target rows of which no source has a duplicate, the same for all sources; null where the target has no labels. */
  readonly macroF1: number | null;
  readonly interval95: Interval | null;
  /** The chosen source's macro-F1 minus this one's on the same rows; null for the chosen one, and without labels of the target. */
  readonly behind: SourceDifference | null;
  /** Macro-F1 on the target's training rows; null without them. */
  readonly onTargetTrain: number | null;
  /**
   * How the head's outputs go together with the labels of the target's training rows, or where there are none, of the target;
   * null without labels.
   */
  readonly logMe: number | null;
  readonly leep: number | null;
  readonly hScore: number | null;
  /** Accuracy there of the label of the nearest source row. */
  readonly neighbors: number | null;
  /** Proxy A-distance of source and target, without labels. */
  readonly proxyA: number;
  /** How often its head gives the target's rows the labels that the other sources' heads give, without labels. */
  readonly agreement: number;
  /** Accuracy on the target as it is forecast without its labels. */
  readonly forecast: number;
  readonly forecastInterval95: Interval;
}

/** A paired difference of macro-F1 on the same rows. */
export interface SourceDifference {
  readonly difference: number;
  /** Over draws of the rows that are scored. It leaves out that other training rows give other heads. */
  readonly interval95: Interval;
  /** Adjusted for the number of comparisons (Holm). */
  readonly p: number;
}

/** How the source was chosen from several; no label of the target's rows that are scored has a part in it. */
export interface SourceChoice {
  readonly by: "macro-F1 on the target's training rows" | "agreement" | "forecast";
  /** The reason in one sentence. */
  readonly because: string;
  /** A head trained on all sources, on the rows that sources are scored on; null where the target has no labels. */
  readonly together: {
    readonly rows: number;
    readonly macroF1: number;
    readonly interval95: Interval;
    /** Its macro-F1 minus that of the chosen source. */
    readonly overChosen: SourceDifference;
  } | null;
  /** How well each measure orders the sources as their macro-F1 on the target does; empty where that is not known. */
  readonly agreements: readonly SourceAgreement[];
}

export interface SourceAgreement {
  readonly measure: "forecast" | "agreement" | "proxyA" | "onTargetTrain" | "leep" | "logMe" | "hScore" | "neighbors";
  /** Kendall's tau-b; null where all sources are equal in one of the two. */
  readonly tau: number | null;
  /** Of sources in no order; of few sources it cannot be small. */
  readonly p: number | null;
  /** Sources. */
  readonly n: number;
}
