import {
  addEntityCounts,
  countEntities,
  countTypes,
  entityScore,
  scoresByLabel,
  type EntityCounts,
  type EntityScore,
} from "../metrics/entities.js";
import type { Interval } from "../metrics/intervals/bootstrap.js";
import { entityInterval } from "../metrics/entityIntervals.js";
import { duplicateGroups } from "../dataset/duplicates.js";
import { applyLabelMap, type LabelMap } from "../dataset/labelMap.js";
import type { EmbeddedSentences, TaggerInput } from "./vectors/embeddedSentences.js";
import { errorTable, lostEntities, type ErrorTable, type LostEntity } from "./errorAnalysis.js";
import { characterSpans, goldSpans, rightSpans } from "./corpus/spans.js";
import { evaluateScores, type EntityScores } from "./entityScores.js";
import type { Span, TaggedSentence } from "./corpus/sentence.js";
import { decode, emissionsOf, type FoundSpan, type Tagger } from "./model/tagger.js";

/** How well a tagger finds entities, with intervals. Plain JSON. */
export interface TaggingEvaluation {
  /** Sentences compared. */
  readonly n: number;
  /** True entities. */
  readonly entities: number;
  /** Share of the words with the right tag. */
  readonly accuracy: number;
  readonly metric: "entityF1";
  /** Strict IOB2: right are the entities whose words and label are right. */
  readonly entityF1: number;
  readonly entityPrecision: number;
  readonly entityRecall: number;
  /**
   * Of the entity F1 that the same tagger would have on infinitely many sentences of the same kind. It leaves out that other
   * training sentences would give another tagger.
   */
  readonly interval95: Interval;
  /** Read as conlleval does, which makes entities of illegal sequences too. */
  readonly entityF1Conlleval: number;
  readonly perType: Readonly<Record<string, EntityScore>>;
  /** Right are the words, whatever the label. */
  readonly boundary: EntityScore;
  /** Right is the label, with at least a word in common. */
  readonly type: EntityScore;
  /** True entities whose surface form, lower-cased, an entity of the training sentences has or has not; and predictions. */
  readonly seen: EntityScore;
  readonly unseen: EntityScore;
  /** How well the scores of the entities found say how many are right. */
  readonly scores: EntityScores;
  readonly errors: ErrorTable;
  /** Entities with cut words, or with boundaries inside a word. At most 20. */
  readonly lost: readonly LostEntity[];
}

export interface TaggingEvaluated {
  readonly evaluation: TaggingEvaluation;
  /** Entities found in every sentence, with scores. */
  readonly found: readonly (readonly FoundEntity[])[];
  /** Counts of every sentence, for comparisons. */
  readonly counts: readonly EntityCounts[];
}

/** An entity found in a text. */
export interface FoundEntity extends Span {
  readonly text: string;
  /** How probable it is that its words and label are right: a probability where the head is calibrated, else often too high. */
  readonly score: number;
}

export interface EvaluateTaggerOptions {
  /** Whether an entity of the training sentences has this surface form, lower-cased. */
  readonly isSeen: (surface: string) => boolean;
  /** Applied to the predicted labels, which are renamed or dropped. */
  readonly map?: LabelMap | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
}

const MOST_LOST = 20;

/** Entities that the tagger finds in every sentence. */
export async function findEntities(
  tagger: Tagger,
  data: TaggerInput,
  options: { readonly map?: LabelMap | undefined; readonly threads?: number | undefined } = {},
): Promise<FoundEntity[][]> {
  const emissions = await emissionsOf(tagger, data, { threads: options.threads });
  return decode(tagger, emissions, data.offsets).map((spans, s) => {
    const { text, words } = data.sentences[s];
    return spans.flatMap((span) => {
      const label = mapped(tagger, span, options.map);
      if (label === undefined) return [];
      const [place] = characterSpans([{ ...span, label }], words);
      return [{ ...place, text: text.slice(place.start, place.end), score: span.score }];
    });
  });
}

function mapped({ labels }: Tagger, { label }: FoundSpan, map: LabelMap | undefined): string | undefined {
  return map === undefined ? labels[label] : applyLabelMap(map, labels[label]);
}

