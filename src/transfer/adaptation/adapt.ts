import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import type { DevPredictions } from "../../head/devPredictions.js";
import type { Calibrated, LogisticHead } from "../../head/head.js";
import { fitLogistic } from "../../head/linear/logistic.js";
import { stackRows, type Matrix } from "../../math/matrix.js";
import { centerHead } from "./center.js";
import { importanceWeights } from "./importanceWeights.js";
import { shiftHeadPrior } from "./prior.js";
import { recolored } from "./recolor.js";
import { confidentRows } from "./selfTrain.js";
import { shiftHead } from "./shift.js";
import { easyAdapted, startedFromSource } from "./withTargetRows.js";

/** Adaptations that need rows of the target but none of its labels; the first is none. */
export const UNLABELED_ADAPTATIONS = ["none", "center", "coral", "weights", "prior", "self-train", "shift"] as const;
/** Those that need labeled rows of the target to train on. */
export const LABELED_ADAPTATIONS = ["easyadapt", "l2sp"] as const;
export const ADAPTATIONS = [...UNLABELED_ADAPTATIONS, ...LABELED_ADAPTATIONS] as const;

export type AdaptationName = (typeof ADAPTATIONS)[number];
/** What can be asked for: `auto` chooses one that needs no labels of the target. */
export type AskedAdaptation = AdaptationName | "auto";

export const needsLabels = (name: AskedAdaptation): boolean =>
  (LABELED_ADAPTATIONS as readonly string[]).includes(name);

export type AdaptableHead = LogisticHead & Calibrated;

export interface AdaptOptions {
  /** What the head was trained on. */
  readonly source: LabeledVectors;
  /** How it predicts rows of the source that it has not seen. */
  readonly devPredictions: DevPredictions;
  /** Rows of the other domain, `[rows, width]`. */
  readonly target: Matrix;
  /** Labeled rows of the other domain, for the adaptations that need them. */
  readonly targetTrain?: LabeledVectors | undefined;
  /** As the head was fitted. */
  readonly C: number;
  readonly classWeights?: "none" | "balanced" | undefined;
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface AdaptedHead {
  readonly head: AdaptableHead;
  /** Of weighted source rows: how many of equal weight vary as little. */
  readonly effectiveRows?: number | undefined;
}

/**
 * A head adapted to another domain. It is a head like any other: all of the adaptation is in its standardization, weights and
 * bias. Its temperature stays that of the source.
 *
 * @throws HeadstartError E_LABEL_MAP where the target's labeled rows have labels that the head does not know
 * @throws RangeError for an adaptation that needs labeled rows of the target, without any
 */
export async function adaptHead(
  name: AdaptationName,
  head: AdaptableHead,
  options: AdaptOptions,
): Promise<AdaptedHead> {
  const { source, target } = options;
  switch (name) {
    case "none":
      return { head };
    case "center":
      return { head: centerHead(head, source.vectors, target) };
    case "prior":
      return { head: shiftHeadPrior(head, source.labels, target) };
    case "shift":
      return { head: shiftHead(head, options.devPredictions, target) };
    case "coral":
      return { head: await refitted(head, { ...options, vectors: recolored(source.vectors, target) }) };
    case "weights": {
      const { weights, effectiveRows } = await importanceWeights(source.vectors, target, options);
      return { head: await refitted(head, { ...options, sampleWeights: weights }), effectiveRows };
    }
    case "self-train": {
      const added = confidentRows(head, target);
      return { head: added.labels.length === 0 ? head : await refitted(head, { ...options, added }) };
    }
    case "easyadapt":
      return { head: await easyAdapted(head, { source, own: requireRows(options) }, options) };
    case "l2sp":
      return { head: await startedFromSource(head, requireRows(options), options) };
  }
}

function requireRows({ targetTrain }: AdaptOptions): LabeledVectors {
  if (targetTrain === undefined) throw new RangeError("There are no labeled rows of the target");
  return targetTrain;
}

interface RefitOptions extends AdaptOptions {
  /** Instead of those of the source. */
  readonly vectors?: Matrix | undefined;
  readonly sampleWeights?: Float64Array | undefined;
  readonly added?: Pick<LabeledVectors, "labels" | "vectors"> | undefined;
}

/** The head fitted anew: on other vectors, with weights of the source's rows, or with more rows. */
async function refitted(
  head: AdaptableHead,
  { source, vectors = source.vectors, added, sampleWeights, C, classWeights, threads, signal }: RefitOptions,
): Promise<AdaptableHead> {
  const { labels } = head;
  const x = added === undefined ? vectors : stackRows(vectors.cols, [vectors, added.vectors]);
  const y = labelIndices(labels, [...source.labels, ...(added?.labels ?? [])], "the training rows");
  const { head: fitted } = await fitLogistic(x, y, { labels, C, classWeights, sampleWeights, threads, signal });
  return { ...head, ...fitted };
}
