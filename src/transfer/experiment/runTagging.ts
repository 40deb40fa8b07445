import type { LabelMap } from "../../dataset/labelMap.js";
import { bridge } from "../../dataset/mapAdvice.js";
import { HeadstartError } from "../../errors.js";
import {
  splitSentences,
  joinSentences,
  withoutSeen,
  type EmbeddedSentences,
  type SentenceSplit,
} from "../../tagging/vectors/embeddedSentences.js";
import { evaluateTagger, type TaggingEvaluated, type TaggingEvaluation } from "../../tagging/evaluate.js";
import { entityLabels } from "../../tagging/corpus/sentence.js";
import { trainTagger, type TrainedTagger, type TrainTaggerOptions } from "../../tagging/train.js";
import { dropOf, type Drop, type ScoreWithInterval } from "./drop.js";
import { leakageCounts, leakagePairs, withLeakage } from "./leakage.js";
import type { Leakage, Verdict } from "./record.js";
import { entityF1Influence, taggingHalves } from "./taggingHalves.js";
import { ALL_SEEN_VERDICT, UNKNOWN_VERDICT, verdictOf } from "./verdict.js";

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

/** What a transfer experiment with entities found, in strict entity F1. Plain JSON. */
export interface TaggingTransfer extends Drop {
  readonly labels: readonly string[];
  readonly source: TaggingEvaluation;
  /** Without the sentences that are also in the source, unless there are no others. */
  readonly target: TaggingEvaluation;
  /** Trained on the target's own sentences, and scored on those that are neither in these nor in the source. */
  readonly ceiling: TaggingEvaluation | null;
  /** Trained on those and the source. */
  readonly joint: TaggingEvaluation | null;
  readonly verdict: Verdict;
  readonly leakage: TaggingLeakage;
}

/** Target sentences that are duplicates of training sentences; counted as in the leakage of texts. */
export interface TaggingLeakage extends Pick<Leakage, "exact" | "normalised" | "near" | "share" | "pairs"> {
  /** The target without them, as in `target`; null where there are none, or nothing else. */
  readonly targetWithout: { readonly n: number; readonly entityF1: number } | null;
  /** The target with them; null where `target` is that. */
  readonly targetWith: { readonly n: number; readonly entityF1: number } | null;
  /** Near duplicates of a training sentence of the target; no verdict and no `ceiling` or `joint` counts them. */
  readonly trainAndTarget: number;
}

/**
 * Trains a tagger on the source, evaluates it in-domain and on the target and, with training sentences of the target, says
 * whether the source helps beside them: on sentences that no tagger has seen, over draws of these and of the training
 * sentences.
 *
 * @throws HeadstartError E_NO_ROWS when `sourceDev` holds nothing but source sentences
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
  const home = homeOf(source, sourceDev, options);
  const trained = await trainTagger(home.train, options);
  const inDomain = (await evaluated(trained, home.dev, options)).evaluation;
  const { unseen, seen } = withoutSeen(target, [home.train]);
  const hasBoth = seen > 0 && unseen.sentences.length > 0;
  const away = (await evaluated(trained, hasBoth ? unseen : target, options)).evaluation;
  const comparison =
    targetTrain === undefined
      ? { ceiling: null, joint: null, verdict: UNKNOWN_VERDICT }
      : await compareTaggers({ source: home.train, target, targetTrain }, options);
  const leakage: TaggingLeakage = {
    ...leakageCounts(textsOf(home.train), textsOf(target)),
    targetWithout: hasBoth ? mainScores(away) : null,
    targetWith: hasBoth ? mainScores((await evaluated(trained, target, options)).evaluation) : null,
    trainAndTarget: targetTrain === undefined ? 0 : withoutSeen(target, [targetTrain]).seen,
    pairs: leakagePairs({
      source: { texts: textsOf(source) },
      sourceDev: sourceDev && { texts: textsOf(sourceDev) },
      targetTrain: targetTrain && { texts: textsOf(targetTrain) },
      target: { texts: textsOf(target) },
    }),
  };
  return {
    labels: trained.tagger.labels,
    source: inDomain,
    target: away,
    ...dropOf(scoreOf(inDomain), scoreOf(away)),
    ...comparison,
    verdict: withLeakage(comparison.verdict, { share: leakage.share, noun: "sentences" }),
    leakage,
  };
}

const textsOf = ({ sentences }: EmbeddedSentences): string[] => sentences.map(({ text }) => text);

/** @throws HeadstartError E_NO_ROWS where all sentences given for dev are among the source's */
function homeOf(
  source: EmbeddedSentences,
  given: EmbeddedSentences | undefined,
  { seed = 1 }: TaggingTransferOptions,
): Pick<SentenceSplit, "train" | "dev"> {
  if (given === undefined) {
    const { train, dev } = splitSentences(source, { seed, share: 0.2 });
    const { unseen } = withoutSeen(dev, [train]);
    return { train, dev: unseen.sentences.length > 0 ? unseen : dev };
  }
  const { unseen } = withoutSeen(given, [source]);
  if (unseen.sentences.length > 0) return { train: source, dev: unseen };
  throw new HeadstartError(
    "E_NO_ROWS",
    "Every source dev sentence is among the source sentences, on which a head says nothing of new texts. Give others, or " +
      "none: a fifth of the source is then set aside",
  );
}

