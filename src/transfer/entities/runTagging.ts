import type { LabelMap } from "../../dataset/labelMap.js";
import { HeadstartError } from "../../errors.js";
import {
  splitSentences,
  withoutSeen,
  type EmbeddedSentences,
  type SentenceSplit,
} from "../../tagging/vectors/embeddedSentences.js";
import type { TaggingEvaluation } from "../../tagging/evaluate.js";
import { trainTagger, type TrainedTagger, type TrainTaggerOptions } from "../../tagging/train.js";
import { dropOf, type ScoreWithInterval } from "../experiment/drop.js";
import { leakageCounts, leakagePairs, withLeakage } from "../experiment/leakage.js";
import { seenInTraining } from "../experiment/seenInTraining.js";
import { compareOwnTaggers, evaluated, type OwnTaggers } from "./ownTaggers.js";
import { checkSentences } from "./checkSentences.js";
import { taggingDivergence } from "./entityShift.js";
import { taggersOfCurves } from "./measureCurves.js";
import type { TaggingLeakage, TaggingTransfer } from "./record.js";
import { taggingAdvice } from "./taggingAdvice.js";
import { TAGGER_PAIRS } from "./taggingHalves.js";
import { taggingCurves, type TaggingCurves } from "./taggingCurves.js";
import { suggestedMap } from "./suggestTypeMap.js";
import {
  typeMismatch,
  typesNotComparable,
  typesWarning,
  writtenSuggestion,
  type TypeMismatch,
} from "./typeMismatch.js";

/** Sentences of the two domains, read, mapped and with vectors. */
export interface TaggingCorpora {
  readonly source: EmbeddedSentences;
  /** @default a fifth of the source, equal sentences on one side */
  readonly sourceDev: EmbeddedSentences | undefined;
  readonly target: EmbeddedSentences;
  /** Gives the ceiling, the learning curves and the verdict. */
  readonly targetTrain: EmbeddedSentences | undefined;
}

export interface TaggingTransferOptions extends Omit<TrainTaggerOptions, "dev"> {
  /** The map that gave the labels, which what is advised about them keeps. */
  readonly map?: LabelMap | undefined;
  /** Called after every tagger: how many are trained, and how many it will be at most. */
  readonly onTagger?: ((done: number, atMost: number) => void) | undefined;
}

/**
 * Trains a tagger on the source, evaluates it in-domain and on the target and, with training sentences of the target, says
 * whether the source helps beside them, and with how many of them: on sentences that no tagger has seen, over draws of these
 * and of the training sentences.
 *
 * @throws HeadstartError E_LABELS when a corpus has no entities or too few different sentences
 * @throws HeadstartError E_NO_ROWS when `sourceDev` holds nothing but source sentences
 * @throws HeadstartError E_LABEL_MAP when source and target have no type of entities in common
 * @example
 * const corpora = { source: sentences, sourceDev: undefined, target: sentences, targetTrain: undefined };
 * const { target, verdict } = await runTaggingTransfer(corpora, { epochs: 2, ensemble: 1, layerCount: 3 });
 * console.log(target.entityF1, verdict);
 */
export async function runTaggingTransfer(
  corpora: TaggingCorpora,
  options: TaggingTransferOptions,
): Promise<TaggingTransfer> {
  const { source, sourceDev, target, targetTrain } = corpora;
  checkSentences(corpora);
  const mismatch = typeMismatch({
    source,
    target: targetTrain === undefined ? [target] : [target, targetTrain],
    map: options.map,
  });
  const home = homeOf(source, sourceDev, options);
  const onTrained = countTaggers(corpora, mismatch, options);
  const trained = await trainTagger(home.train, options);
  onTrained();
  const inDomain = (await evaluated(trained, home.dev, options)).evaluation;
  const drops = mismatch?.drops;
  const scored = await scoreTarget(trained, { target, seenIn: home.train }, { ...options, drops });
  const compared = await compareWithOwn({ ...corpora, source: home.train }, mismatch, { ...options, onTrained });
  const suggested =
    mismatch && (await suggestedMap(mismatch, { tagger: trained.tagger, target: targetTrain ?? target, ...options }));
  const judged =
    mismatch?.isOpen === true
      ? { ...compared, verdict: typesNotComparable(mismatch, suggested!, options.map) }
      : compared;
  const leakage: TaggingLeakage = {
    ...leakageCounts(textsOf(home.train), textsOf(target)),
    ...scored.leakage,
    trainAndTarget: targetTrain === undefined ? 0 : withoutSeen(target, [targetTrain]).seen,
    pairs: leakagePairs({
      source: { texts: textsOf(source) },
      sourceDev: sourceDev && { texts: textsOf(sourceDev) },
      targetTrain: targetTrain && { texts: textsOf(targetTrain) },
      target: { texts: textsOf(target) },
    }),
  };
  const found: Omit<TaggingTransfer, "advice" | "moreAdvice"> = {
    labels: trained.tagger.labels,
    source: inDomain,
    target: scored.evaluation,
    ...dropOf(scoreOf(inDomain), scoreOf(scored.evaluation)),
    ...judged,
    verdict: withLeakage(judged.verdict, { share: leakage.share, noun: "sentences" }),
    suggestedMap: suggested === undefined ? null : writtenSuggestion(suggested, options.map),
    leakage,
    divergence: await taggingDivergence(home.train, target, options),
    warnings: [
      ...seenInTraining(leakage, {
        n: target.sentences.length,
        hasBoth: leakage.targetWithout !== null,
        unit: "sentence",
      }),
      ...(mismatch === undefined ? [] : typesWarning(mismatch)),
    ],
  };
  const [advice, ...moreAdvice] = taggingAdvice(found);
  return { ...found, advice, moreAdvice };
}

