import type { LabelMap } from "../../dataset/labelMap.js";
import { addEntityCounts, countEntities, entityScore, type EntityCounts } from "../../metrics/entities.js";
import { goldSpans } from "../../tagging/corpus/spans.js";
import { findEntities } from "../../tagging/evaluate.js";
import type { Tagger } from "../../tagging/model/tagger.js";
import type { EmbeddedSentences } from "../../tagging/vectors/embeddedSentences.js";

/** What a tagger finds in each sentence beside what is there; null for one that finds nothing. */
export async function countFound(
  tagger: Tagger | null,
  data: EmbeddedSentences,
  how: { readonly map?: LabelMap | undefined; readonly threads?: number | undefined },
): Promise<readonly EntityCounts[]> {
  const found = tagger === null ? [] : await findEntities(tagger, data, how);
  return data.sentences.map((sentence, s) => countEntities(goldSpans(sentence).strict, found[s] ?? []));
}

/** What each sentence adds to the difference from the entity F1 of other sentences: 2 c - F1 (g + p), over all g + p. */
export function entityF1Influence(counts: readonly EntityCounts[]): Float64Array {
  const total = addEntityCounts(counts);
  const { f1 } = entityScore(total);
  const all = Math.max(1, total.gold + total.predicted);
  return Float64Array.from(counts, ({ gold, predicted, correct }) => (2 * correct - f1 * (gold + predicted)) / all);
}
