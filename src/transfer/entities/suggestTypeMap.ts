import { foldedLabel } from "../../dataset/labelFold.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { goldSpans } from "../../tagging/corpus/spans.js";
import { findEntities } from "../../tagging/evaluate.js";
import type { Tagger } from "../../tagging/model/tagger.js";
import type { EmbeddedSentences } from "../../tagging/vectors/embeddedSentences.js";
import type { TypeMismatch } from "./typeMismatch.js";

/** An entity that was found with the words of a true one: the two types. */
export interface TypePair {
  readonly truth: string;
  readonly found: string;
}

/** Fewer entities with the same words say nothing of a type. */
const FEWEST_PAIRS = 5;

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
  const pairs = target.sentences.flatMap((sentence, s) => {
    const gold = new Map(goldSpans(sentence).strict.map(({ start, end, label }) => [`${start} ${end}`, label]));
    return found[s].flatMap(({ start, end, label }): TypePair[] => {
      const truth = gold.get(`${start} ${end}`);
      return truth === undefined ? [] : [{ truth, found: label }];
    });
  });
  return mapFromPairs(mismatch, pairs);
}

/**
 * For each type that one side lacks the type of the other side that it corresponds to: the shared one of that name but for its
 * case, or the one that most entities with the same words have. Two that correspond to each other get the target's name; what
 * corresponds to nothing is dropped.
 */
export function mapFromPairs(
  { shared, onlySource, onlyTarget }: Pick<TypeMismatch, "shared" | "onlySource" | "onlyTarget">,
  pairs: readonly TypePair[],
): LabelMap {
  const map = new Map<string, string | undefined>();
  for (const type of onlyTarget) {
    const seenAs = pairs.filter(({ truth }) => truth === type).map(({ found }) => found);
    const other = sameName(type, [...shared, ...onlySource]) ?? majority(seenAs);
    if (other === undefined || shared.includes(other) || map.has(other)) map.set(type, sharedOnly(other, shared));
    else map.set(other, type);
  }
  for (const type of onlySource.filter((one) => !map.has(one))) {
    const meant = pairs.filter(({ found }) => found === type).map(({ truth }) => truth);
    const other = sameName(type, shared) ?? majority(meant);
    map.set(type, other !== undefined && map.has(other) ? map.get(other) : other);
  }
  return map;
}

const sharedOnly = (type: string | undefined, shared: readonly string[]): string | undefined =>
  type !== undefined && shared.includes(type) ? type : undefined;

const sameName = (type: string, others: readonly string[]): string | undefined =>
  others.find((one) => foldedLabel(one) === foldedLabel(type));

/** What more than half of all votes are for, where there are enough. */
function majority(votes: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const vote of votes) counts.set(vote, (counts.get(vote) ?? 0) + 1);
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  return best !== undefined && best[1] >= FEWEST_PAIRS && best[1] > votes.length / 2 ? best[0] : undefined;
}
