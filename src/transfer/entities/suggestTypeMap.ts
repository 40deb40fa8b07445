import { foldedLabel } from "../../dataset/labelFold.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { goldSpans } from "../../tagging/corpus/spans.js";
import { findEntities } from "../../tagging/evaluate.js";
import type { Tagger } from "../../tagging/model/tagger.js";
import type { EmbeddedSentences } from "../../tagging/vectors/embeddedSentences.js";
import type { TypeMismatch } from "./typeMismatch.js";

/** A true entity, and the type that its words are found as, where they are. */
export interface TypePair {
  readonly truth: string;
  readonly found: string | undefined;
}

/** Fewer entities with the same words say nothing of a type. */
const FEWEST_PAIRS = 5;
/** Of the true entities of a type; with less, the type is mostly missed, and what is found of it is chance. */
const LEAST_SHARE = 0.2;

/** A map that brings the types of both sides together, by what a tagger of the source finds on target sentences. */
export async function suggestedMap(
  mismatch: TypeMismatch,
  {
    tagger,
    target,
    threads,
  }: {
    readonly tagger: Tagger;
    readonly target: EmbeddedSentences;
    readonly threads?: number | undefined;
  },
): Promise<LabelMap> {
  const found = await findEntities(tagger, target, { threads });
  const pairs = target.sentences.flatMap((sentence, s): TypePair[] => {
    const labels = new Map(found[s].map(({ start, end, label }) => [`${start} ${end}`, label]));
    return goldSpans(sentence).strict.map(({ start, end, label }) => ({
      truth: label,
      found: labels.get(`${start} ${end}`),
    }));
  });
  return mapFromPairs(mismatch, pairs);
}

/**
 * For each type that one side lacks the type of the other side that it corresponds to: the shared one of that name but for its
 * case, or the one that most entities with the same words have. Two that correspond to each other get the target's name; what
 * corresponds to nothing is dropped, since a wrong name does more harm than none.
 */
export function mapFromPairs(
  { shared, onlySource, onlyTarget }: Pick<TypeMismatch, "shared" | "onlySource" | "onlyTarget">,
  pairs: readonly TypePair[],
): LabelMap {
  const corresponds = correspondence(pairs);
  const map = new Map<string, string | undefined>();
  for (const type of onlyTarget) {
    const found = pairs.flatMap((pair) => (pair.truth === type && pair.found !== undefined ? [pair.found] : []));
    const other = sameName(type, [...shared, ...onlySource]) ?? majority(found, (own) => corresponds(type, own));
    if (other !== undefined && onlySource.includes(other) && !map.has(other)) map.set(other, type);
    else map.set(type, other !== undefined && shared.includes(other) ? other : undefined);
  }
  for (const type of onlySource.filter((one) => !map.has(one))) {
    const meant = pairs.filter(({ found }) => found === type).map(({ truth }) => truth);
    const other = sameName(type, shared) ?? majority(meant, (own) => corresponds(own, type));
    map.set(type, other !== undefined && map.has(other) ? map.get(other) : other);
  }
  return map;
}

/** Whether enough of the true entities of a type are found as another. */
function correspondence(pairs: readonly TypePair[]): (truth: string, found: string) => boolean {
  return (truth, found) => {
    const own = pairs.filter((pair) => pair.truth === truth);
    const same = own.filter((pair) => pair.found === found).length;
    return same >= FEWEST_PAIRS && same >= LEAST_SHARE * own.length;
  };
}

const sameName = (type: string, others: readonly string[]): string | undefined =>
  others.find((one) => foldedLabel(one) === foldedLabel(type));

/** What more than half of the votes are for, where that will do. */
function majority(votes: readonly string[], willDo: (type: string) => boolean): string | undefined {
  const counts = new Map<string, number>();
  for (const vote of votes) counts.set(vote, (counts.get(vote) ?? 0) + 1);
  const best = [...counts].find(([, n]) => n > votes.length / 2)?.[0];
  return best !== undefined && willDo(best) ? best : undefined;
}
