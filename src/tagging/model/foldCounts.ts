import { addEntityCounts, entityScore, type EntityCounts } from "../../metrics/entities.js";

/** Counts of the entities that a candidate finds on dev sentences, added up in each fold of these. */
export type FoldCounts = readonly EntityCounts[];

/** @param folds  of every sentence, from 0 on */
export function countsByFold(counts: readonly EntityCounts[], folds: Int32Array): FoldCounts {
  const last = folds.reduce((most, fold) => Math.max(most, fold), 0);
  const groups = Array.from({ length: last + 1 }, (): EntityCounts[] => []);
  counts.forEach((own, s) => groups[folds[s]].push(own));
  return groups.map(addEntityCounts);
}

/** Strict F1 on all folds together. */
export const entityF1Of = (counts: FoldCounts): number => entityScore(addEntityCounts(counts)).f1;

/** The candidate with the highest F1, the first of several. */
export function bestOf(candidates: readonly FoldCounts[]): number {
  const scores = candidates.map(entityF1Of);
  return scores.reduce((best, score, c) => (score > scores[best] ? c : best), 0);
}

/**
 * F1 of the choice itself: every fold is counted with the candidate that is best on the other folds. The F1 of the best
 * candidate on the sentences that it was chosen on is higher, the more so the more candidates and the fewer sentences.
 */
export function crossFittedF1(candidates: readonly FoldCounts[]): number {
  const [{ length }] = candidates;
  return entityF1Of(
    Array.from({ length }, (_, fold) => {
      const others = candidates.map((counts) => counts.filter((_own, f) => f !== fold));
      return candidates[bestOf(others)][fold];
    }),
  );
}
