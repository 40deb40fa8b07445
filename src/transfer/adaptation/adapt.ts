import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import type { Calibrated, LogisticHead } from "../../head/head.js";
import { fitLogistic } from "../../head/linear/logistic.js";
import { stackRows, type Matrix } from "../../math/matrix.js";
import { centerHead } from "./center.js";
import { importanceWeights } from "./importanceWeights.js";
import { shiftHeadPrior } from "./prior.js";
import { confidentRows } from "./selfTrain.js";

/** Adaptations that need rows of the target but none of its labels; the first is none. */
export const ADAPTATIONS = ["none", "center", "weights", "prior", "self-train"] as const;
export type UnlabeledAdaptation = (typeof ADAPTATIONS)[number];

export const isUnlabeledAdaptation = (name: string): name is UnlabeledAdaptation =>
  (ADAPTATIONS as readonly string[]).includes(name);

export type AdaptableHead = LogisticHead & Calibrated;

export interface AdaptOptions {
  /** What the head was trained on. */
  readonly source: LabeledVectors;
  /** Rows of the other domain, `[rows, width]`. */
  readonly target: Matrix;
  /** As the head was fitted. */
  readonly C: number;
  readonly classWeights?: "none" | "balanced" | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A head adapted to another domain by rows of it without labels. It is a head like any other: all of the adaptation is in
 * its standardization, weights and bias. Its temperature stays that of the source.
 */
export async function adaptHead(
  name: UnlabeledAdaptation,
  head: AdaptableHead,
  options: AdaptOptions,
): Promise<AdaptableHead> {
  switch (name) {
    case "none":
      return head;
    case "center":
      return centerHead(head, options.source.vectors, options.target);
    case "prior":
      return shiftHeadPrior(head, options.source.labels, options.target);
    case "weights": {
      const { weights } = await importanceWeights(options.source.vectors, options.target, options);
      return refitted(head, { ...options, sampleWeights: weights });
    }
    case "self-train": {
      const added = confidentRows(head, options.target);
      return added.labels.length === 0 ? head : refitted(head, { ...options, added });
    }
  }
}

interface RefitOptions extends AdaptOptions {
  readonly sampleWeights?: Float64Array | undefined;
  readonly added?: Pick<LabeledVectors, "labels" | "vectors"> | undefined;
}

/** The head fitted anew, with weights of the source's rows or with more rows. */
async function refitted(
  head: AdaptableHead,
  { source, added, sampleWeights, C, classWeights, threads, signal }: RefitOptions,
): Promise<AdaptableHead> {
  const { labels } = head;
  const vectors =
    added === undefined ? source.vectors : stackRows(source.vectors.cols, [source.vectors, added.vectors]);
  const y = labelIndices(labels, [...source.labels, ...(added?.labels ?? [])], "the training rows");
  const { head: fitted } = await fitLogistic(vectors, y, { labels, C, classWeights, sampleWeights, threads, signal });
  return { ...head, ...fitted };
}
