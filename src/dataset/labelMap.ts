import { excerpt, HeadstartError, nearestName } from "../errors.js";

/** A map that names more labels which no row has is of another corpus, and has no slips of the pen. */
const MOST_HINTS = 100;

/** For each label that changes its new name, or undefined where its rows are dropped; other labels stay. */
export type LabelMap = ReadonlyMap<string, string | undefined>;

/** What stands for a new label where rows are dropped, and where one is still to be filled in. */
const DROP = "drop";
const BLANK = "...";

// Quoted, with quotes inside doubled, or bare up to the next comma or equals sign.
const ITEM = /\s*(?:"((?:[^"]|"")*)"|([^",=]*))\s*/y;

/**
 * Reads a map such as `4=positive,2=drop`: renames label 4, drops the rows of label 2.
 *
 * A label that holds a comma, an equals sign or a quote is put in quotes, `"a,b"=c`; a new label called drop too,
 * `a="drop"`. Spaces around bare labels do not count; in quotes they do. Labels that the map does not name stay as they
 * are.
 *
 * @throws HeadstartError E_LABEL_MAP when it is empty or malformed, or names a label twice
 * @example
 * const map = parseLabelMap("4=positive,2=drop");
 * console.log([...map]); // [ [ '4', 'positive' ], [ '2', undefined ] ]
 */
export function parseLabelMap(written: string): LabelMap {
  const refuse = (found: string): HeadstartError =>
    new HeadstartError(
      "E_LABEL_MAP",
      `Cannot read the label map "${excerpt(written)}": ${found}. ` +
        `Write it as old=new,old=drop, with quotes around a label that holds a comma, an equals sign or outer spaces`,
    );
  if (written.trim() === "") throw refuse("it is empty");
  const map = new Map<string, string | undefined>();
  for (let at = 0; at <= written.length;) {
    const key = itemAt(written, at);
    if (key.label === "") throw refuse(`at character ${at + 1} there is no label`);
    if (written[key.end] !== "=") throw refuse(`"${excerpt(key.label)}" has no "=" after it`);
    const value = itemAt(written, key.end + 1);
    if (value.label === "") throw refuse(`"${excerpt(key.label)}" has no new label`);
    if (isBare(value, BLANK)) throw refuse(`the new label of "${excerpt(key.label)}" is still to be filled in`);
    const { end } = value;
    if (end < written.length && written[end] !== ",") throw refuse(`"${written[end]}" stands at character ${end + 1}`);
    if (map.has(key.label)) throw refuse(`it names "${excerpt(key.label)}" twice`);
    map.set(key.label, isBare(value, DROP) ? undefined : value.label);
    at = end + 1;
    if (end === written.length - 1) throw refuse("it ends in a comma");
  }
  return map;
}

interface Item {
  readonly label: string;
  readonly quoted: boolean;
  readonly end: number;
}

const isBare = ({ label, quoted }: Item, word: string): boolean => label === word && !quoted;

function itemAt(written: string, at: number): Item {
  ITEM.lastIndex = at;
  const [all = "", inQuotes, bare = ""] = ITEM.exec(written) ?? [];
  const quoted = inQuotes !== undefined;
  return { label: quoted ? inQuotes.replaceAll('""', '"') : bare.trim(), quoted, end: at + all.length };
}

/** A map as `parseLabelMap` reads it, in the order of its labels. */
export const writtenLabelMap = (map: LabelMap): string =>
  [...map].map(([label, to]) => `${item(label)}=${to === undefined ? DROP : item(to)}`).join(",");

/** The map as a record keeps it: each label to its new name, or to `drop`. */
export const plainLabelMap = (map: LabelMap = new Map()): Readonly<Record<string, string>> =>
  Object.fromEntries([...map].map(([from, to]) => [from, to ?? "drop"]));

/** The same for one label, whose new one is still to be filled in: reading it as it is is refused. */
export const blankLabelMap = (label: string): string => `${item(label)}=${BLANK}`;

const item = (label: string): string =>
  /[",=]/.test(label) || label !== label.trim() || label === DROP || label === BLANK
    ? `"${label.replaceAll('"', '""')}"`
    : label;

/**
 * A map that changes its own labels alone: of the others, those with outer spaces which would go by the name of one keep
 * their own.
 */
export const exactMap = (map: LabelMap, labels: readonly string[]): LabelMap =>
  new Map([
    ...map,
    ...labels.filter((label) => !map.has(label) && map.has(label.trim())).map((one) => [one, one] as const),
  ]);

/** The map that does what `first` does, and then `second`. */
export function composeLabelMaps(first: LabelMap | undefined, second: LabelMap): LabelMap {
  const composed = new Map<string, string | undefined>();
  for (const [label, to] of first ?? []) composed.set(label, to === undefined ? undefined : applyLabelMap(second, to));
  for (const [label, to] of second) {
    const isTaken = first !== undefined && (first.has(label) || applyLabelMap(first, label) !== label);
    if (!isTaken) composed.set(label, to);
  }
  return composed;
}

/**
 * The label under the map: its new name, itself when the map does not name it, undefined when its row is dropped. A label
 * with outer spaces that the map does not name goes by its name without them.
 *
 * @example
 * const map = parseLabelMap("4=positive,2=drop");
 * console.log(applyLabelMap(map, "4"), applyLabelMap(map, "2"), applyLabelMap(map, "0")); // positive undefined 0
 */
export function applyLabelMap(map: LabelMap, label: string): string | undefined {
  const key = map.has(label) ? label : label.trim();
  return map.has(key) ? map.get(key) : label;
}

/** A warning for each label of the map that no row has, with the nearest one that is there. */
export function unusedMapKeys(map: LabelMap | undefined, seen: ReadonlySet<string>): string[] {
  const used = new Set([...seen].flatMap((label) => [label, label.trim()]));
  const unused = [...(map?.keys() ?? [])].filter((label) => !used.has(label));
  const candidates = [...seen];
  return unused.map((label, i) => {
    const nearest = i < MOST_HINTS ? nearestName(label, candidates) : undefined;
    const hint = nearest === undefined ? "" : `; did you mean "${excerpt(nearest)}"?`;
    return `the map names the label "${excerpt(label)}", which no row has${hint}`;
  });
}
