import type { Interval } from "../../metrics/intervals/bootstrap.js";
import type { VectorMeasures } from "../ranking/vectorMeasures.js";
import type { CorpusSummary, TransferRecord } from "../experiment/record.js";

/** A layer's macro-F1 minus the last layer's, on the same rows. */
export interface LayerDifference {
  readonly difference: number;
  /** Over draws of the rows that are scored, for this layer alone. It leaves out that other training rows give other heads. */
  readonly interval95: Interval;
  /** Adjusted for the number of layers (Holm). */
  readonly p: number;
}

/** How one layer serves, by heads that were trained on its vectors. */
export interface LayerScore extends VectorMeasures {
  /** Counted from the embeddings, which are 0. */
  readonly layer: number;
  /** Macro-F1 on held-out rows of the corpus. */
  readonly inDomain: number;
  readonly inDomainInterval95: Interval;
  /** Macro-F1 on the target; null without one. */
  readonly target: number | null;
  readonly targetInterval95: Interval | null;
  /** How well the head's outputs go together with the target's labels; null without a target. */
  readonly leep: number | null;
  /** The measures on rows of the target, which those above are on rows of the corpus; null without a target. */
  readonly onTarget: VectorMeasures | null;
  /** To the last layer; null for the last layer itself, and without a target. */
  readonly overLast: { readonly inDomain: LayerDifference | null; readonly target: LayerDifference | null };
  /** Inverse of the head's L2 penalty, chosen on the held-out rows. */
  readonly C: number;
}

/** How well a measure orders the layers. */
export interface MeasureAgreement {
  readonly measure: keyof VectorMeasures | "leep" | "inDomain";
  /** Rows that it is of. */
  readonly rows: "corpus" | "target";
  /** The macro-F1 that it is to foretell. */
  readonly of: "inDomain" | "target";
  /** Kendall's tau-b; null where all layers are equal in one of the two. */
  readonly tau: number | null;
  /** Of layers in no order; of few layers it cannot be small. */
  readonly p: number | null;
  /** Layers. */
  readonly n: number;
}

/** The layer with the highest macro-F1 on one kind of rows. */
export interface BestLayer {
  readonly layer: number;
  /** On the rows that it was chosen on, and so too high. */
  readonly macroF1: number;
  /** To the last layer; null where it is that. */
  readonly overLast: LayerDifference | null;
  /** Whether it is the last layer or better than that by more than chance. */
  readonly isCertain: boolean;
  /** The best layer on rows that it was not chosen on; null of too few rows. */
  readonly onOtherRows: { readonly macroF1: number; readonly interval95: Interval } | null;
}

/** Which layer of an encoder serves a task best. Plain JSON; the content of `record.json`. */
export interface LayersRecord extends Pick<
  TransferRecord,
  "version" | "createdAt" | "seed" | "headstart" | "encoder" | "map" | "options" | "labels" | "warnings" | "seconds"
> {
  readonly format: "headstart-layers";
  readonly corpora: { readonly corpus: CorpusSummary; readonly target: CorpusSummary | null };
  /** Ascending; the last one's vectors are those that the encoder gives where no layer is asked for. */
  readonly layers: readonly LayerScore[];
  /** How the rows of the corpus were held out, in words. */
  readonly heldOut: string;
  /** Rows that were scored. */
  readonly n: { readonly inDomain: number; readonly target: number | null };
  /** Target rows left out since they are near duplicates of rows of the corpus. */
  readonly seen: number;
  readonly best: { readonly inDomain: BestLayer; readonly target: BestLayer | null };
  readonly agreements: readonly MeasureAgreement[];
  readonly advice: {
    /** The best layer on the target, or without one in-domain, where that is certain; else the last. */
    readonly layer: number;
    readonly because: string;
  };
  /** Path of the HTML report; null where none is written. */
  readonly report: string | null;
}
