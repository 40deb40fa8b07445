import { excerpt, HeadstartError, nearestName } from "../errors.js";

/** A map that names more labels which no row has is of another corpus, and has no slips of the pen. */
const MOST_HINTS = 100;

/** For each label that changes its new name, or undefined where its rows are dropped; other labels stay. */
export type LabelMap = ReadonlyMap<string, string | undefined>;

// Quoted, with quotes inside doubled, or bare up to the next comma or equals sign.
const ITEM = /\s*(?:"((?:[^"]|"")*)"|([^",=]*))\s*/y;

/**
 * Reads a map such as `4=positive,2=drop`: renames label 4, drops the rows of label 2.
 *
 * A label that holds a comma, an equals sign or a quote is put in quotes, `"a,b"=c`; a new label called drop too,
 * `a="drop"`. Spaces around bare labels do not count. Labels that the map does not name stay as they are.
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
        `Write it as old=new,old=drop, with quotes around a label that holds a comma or an equals sign`,
    );
  if (written.trim() === "") throw refuse("it is empty");
  const map = new Map<string, string | undefined>();
  for (let at = 0; at <= written.length;) {
    const key = itemAt(written, at);
    if (key.label === "") throw refuse(`at character ${at + 1} there is no label`);
    if (written[key.end] !== "=") throw refuse(`"${excerpt(key.label)}" has no "=" after it`);
    const value = itemAt(written, key.end + 1);
    if (value.label === "") throw refuse(`"${excerpt(key.label)}" has no new label`);
    const { end } = value;
    if (end < written.length && written[end] !== ",") throw refuse(`"${written[end]}" stands at character ${end + 1}`);
    if (map.has(key.label)) throw refuse(`it names "${excerpt(key.label)}" twice`);
    map.set(key.label, value.label === "drop" && !value.quoted ? undefined : value.label);
    at = end + 1;
    if (end === written.length - 1) throw refuse("it ends in a comma");
  }
  return map;
}

function itemAt(written: string, at: number): { label: string; quoted: boolean; end: number } {
  ITEM.lastIndex = at;
  const [all = "", inQuotes, bare = ""] = ITEM.exec(written) ?? [];
  const quoted = inQuotes !== undefined;
  return { label: quoted ? inQuotes.replaceAll('""', '"') : bare.trim(), quoted, end: at + all.length };
}

/**
 * The label under the map: its new name, itself when the map does not name it, undefined when its row is dropped.
 *
 * @example
 * const map = parseLabelMap("4=positive,2=drop");
 * console.log(applyLabelMap(map, "4"), applyLabelMap(map, "2"), applyLabelMap(map, "0")); // positive undefined 0
 */
export function applyLabelMap(map: LabelMap, label: string): string | undefined {
  return map.has(label) ? map.get(label) : label;
}

/** A warning for each label of the map that no row has, with the nearest one that is there. */
export function unusedMapKeys(map: LabelMap | undefined, seen: ReadonlySet<string>): string[] {
  const unused = [...(map?.keys() ?? [])].filter((label) => !seen.has(label));
  const candidates = [...seen];
  return unused.map((label, i) => {
    const nearest = i < MOST_HINTS ? nearestName(label, candidates) : undefined;
    const hint = nearest === undefined ? "" : `; did you mean "${excerpt(nearest)}"?`;
    return `the map names the label "${excerpt(label)}", which no row has${hint}`;
  });
}
