import { checkLabels } from "../../dataset/labelSet.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { pickCorpus } from "../../dataset/labeledCorpus.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { newRows } from "../../dataset/seenRows.js";
import type { Encoder } from "../../encoder/encoder.js";
import { HeadstartError } from "../../errors.js";
import { confusionIntervals } from "../../metrics/confusionIntervals.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";
import type { Matrix } from "../../math/matrix.js";
import { counted } from "../../text/numbers.js";
import { corpusNotices, corpusSummary } from "../experiment/corpusSummary.js";
import { labelMismatch, renormalizedWarning } from "../experiment/labelMismatch.js";
import { provenanceOf } from "../experiment/provenance.js";
import type { TransferRecord } from "../experiment/record.js";
import { layerAdvice } from "./advice.js";
import { agreementsOf } from "./agreements.js";
import { bestLayer, macroF1Of, overLast } from "./best.js";
import type { LayersRecord, LayerScore } from "./record.js";
import { scoreLayer, type LayerPredictions, type ScoredLayer } from "./scoreLayer.js";

/** The corpora of a comparison of layers, read and mapped. */
export interface LayersCorpora {
  readonly corpus: LabeledCorpus;
  /** Labeled rows of another domain, to score the heads on. */
  readonly target?: LabeledCorpus | undefined;
}

export interface LayersOptions {
  /** As it was applied when the corpora were read; for the record. */
  readonly map?: LabelMap | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  /** @default "none" */
  readonly classWeights?: "none" | "balanced" | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Gives vectors of several lists of texts after a layer; undefined stands for the last layer, as the encoder gives it where
   * no layer is asked for. Called for one layer after the other.
   */
  readonly vectorsOf: (layer: number | undefined, texts: readonly (readonly string[])[]) => Promise<readonly Matrix[]>;
  /** Called when a layer has been scored. */
  readonly onLayer?: ((done: number, layers: number) => void) | undefined;
  /** What else was asked for, such as columns and limits; for the record. */
  readonly asked?: TransferRecord["options"] | undefined;
  /** ISO 8601, UTC; for the record. */
  readonly createdAt: string;
  /** Milliseconds since some fixed moment; for the record. */
  readonly clock: () => number;
  /** Path of the report; for the record. @default none */
  readonly report?: string | undefined;
}

/**
 * Trains a head on the vectors of each layer of an encoder and scores it on held-out rows of the corpus and, where there is one,
 * on a target, beside measures that are said to foretell such scores without training.
 *
 * @throws HeadstartError E_ENCODER_UNSUPPORTED for an encoder that does not name its layers; E_LABELS when there are too few
 *   rows; E_LABEL_MAP when the target has labels that the corpus has not
 * @example
 * const corpus = await readLabeled(["reviews.csv"], { limit: 60 });
 * const { layers, advice } = await compareLayers(encoder, { corpus }, {
 *   vectorsOf: async (layer, lists) => {
 *     const own = await loadEncoder("headstart-mini", { layer });
 *     const found = [];
 *     for (const texts of lists) found.push((await embedTexts(own, texts)).vectors);
 *     await own.close();
 *     return found;
 *   },
 *   createdAt: new Date().toISOString(),
 *   clock: () => performance.now(),
 * });
 * console.log(layers.length, advice.because);
 */
export async function compareLayers(
  encoder: Encoder,
  { corpus, target: given }: LayersCorpora,
  options: LayersOptions,
): Promise<LayersRecord> {
  const { map, seed = 1, classWeights = "none", threads, signal, vectorsOf, onLayer, clock } = options;
  const began = clock();
  const last = lastLayer(encoder);
  const { labels, warnings } = checkLabels(corpus.labels, { map, minPerClass: 2 });
  if (given !== undefined) labelIndices(labels, given.labels, given.files.join(", "), { map });
  const { target, seen, warning } = withoutSeen(corpus, given);
  const mismatch = target && labelMismatch({ source: corpus.labels, target: target.labels, map });
  const fit = { labels, classWeights, seed, threads, signal, drops: mismatch?.drops };
  const numbers = Array.from({ length: last + 1 }, (_, layer) => layer);
  const scored: ScoredLayer[] = [];
  for (const layer of numbers) {
    signal?.throwIfAborted();
    const lists = [corpus, ...(target === undefined ? [] : [target])];
    const vectors = await vectorsOf(
      layer === last ? undefined : layer,
      lists.map(({ texts }) => texts),
    );
    const [own, away] = lists.map(({ texts, labels: of }, i) => ({ texts, labels: of, vectors: vectors[i] }));
    scored.push(await scoreLayer({ corpus: own, target: away }, fit));
    onLayer?.(scored.length, numbers.length);
  }
  const judged = judge(numbers, scored, seed);
  return {
    format: "headstart-layers",
    ...provenanceOf(encoder, options),
    corpora: {
      corpus: corpusSummary(corpus, corpus.labels),
      target: target === undefined ? null : corpusSummary(target, target.labels),
    },
    labels,
    ...judged,
    heldOut: scored[0].from,
    seen,
    advice: layerAdvice(judged),
    warnings: [
      ...warnings,
      ...corpusNotices([corpus, target]),
      ...warning,
      ...(mismatch === undefined ? [] : [renormalizedWarning(mismatch)]),
    ],
    seconds: { all: (clock() - began) / 1000 },
    report: options.report ?? null,
  };
}