/** Counts the taggers, and tells of each. */
function countTaggers(
  { targetTrain }: TaggingCorpora,
  mismatch: TypeMismatch | undefined,
  { onTagger }: TaggingTransferOptions,
): () => void {
  const compared = targetTrain === undefined ? 0 : 2;
  const judged =
    targetTrain === undefined || mismatch?.isOpen === true
      ? 0
      : 2 * TAGGER_PAIRS + taggersOfCurves(targetTrain.sentences.length);
  let done = 0;
  return () => onTagger?.(++done, 1 + compared + judged);
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

/** The tagger of the source on target sentences that it has not seen, unless there are no others. */
async function scoreTarget(
  trained: TrainedTagger,
  { target, seenIn }: { readonly target: EmbeddedSentences; readonly seenIn: EmbeddedSentences },
  how: TaggingTransferOptions & { readonly drops: LabelMap | undefined },
): Promise<{
  readonly evaluation: TaggingEvaluation;
  readonly leakage: Pick<TaggingLeakage, "targetWithout" | "targetWith">;
}> {
  const { unseen, seen } = withoutSeen(target, [seenIn]);
  const hasBoth = seen > 0 && unseen.sentences.length > 0;
  const { evaluation } = await evaluated(trained, hasBoth ? unseen : target, how);
  if (!hasBoth) return { evaluation, leakage: { targetWithout: null, targetWith: null } };
  const all = (await evaluated(trained, target, how)).evaluation;
  return { evaluation, leakage: { targetWithout: mainScores(evaluation), targetWith: mainScores(all) } };
}

type OwnFields = Pick<
  TaggingTransfer,
  "ceiling" | "joint" | "verdict" | "curves" | "curveTaggers" | "shape" | "worth" | "next"
>;

/** What the target's own sentences give, without the source and with it, and the learning curves where it can be compared. */
async function compareWithOwn(
  { source, target, targetTrain }: TaggingCorpora,
  mismatch: TypeMismatch | undefined,
  options: TaggingTransferOptions & { readonly onTrained: () => void },
): Promise<OwnFields> {
  const how = { ...options, drops: mismatch?.drops, isComparable: mismatch?.isOpen !== true };
  const compared = await compareOwnTaggers({ source, target, targetTrain }, how);
  const { verdict, unseen } = compared;
  const { difference, standardErrors } = verdict;
  if (targetTrain === undefined || difference === null || standardErrors === undefined || unseen === null)
    return fieldsOf(compared, null);
  const {
    seed = 1,
    threads,
    signal,
    onTrained,
    kind,
    crf,
    contextWindow,
    surfaceFeatures,
    layers,
    layerCount,
  } = options;
  const shape = { kind, crf, contextWindow, surfaceFeatures, layers, layerCount };
  const curves = await taggingCurves(
    { source, targetTrain, target: unseen },
    { difference, standardErrors },
    { ...shape, seed, threads, signal, onTrained, drops: mismatch?.drops },
  );
  return fieldsOf(compared, curves);
}

function fieldsOf({ ceiling, joint, verdict }: OwnTaggers, found: TaggingCurves | null): OwnFields {
  if (found === null)
    return { ceiling, joint, verdict, curves: [], curveTaggers: null, shape: null, worth: null, next: null };
  const { byLabels, says, ...fields } = found;
  return { ceiling, joint, verdict: { ...verdict, byLabels, says }, ...fields };
}

const scoreOf = ({ entityF1, interval95 }: TaggingEvaluation): ScoreWithInterval => ({ score: entityF1, interval95 });

const mainScores = ({ n, entityF1 }: TaggingEvaluation): { readonly n: number; readonly entityF1: number } => ({
  n,
  entityF1,
});
