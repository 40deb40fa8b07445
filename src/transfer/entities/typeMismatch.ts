import { composeLabelMaps, exactMap, writtenLabelMap, type LabelMap } from "../../dataset/labelMap.js";
import { addedMapFlag, bridge } from "../../dataset/mapAdvice.js";
import { quotedLabels } from "../../dataset/mapLabels.js";
import { HeadstartError } from "../../errors.js";
import { entityLabels } from "../../tagging/corpus/sentence.js";
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

type Tagged = Pick<EmbeddedSentences, "sentences">;

interface Sides {
  readonly source: Tagged;
  /** All sentences of the target's domain. */
  readonly target: readonly Tagged[];
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

/** Types that a message names. */
const SHOWN = 5;

/** What the mismatch is, in words. */
export function mismatchText({ onlySource, onlyTarget }: TypeMismatch): string {
  const lacks = (who: string, other: string, types: readonly string[]): string[] =>
    types.length === 0
      ? []
      : [`the ${who} has types of entities that the ${other} lacks: ${quotedLabels(types, SHOWN)}`];
  return [...lacks("source", "target", onlySource), ...lacks("target", "source", onlyTarget)].join("; ");
}

/** Instead of a verdict, while nobody has said what the types of one side are to the other. */
export function typesNotComparable(mismatch: TypeMismatch, suggested: LabelMap, map: LabelMap | undefined): Verdict {
  const flag = addedMapFlag(map, suggested);
  const advice =
    flag === undefined
      ? "rename or drop them with --map"
      : `map them, such as with ${flag}, once you have checked that each pair means the same; a type that is mapped to its own name stays as it is`;
  const because = `not comparable: ${mismatchText(mismatch)}; ${advice}`;
  return { call: "unknown", difference: null, interval95: null, comparable: false, because };
}

/** What the scores on the target are over. */
export function typesWarning({ onlySource, onlyTarget }: TypeMismatch): string[] {
  const missed = onlyTarget.length === 0 ? "" : `; of these the source lacks ${quotedLabels(onlyTarget, SHOWN)}`;
  return [
    `scores on the target are over its own types of entities${missed}` +
      (onlySource.length === 0 ? "" : `; what is found of ${quotedLabels(onlySource, SHOWN)} is not counted`),
  ];
}

/** The suggested map as `--map` takes it, with what the map in use does before it. */
export const writtenSuggestion = (suggested: LabelMap, map: LabelMap | undefined): string =>
  writtenLabelMap(composeLabelMaps(map, suggested));
