import { normalizedText } from "../../dataset/duplicates.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { bridge } from "../../dataset/mapAdvice.js";
import { HeadstartError } from "../../errors.js";
import { addEntityCounts, entityScore, type EntityCounts } from "../../metrics/entities.js";
import { entityInterval } from "../../metrics/entityIntervals.js";
import { splitSentences, joinSentences, type EmbeddedSentences } from "../../tagging/vectors/embeddedSentences.js";
import { evaluateTagger, type TaggingEvaluated, type TaggingEvaluation } from "../../tagging/evaluate.js";
import { entityLabels } from "../../tagging/corpus/sentence.js";
import { trainTagger, type TrainedTagger, type TrainTaggerOptions } from "../../tagging/train.js";
import type { Verdict } from "./record.js";
import { UNKNOWN_VERDICT } from "./verdict.js";
import { signed, signedRange } from "../../text/numbers.js";

/** Sentences of the two domains, read, mapped and with vectors. */
export interface TaggingCorpora {
  readonly source: EmbeddedSentences;
  /** @default a fifth of the source, equal sentences on one side */
  readonly sourceDev: EmbeddedSentences | undefined;
  readonly target: EmbeddedSentences;
  /** Gives the ceiling and the verdict. */
  readonly targetTrain: EmbeddedSentences | undefined;
}

export interface TaggingTransferOptions extends Omit<TrainTaggerOptions, "dev"> {
  /** The map that gave the labels, which what is advised about them keeps. */
  readonly map?: LabelMap | undefined;
}

/** What a transfer experiment with entities found. Plain JSON. */
export interface TaggingTransfer {
  readonly labels: readonly string[];
  readonly source: TaggingEvaluation;
  readonly target: TaggingEvaluation;
  /** Trained on the target's own sentences. */
  readonly ceiling: TaggingEvaluation | null;
  /** Trained on those and the source. */
  readonly joint: TaggingEvaluation | null;
  /** Source minus target, in strict entity F1. */
  readonly drop: number;
  readonly verdict: Verdict;
  readonly leakage: TaggingLeakage;
}

/** Target sentences that equal a source sentence after normalization. */
export interface TaggingLeakage {
  readonly normalised: number;
  /** The target without them; null where there are none, or nothing else. */
  readonly targetWithout: { readonly n: number; readonly entityF1: number } | null;
}

/**
 * Trains a tagger on the source, evaluates it in-domain and on the target and, with training sentences of the target, says
 * whether the source helps beside them: by the paired bootstrap over the target's sentences.
 *
 * @throws HeadstartError E_LABEL_MAP when source and target have no label in common
 * @example
 * const corpora = { source: sentences, sourceDev: undefined, target: sentences, targetTrain: undefined };
 * const { target, verdict } = await runTaggingTransfer(corpora, { epochs: 2, ensemble: 1, layerCount: 3 });
 * console.log(target.entityF1, verdict);
 */
export async function runTaggingTransfer(
  { source, sourceDev, target, targetTrain }: TaggingCorpora,
  options: TaggingTransferOptions,
): Promise<TaggingTransfer> {
  requireCommonLabel(source, target, options.map);
  const { seed = 1 } = options;
  const home =
    sourceDev === undefined ? splitSentences(source, { seed, share: 0.2 }) : { train: source, dev: sourceDev };
  const evaluated = (trained: TrainedTagger, data: EmbeddedSentences): Promise<TaggingEvaluated> =>
    evaluateTagger(trained.tagger, data, {
      isSeen: (surface) => trained.surfaces.has(surface),
      seed,
      threads: options.threads,
    });
  const trained = await trainTagger(home.train, options);
  const [inDomain, away] = [await evaluated(trained, home.dev), await evaluated(trained, target)];
  const own = targetTrain && splitSentences(targetTrain, { seed });
  const alone = own && (await evaluated(await trainTagger(own.train, { ...options, dev: own.dev }), target));
  const both = own && joinSentences(home.train, own.train);
  const joint = both && (await evaluated(await trainTagger(both, { ...options, dev: own.dev }), target));
  return {
    labels: trained.tagger.labels,
    source: inDomain.evaluation,
    target: away.evaluation,
    ceiling: alone?.evaluation ?? null,
    joint: joint?.evaluation ?? null,
    drop: inDomain.evaluation.entityF1 - away.evaluation.entityF1,
    verdict: alone === undefined ? UNKNOWN_VERDICT : judgeEntities(alone.counts, joint!.counts, seed),
    leakage: leakageOf(away.counts, { source: home.train, target }),
  };
}

/** Whether adding the source helped: the interval of the difference lies above zero, below it, or contains it. */
function judgeEntities(alone: readonly EntityCounts[], joint: readonly EntityCounts[], seed: number): Verdict {
  const f1 = (counts: readonly EntityCounts[]): number => entityScore(addEntityCounts(counts)).f1;
  const difference = f1(joint) - f1(alone);
  const interval95 = entityInterval([joint, alone], ([a, b]) => entityScore(a).f1 - entityScore(b).f1, { seed });
  const [low, high] = interval95;
  const call = low > 0 ? "positive" : high < 0 ? "negative" : "neutral";
  const range = `95 % interval ${signedRange(interval95)}`;
  const because = `adding the source changed entity F1 on the target by ${signed(difference)} (${range})`;
  return { call, difference, interval95, because };
}

/** @param counts  of every target sentence */
function leakageOf(
  counts: readonly EntityCounts[],
  { source, target }: Pick<TaggingCorpora, "source" | "target">,
): TaggingLeakage {
  const known = new Set(source.sentences.map(({ text }) => normalizedText(text)));
  const others = counts.filter((_, s) => !known.has(normalizedText(target.sentences[s].text)));
  const normalised = counts.length - others.length;
  if (normalised === 0 || others.length === 0) return { normalised, targetWithout: null };
  return { normalised, targetWithout: { n: others.length, entityF1: entityScore(addEntityCounts(others)).f1 } };
}

function requireCommonLabel(source: EmbeddedSentences, target: EmbeddedSentences, map: LabelMap | undefined): void {
  const [learned, wanted] = [entityLabels(source.sentences), entityLabels(target.sentences)];
  if (learned.some((label) => wanted.includes(label))) return;
  throw new HeadstartError(
    "E_LABEL_MAP",
    `Source and target have no label of entities in common: ${learned.join(", ")}; ${wanted.join(", ")}. ` +
      bridge(wanted, { known: learned, map }),
  );
}
