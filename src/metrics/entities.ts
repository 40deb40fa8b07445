/** An entity `[start, end)`, in words or characters. */
export interface Entity {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** How many entities are true, how many were predicted, and how many of these are right. */
export interface EntityCounts {
  readonly gold: number;
  readonly predicted: number;
  readonly correct: number;
}

export interface EntityScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** True entities. */
  readonly support: number;
}

/** Precision, recall and F1 of counts; 0 where there is nothing to divide by. */
export function entityScore({ gold, predicted, correct }: EntityCounts): EntityScore {
  const precision = predicted === 0 ? 0 : correct / predicted;
  const recall = gold === 0 ? 0 : correct / gold;
  const f1 = gold + predicted === 0 ? 0 : (2 * correct) / (gold + predicted);
  return { precision, recall, f1, support: gold };
}

/** What makes two entities the same. */
type Sameness = "strict" | "boundary";

const keyOf = ({ start, end, label }: Entity, sameness: Sameness): string =>
  sameness === "strict" ? `${start} ${end} ${label}` : `${start} ${end}`;

/** Counts of one sentence; an entity counts once, however often it is listed. */
export function countEntities(
  gold: readonly Entity[],
  predicted: readonly Entity[],
  sameness: Sameness = "strict",
): EntityCounts {
  const truth = new Set(gold.map((entity) => keyOf(entity, sameness)));
  const found = new Set(predicted.map((entity) => keyOf(entity, sameness)));
  return { gold: truth.size, predicted: found.size, correct: [...found].filter((key) => truth.has(key)).length };
}

/**
 * Counts of one sentence where a predicted entity is right when it shares a word with a true one of its label; every true
 * entity matches one prediction at most.
 */
export function countTypes(gold: readonly Entity[], predicted: readonly Entity[]): EntityCounts {
  const free = [...gold];
  let correct = 0;
  for (const { start, end, label } of predicted) {
    const match = free.findIndex((g) => g.label === label && g.start < end && start < g.end);
    if (match < 0) continue;
    free.splice(match, 1);
    correct++;
  }
  return { gold: gold.length, predicted: predicted.length, correct };
}

export function addEntityCounts(counts: Iterable<EntityCounts>): EntityCounts {
  let [gold, predicted, correct] = [0, 0, 0];
  for (const one of counts) {
    gold += one.gold;
    predicted += one.predicted;
    correct += one.correct;
  }
  return { gold, predicted, correct };
}

/** Scores of every label that occurs, by name; the object has no prototype, so a label may have any name. */
export function scoresByLabel(
  gold: readonly (readonly Entity[])[],
  predicted: readonly (readonly Entity[])[],
): Record<string, EntityScore> {
  const labels = new Set([...gold, ...predicted].flatMap((entities) => entities.map(({ label }) => label)));
  const scores: Record<string, EntityScore> = Object.create(null) as Record<string, EntityScore>;
  for (const label of [...labels].sort()) {
    const own = (entities: readonly Entity[]): Entity[] => entities.filter((entity) => entity.label === label);
    scores[label] = entityScore(addEntityCounts(gold.map((g, s) => countEntities(own(g), own(predicted[s])))));
  }
  return scores;
}
