import type { LabelMap } from "../../dataset/labelMap.js";
import {
  evaluateTagger,
  type EvaluateTaggerOptions,
  type TaggingEvaluated,
  type TaggingEvaluation,
} from "../../tagging/evaluate.js";
import { trainTagger, type TrainedTagger, type TrainTaggerOptions } from "../../tagging/train.js";
import {
  joinSentences,
  splitSentences,
  withoutSeen,
  type EmbeddedSentences,
} from "../../tagging/vectors/embeddedSentences.js";
import type { Verdict } from "../experiment/record.js";
import { ALL_SEEN_VERDICT, UNKNOWN_VERDICT, verdictOf } from "../experiment/verdict.js";
import { entityF1Influence } from "./countFound.js";
import { taggingHalves } from "./taggingHalves.js";

/** Taggers of the target's own sentences, without the source and with it. */
export interface OwnTaggers {
  readonly ceiling: TaggingEvaluation | null;
  readonly joint: TaggingEvaluation | null;
  readonly verdict: Verdict;
  /** Target sentences that neither has seen; null where they were not compared. */
  readonly unseen: EmbeddedSentences | null;
}

export interface OwnTaggersOptions extends Omit<TrainTaggerOptions, "dev"> {
  /** Drops types that the target lacks from what is found. */
  readonly drops?: LabelMap | undefined;
  /** Whether it makes sense to judge the difference. */
  readonly isComparable: boolean;
  /** Called after every tagger. */
  readonly onTrained?: (() => void) | undefined;
}

/** Trains taggers on the target's own sentences, without the source and with it, and compares them on sentences new to both. */
export async function compareOwnTaggers(
  {
    source,
    target,
    targetTrain,
  }: Readonly<Record<"source" | "target", EmbeddedSentences>> & { readonly targetTrain: EmbeddedSentences | undefined },
  { drops, isComparable, onTrained, ...options }: OwnTaggersOptions,
): Promise<OwnTaggers> {
  const none = (verdict: Verdict): OwnTaggers => ({ ceiling: null, joint: null, verdict, unseen: null });
  if (targetTrain === undefined) return none(UNKNOWN_VERDICT);
  const { train, dev } = splitSentences(targetTrain, { seed: options.seed ?? 1 });
  const { unseen } = withoutSeen(target, [source, targetTrain]);
  if (unseen.sentences.length === 0) return none(ALL_SEEN_VERDICT);
  const how = { ...options, dev };
  const own = await trainTagger(train, how);
  onTrained?.();
  const both = await trainTagger(joinSentences(source, train), how);
  onTrained?.();
  const scored = { ...options, drops };
  const [alone, joint] = [await evaluated(own, unseen, scored), await evaluated(both, unseen, scored)];
  const scores = { ceiling: alone.evaluation, joint: joint.evaluation };
  if (!isComparable) return { ...none(UNKNOWN_VERDICT), ...scores };
  const kept = { alone: own.epochs, joint: both.epochs };
  const halves = await taggingHalves({ source, train, dev, target: unseen }, { ...options, drops, kept, onTrained });
  const [without, parts] = [alone, joint].map(({ counts }) => entityF1Influence(counts));
  const difference = joint.evaluation.entityF1 - alone.evaluation.entityF1;
  const texts = unseen.sentences.map(({ text }) => text);
  const varying = { difference, parts: parts.map((own, s) => own - without[s]), texts, halves };
  return { ...scores, verdict: verdictOf(varying, "entity F1"), unseen };
}

/** @param how.drops  types that are dropped from what is found */
export const evaluated = (
  { tagger, surfaces }: TrainedTagger,
  data: EmbeddedSentences,
  { seed, threads, drops }: Pick<EvaluateTaggerOptions, "seed" | "threads"> & { readonly drops?: LabelMap | undefined },
): Promise<TaggingEvaluated> =>
  evaluateTagger(tagger, data, { isSeen: (surface) => surfaces.has(surface), map: drops, seed, threads });
