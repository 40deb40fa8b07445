import type { Random } from "../math/random.js";
import { resampledIntervals, type GroupedOptions, type Interval } from "./intervals/bootstrap.js";
import type { EntityCounts } from "./entities.js";
import { drawGamma } from "../math/gamma.js";
import { groupRows, weighInto } from "./intervals/rowGroups.js";

/**
 * 95 % interval of a statistic of entity counts on infinitely many sentences of the same kind; several taggers may be
 * counted on the same sentences and compared.
 *
 * Every resample weights the sentences anew, those of the same text together. It adds about one sentence in which each
 * tagger finds the entities or does not, so that the interval has a width where no entity, or every one, was found.
 *
 * @param taggers    counts of every sentence, for each tagger
 * @param statistic  of each tagger's counts added up, which need not be whole numbers
 * @see rowGroups.ts; docs/numbers/intervals.md for how often the interval contains the truth
 */
export function entityInterval(
  taggers: readonly (readonly EntityCounts[])[],
  statistic: (counts: readonly EntityCounts[]) => number,
  { groups, ...options }: GroupedOptions = {},
): Interval {
  const { ofSentence, kinds } = alike(taggers);
  const sentences = groupRows(ofSentence, groups);
  const weights = new Float64Array(kinds.length);
  const unit = clustered(taggers) * sentences.rowsPerGroup;
  const added = (random?: Random): readonly EntityCounts[] => {
    const sums = taggers.map(() => ({ gold: 0, predicted: 0, correct: 0 }));
    kinds.forEach((counts, k) => counts.forEach((own, t) => addTo(sums[t], own, weights[k])));
    if (random !== undefined) addPrior(sums, unit, random);
    return sums;
  };
  for (const kind of ofSentence) weights[kind]++;
  const drawnOnce = (random: Random): readonly number[] => {
    weighInto(weights, sentences, random);
    return [statistic(added(random))];
  };
  return resampledIntervals([statistic(added())], drawnOnce, options)[0];
}

type Sums = { -readonly [K in keyof EntityCounts]: number };

function addTo(sums: Sums, { gold, predicted, correct }: EntityCounts, weight: number): void {
  sums.gold += weight * gold;
  sums.predicted += weight * predicted;
  sums.correct += weight * correct;
}

const FOUND = { gold: 1, predicted: 1, correct: 1 };
const MISSED = { gold: 1, predicted: 0, correct: 0 };
const INVENTED = { gold: 0, predicted: 1, correct: 0 };

/** Entities that each tagger finds or does not, in all combinations, each with a random weight; one altogether. */
function addPrior(sums: readonly Sums[], unit: number, random: Random): void {
  const combinations = 2 ** sums.length;
  for (let combination = 0; combination < combinations; combination++) {
    const weight = unit * drawGamma(1 / combinations, random);
    const lost = random() < 0.5 ? MISSED : INVENTED;
    sums.forEach((own, t) => addTo(own, (combination >> t) % 2 === 0 ? FOUND : lost, weight));
  }
}

/** Mean number of entities, true or predicted, in the sentence of an entity; at least 1. */
function clustered(taggers: readonly (readonly EntityCounts[])[]): number {
  let [sum, squares] = [0, 0];
  for (const { gold, predicted, correct } of taggers.flat()) {
    const entities = gold + predicted - correct;
    sum += entities;
    squares += entities ** 2;
  }
  return sum === 0 ? 1 : squares / sum;
}

/** Sentences with the same counts are alike to every statistic: the kind of each, and the counts of each kind. */
function alike(taggers: readonly (readonly EntityCounts[])[]): {
  readonly ofSentence: Int32Array;
  readonly kinds: readonly (readonly EntityCounts[])[];
} {
  const keys = taggers[0].map((_, s) =>
    taggers.map((own) => `${own[s].gold} ${own[s].predicted} ${own[s].correct}`).join(","),
  );
  const first = new Map<string, number>();
  keys.forEach((key, s) => first.set(key, first.get(key) ?? s));
  const distinct = [...first.keys()].sort();
  const place = new Map(distinct.map((key, k) => [key, k]));
  return {
    ofSentence: Int32Array.from(keys, (key) => place.get(key)!),
    kinds: distinct.map((key) => taggers.map((own) => own[first.get(key)!])),
  };
}
