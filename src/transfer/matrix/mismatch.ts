import { exactMap, type LabelMap } from "../../dataset/labelMap.js";
import { addedMapFlag, bridge } from "../../dataset/mapAdvice.js";
import { quotedLabels } from "../../dataset/mapLabels.js";

/** A domain's name and its labels. */
interface Labels {
  readonly name: string;
  readonly labels: readonly string[];
}

/** Why two domains cannot be compared, and what to do about it; undefined where they have the same labels. */
export function mismatchOf(source: Labels, target: Labels, map: LabelMap | undefined): string | undefined {
  const [own, other] = [source, target].map(({ labels }) => new Set(labels));
  const [more, lacking] = [[...own].filter((l) => !other.has(l)).sort(), [...other].filter((l) => !own.has(l)).sort()];
  if (more.length === 0 && lacking.length === 0) return undefined;
  const has = (one: Labels, labels: readonly string[], than: Labels): string[] =>
    labels.length === 0 ? [] : [`${one.name} has labels that ${than.name} lacks: ${quotedLabels(labels)}`];
  const found = [...has(source, more, target), ...has(target, lacking, source)].join("; ");
  const known = [...new Set([...own, ...other])];
  const inCommon = known.length - more.length - lacking.length;
  if (inCommon < 2) return `not comparable: ${found}. ${bridge(more, { known: [...other], map })}`;
  const drops = exactMap(new Map([...more, ...lacking].map((label) => [label, undefined])), known);
  const flag = addedMapFlag(map, drops);
  return `not comparable: ${found}; ${flag === undefined ? "map or drop them with --map" : `map it, such as with ${flag}`}`;
}
