import type { Interval } from "../../metrics/intervals/bootstrap.js";
import type { CorpusSummary, TransferRecord, Verdict } from "../experiment/record.js";
import type { Forecast } from "../forecast/record.js";

/** A domain by itself: its rows, and the head that is trained and tested on them. */
export interface MatrixDomain {
  /** Of its file, unlike those of the others. */
  readonly name: string;
  /** Rows to train on. */
  readonly train: number;
  /** Rows to test on: a fifth, equal texts on one side, without near duplicates of training rows. */
  readonly test: number;
  /** Trained and tested in the domain. */
  readonly macroF1: number;
  readonly accuracy: number;
  /** Of `macroF1`, over draws of the test rows. */
  readonly interval95: Interval;
  readonly C: number;
}

/** One domain as source, another as target. */
export interface MatrixCell {
  readonly source: string;
  readonly target: string;
  /** Rows of the target's test part that are scored: those of which the source has no near duplicate. */
  readonly n: number;
  /** Of the head that is trained on the source, on these rows; null where the two cannot be compared, as all that follows. */
  readonly macroF1: number | null;
  readonly interval95: Interval | null;
  readonly accuracy: number | null;
  /** Macro-F1 in the source's own domain minus that on the target. */
  readonly drop: number | null;
  readonly dropInterval95: Interval | null;
  /** Proxy A-distance, from 0 (alike) to 2; the same both ways; null also with few rows. */
  readonly distance: number | null;
  /** Of the accuracy, made without the target's labels. */
  readonly forecast: Pick<Forecast, "accuracy" | "interval95" | "doubt" | "method"> | null;
  /** Whether adding the source to the target's own training rows helps; positive and negative hold for all cells together. */
  readonly call: Verdict["call"];
  /** Macro-F1 on the target, trained on both minus trained on the target alone. */
  readonly difference: number | null;
  /** 95 % interval of this one difference; not adjusted for the number of cells. */
  readonly differenceInterval95: Interval | null;
  /** Of no difference, adjusted for the number of cells (Holm). */
  readonly p: number | null;
  /** The reason for the call in one sentence. */
  readonly because: string;
}

/** What serves a target. */
export interface MatrixTarget {
  readonly target: string;
  /** Source whose head has the highest macro-F1 on it; null without one that can be compared. */
  readonly best: string | null;
  readonly macroF1: number | null;
  /** Sources that help, and that harm, beside the target's own rows. */
  readonly helped: readonly string[];
  readonly harmed: readonly string[];
}

/** How a source does over all targets. */
export interface MatrixSource {
  readonly source: string;
  /** Targets that it can be compared on. */
  readonly targets: number;
  /** Mean macro-F1 over these. */
  readonly macroF1: number;
  /** Mean over these of macro-F1 of the target's own head minus that of the source's. */
  readonly behind: number;
  readonly helps: number;
  readonly harms: number;
}

/** How well what is known without the target's labels agrees with what is measured. */
export interface MatrixAgreement {
  /** Pairs of a source and a target; they share domains, so they tell less than as many pairs of different ones. */
  readonly n: number;
  /** Kendall's tau-b with the measured accuracy; null where it is not defined. */
  readonly distance: number | null;
  readonly forecast: number | null;
  /** Of the forecasts, in accuracy. */
  readonly meanAbsoluteError: number;
  /** Forecasts whose interval has the measured accuracy. */
  readonly inside: number;
}

export interface MatrixSummary {
  readonly targets: readonly MatrixTarget[];
  /** Least behind first. */
  readonly sources: readonly MatrixSource[];
  /** Null without a pair to compare. */
  readonly agreement: MatrixAgreement | null;
  /** All that in sentences. */
  readonly says: readonly string[];
}

/** Every domain to every other. */
export interface MatrixResult {
  readonly domains: readonly MatrixDomain[];
  /** All pairs of two different domains. */
  readonly cells: readonly MatrixCell[];
  readonly summary: MatrixSummary;
  readonly warnings: readonly string[];
}

/** The content of `record.json`. */
export interface MatrixRecord extends Pick<
  TransferRecord,
  "createdAt" | "seed" | "headstart" | "encoder" | "map" | "options" | "warnings" | "seconds" | "report"
> {
  readonly format: "headstart-matrix";
  readonly version: 1;
  readonly domains: readonly (MatrixDomain & { readonly corpus: CorpusSummary })[];
  readonly cells: readonly MatrixCell[];
  readonly summary: MatrixSummary;
}