/** Taggers trained on the target's own sentences, without the source and with it, compared on sentences new to both. */
async function compareTaggers(
  {
    source,
    target,
    targetTrain,
  }: Pick<TaggingCorpora, "source" | "target"> & { readonly targetTrain: EmbeddedSentences },
  options: TaggingTransferOptions,
): Promise<Pick<TaggingTransfer, "ceiling" | "joint" | "verdict">> {
  const { seed = 1 } = options;
  const { train, dev } = splitSentences(targetTrain, { seed });
  const unseen = withoutSeen(target, [source, targetTrain]).unseen;
  if (unseen.sentences.length === 0) return { ceiling: null, joint: null, verdict: ALL_SEEN_VERDICT };
  const how = { ...options, dev };
  const [own, both] = [await trainTagger(train, how), await trainTagger(joinSentences(source, train), how)];
  const [alone, joint] = [await evaluated(own, unseen, options), await evaluated(both, unseen, options)];
  const kept = { alone: own.epochs, joint: both.epochs };
  const halves = await taggingHalves({ source, train, dev, target: unseen }, { ...options, kept });
  const [without, parts] = [alone, joint].map(({ counts }) => entityF1Influence(counts));
  const difference = joint.evaluation.entityF1 - alone.evaluation.entityF1;
  const texts = unseen.sentences.map(({ text }) => text);
  const varying = { difference, parts: parts.map((own, s) => own - without[s]), texts, halves };
  return { ceiling: alone.evaluation, joint: joint.evaluation, verdict: verdictOf(varying, "entity F1") };
}

const evaluated = (
  { tagger, surfaces }: TrainedTagger,
  data: EmbeddedSentences,
  { seed, threads }: TaggingTransferOptions,
): Promise<TaggingEvaluated> =>
  evaluateTagger(tagger, data, { isSeen: (surface) => surfaces.has(surface), seed, threads });

const scoreOf = ({ entityF1, interval95 }: TaggingEvaluation): ScoreWithInterval => ({ score: entityF1, interval95 });

const mainScores = ({ n, entityF1 }: TaggingEvaluation): { readonly n: number; readonly entityF1: number } => ({
  n,
  entityF1,
});

function requireCommonLabel(source: EmbeddedSentences, target: EmbeddedSentences, map: LabelMap | undefined): void {
  const [learned, wanted] = [entityLabels(source.sentences), entityLabels(target.sentences)];
  if (learned.some((label) => wanted.includes(label))) return;
  throw new HeadstartError(
    "E_LABEL_MAP",
    `Source and target have no label of entities in common: ${learned.join(", ")}; ${wanted.join(", ")}. ` +
      bridge(wanted, { known: learned, map }),
  );
}