/** @throws HeadstartError E_ENCODER_UNSUPPORTED where there is none to tell */
export function lastLayer({ name, path, isStatic, lastLayer: last, layer }: Encoder): number {
  if (layer !== undefined)
    throw new HeadstartError(
      "E_USAGE",
      `${name} was loaded for layer ${layer} alone. Load it without the option layer to compare all of them`,
    );
  if (last !== undefined) return last;
  const why = isStatic
    ? "it is a table of vectors, which has no layers"
    : "its nodes have no names that tell its layers";
  throw new HeadstartError(
    "E_ENCODER_UNSUPPORTED",
    `Cannot compare the layers of ${name}: ${why}. Take another encoder, such as headstart-mini`,
    { file: path },
  );
}

/** The target rows that the corpus has no near duplicates of, unless there are no others. */
function withoutSeen(
  corpus: LabeledCorpus,
  target: LabeledCorpus | undefined,
): { readonly target: LabeledCorpus | undefined; readonly seen: number; readonly warning: readonly string[] } {
  if (target === undefined) return { target, seen: 0, warning: [] };
  const rows = newRows(corpus.texts, target.texts);
  const n = target.texts.length;
  if (rows.length === n) return { target, seen: 0, warning: [] };
  if (rows.length === 0) {
    const warning =
      "every target row is also in the corpus: the scores on it are of rows seen in training and say nothing of new texts";
    return { target, seen: 0, warning: [warning] };
  }
  const seen = n - rows.length;
  const warning = `${seen} of ${counted(n, "target row")} ${seen === 1 ? "is" : "are"} also in the corpus: scored without ${seen === 1 ? "it" : "them"}`;
  return { target: pickCorpus(target, rows), seen, warning: [warning] };
}

function judge(
  numbers: readonly number[],
  scored: readonly ScoredLayer[],
  seed: number,
): Pick<LayersRecord, "layers" | "best" | "agreements" | "n"> {
  const inDomain = scored.map((one) => one.inDomain);
  const target = scored.flatMap((one) => one.target ?? []);
  const hasTarget = target.length > 0;
  const [ofCorpus, ofTarget] = [inDomain, target].map((side) => (side.length === 0 ? [] : overLast(side, { seed })));
  const layers = scored.map((one, i): LayerScore => ({
    layer: numbers[i],
    inDomain: macroF1Of(one.inDomain),
    inDomainInterval95: intervalOf(one.inDomain, seed),
    target: hasTarget ? macroF1Of(target[i]) : null,
    targetInterval95: hasTarget ? intervalOf(target[i], seed) : null,
    ...one.ofCorpus,
    leep: one.ofTarget?.leep ?? null,
    onTarget: measuresOf(one.ofTarget),
    overLast: { inDomain: ofCorpus[i], target: ofTarget[i] ?? null },
    C: one.C,
  }));
  return {
    layers,
    best: {
      inDomain: bestLayer(numbers, inDomain, { differences: ofCorpus, seed }),
      target: hasTarget ? bestLayer(numbers, target, { differences: ofTarget, seed }) : null,
    },
    agreements: agreementsOf(layers),
    n: { inDomain: inDomain[0].truth.length, target: hasTarget ? target[0].truth.length : null },
  };
}

function measuresOf(found: ScoredLayer["ofTarget"]): LayerScore["onTarget"] {
  if (found === undefined) return null;
  const { leep: _, ...measures } = found;
  return measures;
}

const intervalOf = ({ truth, predicted, labels, groups }: LayerPredictions, seed: number): Interval =>
  confusionIntervals(truth, predicted, { classes: labels.length, seed, groups }).macroF1;