/**
 * Evaluates a tagger on tagged sentences. Entities that begin or end inside a word count as missed, since they cannot be
 * predicted; those with a word whose subwords were cut are listed, and missed unless they are found nevertheless.
 *
 * @example
 * const { evaluation } = await evaluateTagger(tagger, sentences, { isSeen: () => false });
 * console.log(evaluation.entityF1, evaluation.perType);
 */
export async function evaluateTagger(
  tagger: Tagger,
  data: EmbeddedSentences,
  options: EvaluateTaggerOptions,
): Promise<TaggingEvaluated> {
  const found = await findEntities(tagger, data, options);
  return evaluateFound(found, data, { ...options, calibrated: tagger.scoreCalibration !== undefined });
}

/** Evaluates entities that were found in tagged sentences. */
export function evaluateFound(
  found: readonly (readonly FoundEntity[])[],
  { sentences, offsets, cut }: Omit<EmbeddedSentences, "vectors">,
  { isSeen, seed = 1, calibrated }: Pick<EvaluateTaggerOptions, "isSeen" | "seed"> & { readonly calibrated: boolean },
): TaggingEvaluated {
  const gold = sentences.map(goldSpans);
  const strict = gold.map((own) => own.strict);
  const counts = strict.map((own, s) => countEntities(own, found[s]));
  const total = entityScore(addEntityCounts(counts));
  const scored = (count: (own: readonly Span[], predicted: readonly FoundEntity[]) => EntityCounts): EntityScore =>
    entityScore(addEntityCounts(strict.map((own, s) => count(own, found[s]))));
  const bySurface = (seen: boolean): EntityScore => {
    const has = (s: number, span: Span): boolean => isSeen(surfaceOf(sentences[s].text, span)) === seen;
    return entityScore(
      addEntityCounts(
        strict.map((own, s) =>
          countEntities(
            own.filter((span) => has(s, span)),
            found[s].filter((span) => has(s, span)),
          ),
        ),
      ),
    );
  };
  const lost = lostEntities(sentences, { offsets, cut });
  const judged = found.flatMap((own, s) => {
    const right = rightSpans(own, sentences[s]);
    return own.map(({ score }, i) => ({ score, right: right[i] }));
  });
  const evaluation: TaggingEvaluation = {
    n: sentences.length,
    entities: total.support,
    accuracy: tagAccuracy(sentences, found),
    metric: "entityF1",
    entityF1: total.f1,
    entityPrecision: total.precision,
    entityRecall: total.recall,
    interval95: entityInterval([counts], ([own]) => entityScore(own).f1, {
      seed,
      groups: duplicateGroups(sentences.map(({ text }) => text)),
    }),
    entityF1Conlleval: entityScore(addEntityCounts(gold.map((own, s) => countEntities(own.conlleval, found[s])))).f1,
    perType: scoresByLabel(strict, found),
    boundary: scored((own, predicted) => countEntities(own, predicted, "boundary")),
    type: scored(countTypes),
    seen: bySurface(true),
    unseen: bySurface(false),
    scores: evaluateScores(judged, counts, { calibrated, seed }),
    errors: errorTable(strict, found, lost),
    lost: lost.flat().slice(0, MOST_LOST),
  };
  return { evaluation, found, counts };
}

const surfaceOf = (text: string, { start, end }: Span): string => text.slice(start, end).toLowerCase();

/** Surface forms of all entities, lower-cased. */
export const surfacesOf = (sentences: readonly TaggedSentence[]): Set<string> =>
  new Set(sentences.flatMap((sentence) => goldSpans(sentence).conlleval.map((span) => surfaceOf(sentence.text, span))));

function tagAccuracy(sentences: readonly TaggedSentence[], found: readonly (readonly Span[])[]): number {
  let [right, all] = [0, 0];
  sentences.forEach(({ words, tags }, s) => {
    words.forEach((word, i) => {
      const span = found[s].find(({ start, end }) => start <= word.start && word.end <= end);
      const tag = span === undefined ? "O" : `${span.start === word.start ? "B" : "I"}-${span.label}`;
      if (tag === tags[i]) right++;
      all++;
    });
  });
  return all === 0 ? 0 : right / all;
}
