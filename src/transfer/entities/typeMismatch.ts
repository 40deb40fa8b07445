import { foldedLabel } from "../../dataset/labelFold.js";
import { composeLabelMaps, exactMap, writtenLabelMap, type LabelMap } from "../../dataset/labelMap.js";
import { addedMapFlag, bridge } from "../../dataset/mapAdvice.js";
import { quotedLabels } from "../../dataset/mapLabels.js";
import { HeadstartError } from "../../errors.js";
import { entityLabels } from "../../tagging/corpus/sentence.js";
import { goldSpans } from "../../tagging/corpus/spans.js";
import { findEntities } from "../../tagging/evaluate.js";
import type { Tagger } from "../../tagging/model/tagger.js";
import type { EmbeddedSentences } from "../../tagging/vectors/embeddedSentences.js";
import type { Verdict } from "../experiment/record.js";

/** Types of entities that one side lacks. */
export interface TypeMismatch {
  readonly shared: readonly string[];
  readonly onlySource: readonly string[];
  readonly onlyTarget: readonly string[];
  /** Drops the source's own types, and nothing else. */
  readonly drops: LabelMap;
  /** Set where the map in use says nothing of one of them. */
  readonly isOpen: boolean;
}

interface Sides {
  readonly source: EmbeddedSentences;
  /** All sentences of the target's domain. */
  readonly target: readonly EmbeddedSentences[];
  /** That is in use. */
  readonly map: LabelMap | undefined;
}

/**
 * The types that source and target do not share; undefined where they have the same.
 *
 * @throws HeadstartError E_LABEL_MAP when they share none
 */
export function typeMismatch({ source, target, map }: Sides): TypeMismatch | undefined {
  const learned = entityLabels(source.sentences);
  const wanted = entityLabels(target.flatMap(({ sentences }) => sentences));
  const shared = learned.filter((type) => wanted.includes(type));
  if (shared.length === 0) throw nothingShared(learned, wanted, map);
  const onlySource = learned.filter((type) => !shared.includes(type));
  const onlyTarget = wanted.filter((type) => !shared.includes(type));
  if (onlySource.length + onlyTarget.length === 0) return undefined;
  const drops = exactMap(new Map(onlySource.map((type) => [type, undefined])), learned);
  const kept = new Set([...(map ?? [])].map(([, to]) => to));
  const isOpen = [...onlySource, ...onlyTarget].some((type) => !kept.has(type));
  return { shared, onlySource, onlyTarget, drops, isOpen };
}

function nothingShared(
  learned: readonly string[],
  wanted: readonly string[],
  map: LabelMap | undefined,
): HeadstartError {
  const lists = `${quotedLabels(learned)}; ${quotedLabels(wanted)}`;
  return new HeadstartError(
    "E_LABEL_MAP",
    `Source and target have no type of entities in common: ${lists}. ${bridge(wanted, { known: learned, map })}`,
  );
}

/** What the mismatch is, in words. */
export function mismatchText({ onlySource, onlyTarget }: TypeMismatch): string {
  const lacks = (who: string, other: string, types: readonly string[]): string[] =>
    types.length === 0 ? [] : [`the ${who} has types of entities that the ${other} lacks: ${quotedLabels(types)}`];
  return [...lacks("source", "target", onlySource), ...lacks("target", "source", onlyTarget)].join("; ");
}

/** Instead of a verdict, while nobody has said what the types of one side are to the other. */
export function typesNotComparable(mismatch: TypeMismatch, suggested: LabelMap, map: LabelMap | undefined): Verdict {
  const flag = addedMapFlag(map, suggested);
  const advice =
    flag === undefined
      ? "rename or drop them with --map"
      : `map them, such as with ${flag}; a type that is mapped to its own name stays as it is`;
  const because = `not comparable: ${mismatchText(mismatch)}; ${advice}`;
  return { call: "unknown", difference: null, interval95: null, comparable: false, because };
}

/** What the scores on the target are over. */
export function typesWarning({ onlySource, onlyTarget }: TypeMismatch): string[] {
  const missed = onlyTarget.length === 0 ? "" : `; of these the source lacks ${quotedLabels(onlyTarget)}`;
  return [
    `scores on the target are over its own types of entities${missed}` +
      (onlySource.length === 0 ? "" : `; what is found of ${quotedLabels(onlySource)} is not counted`),
  ];
}

/** The suggested map as `--map` takes it, with what the map in use does before it. */
export const writtenSuggestion = (suggested: LabelMap, map: LabelMap | undefined): string =>
  writtenLabelMap(composeLabelMaps(map, suggested));

/** Fewer entities with the same words say nothing of a type. */
const FEWEST_VOTES = 3;

/**
 * For each type that one side lacks the shared type that it corresponds to: one of that name but for its case or, as a
 * tagger of the source has it, the one that most entities with the same words have on the target; else it is dropped.
 *
 * @param tagger  trained on the source
 * @param target  sentences of the target, which no score is of where there are others
 */
export async function suggestedMap(
  { shared, onlySource, onlyTarget }: TypeMismatch,
  { tagger, target, threads }: { readonly tagger: Tagger; readonly target: EmbeddedSentences; readonly threads?: number | undefined },
): Promise<LabelMap> {
  const pairs = await typePairs(tagger, target, threads);
  const chosen = new Map<string, string | undefined>();
  const choose = (type: string, others: readonly string[]): void => {
    const known = others.flatMap((other) => chosen.get(other) ?? (shared.includes(other) ? other : []));
    chosen.set(type, sameName(type, shared) ?? majority(known, others.length));
  };
  for (const type of onlyTarget) choose(type, pairs.filter(({ truth }) => truth === type).map(({ found }) => found));
  for (const type of onlySource) choose(type, pairs.filter(({ found }) => found === type).map(({ truth }) => truth));
  return chosen;
}

const sameName = (type: string, shared: readonly string[]): string | undefined =>
  shared.find((one) => foldedLabel(one) === foldedLabel(type));

/** The value that at least half of all votes are for. */
function majority(votes: readonly string[], all: number): string | undefined {
  const counts = new Map<string, number>();
  for (const vote of votes) counts.set(vote, (counts.get(vote) ?? 0) + 1);
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  return best !== undefined && best[1] >= Math.max(FEWEST_VOTES, all / 2) ? best[0] : undefined;
}

/** Types of entities that are found with the words of a true one. */
async function typePairs(
  tagger: Tagger,
  target: EmbeddedSentences,
  threads: number | undefined,
): Promise<readonly { readonly truth: string; readonly found: string }[]> {
  const found = await findEntities(tagger, target, { threads });
  return target.sentences.flatMap((sentence, s) => {
    const gold = new Map(goldSpans(sentence).strict.map(({ start, end, label }) => [`${start} ${end}`, label]));
    return found[s].flatMap(({ start, end, label }) => {
      const truth = gold.get(`${start} ${end}`);
      return truth === undefined ? [] : [{ truth, found: label }];
    });
  });
}
