import { duplicateGroups } from "../dataset/duplicates.js";
import { foldCorpus } from "../dataset/split.js";
import type { TaggedSentence } from "./corpus/sentence.js";
import { scoreLoss } from "./entityScores.js";
import type { FoundEntity } from "./evaluate.js";
import { rightSpans } from "./corpus/spans.js";
import {
  calibratedScore,
  fitScoreCalibration,
  type JudgedScores,
  type ScoreCalibration,
} from "./model/scoreCalibration.js";

/** How the scores of entities are calibrated, and what that brings on the dev sentences. */
export interface CalibratedScores {
  /** Undefined where the scores stay as the CRF gives them: too few entities, or calibrating brings nothing. */
  readonly calibration: ScoreCalibration | undefined;
  /** The entities of every sentence; where there is a calibration, with scores by one that their sentence had no part in. */
  readonly found: readonly (readonly FoundEntity[])[];
  /** Entities that were found on the dev sentences. */
  readonly entities: number;
  /** Mean log loss of "right" and "wrong" under the scores, as they were and as `found` has them; null without entities. */
  readonly logLoss: { readonly before: number; readonly after: number } | null;
}

const FOLDS = 10;
/** With fewer entities a calibration is too far from the truth to be called a probability. */
const LEAST_ENTITIES = 50;

/** Folds of sentences, equal ones in one, from 0 to 9. */
export const sentenceFolds = (sentences: readonly TaggedSentence[], { seed }: { readonly seed: number }): Int32Array =>
  foldCorpus(new Int32Array(sentences.length), duplicateGroups(sentences.map(({ text }) => text)), {
    folds: FOLDS,
    seed,
  });

/**
 * Calibrates the scores of entities that a tagger found on dev sentences, if that lowers their log loss on sentences that
 * the calibration has not seen.
 *
 * @param found  in every sentence, with scores as the CRF gives them
 * @param folds  of every sentence
 */
export async function calibrateScores(
  found: readonly (readonly FoundEntity[])[],
  { sentences, folds }: { readonly sentences: readonly TaggedSentence[]; readonly folds: Int32Array },
): Promise<CalibratedScores> {
  const right = found.map((own, s) => rightSpans(own, sentences[s]));
  const judged = (isIn: (fold: number) => boolean): JudgedScores => {
    const own = [...found.keys()].filter((s) => isIn(folds[s]));
    return {
      scores: Float64Array.from(own.flatMap((s) => found[s].map(({ score }) => score))),
      right: Uint8Array.from(own.flatMap((s) => right[s].map(Number))),
    };
  };
  const all = judged(() => true);
  const others = await Promise.all(
    Array.from({ length: FOLDS }, (_, f) => fitScoreCalibration(judged((fold) => fold !== f))),
  );
  const calibrated = found.map((own, s) =>
    own.map((entity) => ({ ...entity, score: calibratedScore(others[folds[s]], entity.score) })),
  );
  const entities = all.right.length;
  if (entities === 0) return { calibration: undefined, found, entities, logLoss: null };
  const [before, after] = [found, calibrated].map((of) => meanLogLoss(of, right));
  if (entities < LEAST_ENTITIES || after >= before)
    return { calibration: undefined, found, entities, logLoss: { before, after: before } };
  return { calibration: await fitScoreCalibration(all), found: calibrated, entities, logLoss: { before, after } };
}

function meanLogLoss(found: readonly (readonly FoundEntity[])[], right: readonly (readonly boolean[])[]): number {
  const losses = found.flatMap((own, s) => own.map(({ score }, i) => scoreLoss({ score, right: right[s][i] })));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
