import { escapeControls } from "../text/escape.js";
import { shellWord } from "../text/shell.js";
import { foldedLabel } from "./labelFold.js";
import { starMeanings } from "./starRatings.js";
import {
  applyLabelMap,
  blankLabelMap,
  composeLabelMaps,
  exactMap,
  writtenLabelMap,
  type LabelMap,
} from "./labelMap.js";

/*
 * What is advised about labels. A command that is advised is right when it is copied: it keeps the map that is in use, and
 * gives no label another meaning.
 */

/** A longer command is no help. */
const MOST_CHARACTERS = 1000;
/** Labels that are left to be filled in. */
const MOST_BLANKS = 10;

/** `--map` with what it is to do, as a shell takes it; undefined where no one could copy it. */
function mapFlag(written: string): string | undefined {
  if (written.length > MOST_CHARACTERS || escapeControls(written) !== written) return undefined;
  const word = shellWord(written);
  return `--map ${word === written ? `"${word}"` : word}`;
}

/** The flag that does what the map in use does, and then `more`. */
export const addedMapFlag = (map: LabelMap | undefined, more: LabelMap): string | undefined =>
  mapFlag(writtenLabelMap(composeLabelMaps(map, more)));

/** What a map did to labels before they were looked at. */
export interface MapInUse {
  readonly map?: LabelMap | undefined;
  /** Set for the map of a head's training: one that is given instead is applied to the labels of the head too. */
  readonly isRemembered?: boolean | undefined;
}

/** The flag that drops labels besides; undefined where it would change other labels of the head. */
export function droppingFlag(
  labels: readonly string[],
  known: readonly string[],
  { map, isRemembered }: MapInUse,
): string | undefined {
  const drops = exactMap(new Map(labels.map((label) => [label, undefined])), known);
  const composed = composeLabelMaps(map, drops);
  const isKept = (label: string): boolean => applyLabelMap(composed, label) === label;
  if (isRemembered === true && known.some((label) => !labels.includes(label) && !isKept(label))) return undefined;
  return mapFlag(writtenLabelMap(composed));
}

interface Known extends MapInUse {
  /** Labels to bring others to. */
  readonly known: readonly string[];
}

/**
 * What to do about labels that are not known: the map that brings each to the label that means the same, and a blank for
 * each that none does.
 *
 * @param unknown  after the map in use
 */
export function bridge(unknown: readonly string[], { known, map, isRemembered }: Known): string {
  const same = starMeanings(unknown, known) ?? meanings(unknown, { known, map });
  const blanks = unknown.filter((label) => !same.has(label));
  const composed = composeLabelMaps(map, same);
  const written = [...(composed.size === 0 ? [] : [writtenLabelMap(composed)]), ...blanks.map(blankLabelMap)].join(",");
  const changesHead = isRemembered === true && known.some((label) => applyLabelMap(composed, label) !== label);
  const flag = changesHead || blanks.length > MOST_BLANKS ? undefined : mapFlag(written);
  if (flag === undefined) {
    const isOther = blanks.length > MOST_BLANKS ? ", or name another column with --label-column" : "";
    return `Rename or drop them with --map "old=new,old=drop"${isOther}`;
  }
  if (blanks.length === 0) return `Bridge them with ${flag}`;
  return `Say what each stands for in place of "...", a label or drop: ${flag}`;
}

/**
 * What to do where labels may be one written in two ways: the map that brings every such group together.
 *
 * @param pairs  the label to rename, and the one that it may be
 */
export function mergeAdvice(pairs: readonly (readonly [rare: string, common: string])[], map?: LabelMap): string {
  const to = new Map<string, string>();
  const last = (label: string): string => {
    let end = label;
    for (let next = to.get(end); next !== undefined; next = to.get(end)) end = next;
    return end;
  };
  for (const [rare, common] of pairs) {
    const [from, onto] = [last(rare), last(common)];
    if (from !== onto) to.set(from, onto);
  }
  const flag = addedMapFlag(map, new Map([...to.keys()].map((label) => [label, last(label)])));
  const what = pairs.length === 1 ? "if they are one" : "if the two of each pair are one";
  return flag === undefined ? `bring them together with --map ${what}` : `${what}, ${flag} brings them together`;
}

/** For each label the known one, or the one that the map in use makes of it, that means the same; where it is one alone. */
function meanings(labels: readonly string[], { known, map }: Known): Map<string, string | undefined> {
  const isKnown = new Set(known);
  const renamed = [...(map ?? [])].filter(([, to]) => to === undefined || isKnown.has(to));
  const byKey = byFold(renamed);
  const byName = byFold(known.map((label) => [label, label] as const));
  return new Map(
    labels.flatMap((label): [string, string | undefined][] => {
      const fold = foldedLabel(label);
      const found = byKey.get(fold) ?? byName.get(fold);
      return found?.length === 1 ? [[label, found[0]]] : [];
    }),
  );
}

/** What the labels of each fold become, each once. */
function byFold(labels: Iterable<readonly [string, string | undefined]>): Map<string, (string | undefined)[]> {
  const found = new Map<string, (string | undefined)[]>();
  for (const [label, to] of labels) {
    const fold = foldedLabel(label);
    const own = found.get(fold) ?? [];
    if (!own.includes(to)) found.set(fold, [...own, to]);
  }
  return found;
}
