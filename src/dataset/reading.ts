import { withDefaults } from "../defaults.js";
import { excerpt } from "../errors.js";
import type { CorpusOptions } from "../corpus/corpus.js";
import { applyLabelMap, writtenLabelMap, type LabelMap } from "./labelMap.js";

/** How labeled rows are read, as far as others for the same head are to be read in the same way. */
export interface Reading extends Pick<CorpusOptions, "textColumn" | "labelColumn" | "dropMissing"> {
  /** Renames or drops labels. */
  readonly map?: LabelMap | undefined;
}

const DEFAULT_COLUMNS = { textColumn: "text", labelColumn: "label" } as const;
const COLUMNS = ["textColumn", "labelColumn"] as const;

/**
 * Options that read as in training what they leave open. Where a corpus lacks the columns of the training, those of the
 * default names are read.
 */
export function asTrained<O extends Reading>(options: O, reading: Reading | undefined): O {
  if (reading === undefined) return options;
  const remembered = COLUMNS.filter((name) => isRemembered(name, options, reading));
  const otherwise = Object.fromEntries(remembered.map((name) => [name, DEFAULT_COLUMNS[name]]));
  return { ...withDefaults(reading, options), otherwise } as unknown as O;
}

const isRemembered = (name: keyof Reading, options: Reading, reading: Reading): boolean =>
  reading[name] !== undefined && options[name] === undefined;

/** What reading as in training came to. */
export interface Remembered {
  /** What was done as in training, in one line; undefined where that is nothing. */
  readonly remark: string | undefined;
  /** What could not be done so, a line each. */
  readonly notices: readonly string[];
}

/**
 * @param options  as they were given
 * @param found    how it was read in the end, and labels before the map
 */
export function rememberedReading(
  options: Reading,
  reading: Reading | undefined,
  found: { readonly reading?: Reading | undefined; readonly seen: ReadonlySet<string> },
): Remembered {
  if (reading === undefined) return { remark: undefined, notices: [] };
  const used = found.reading ?? {};
  const columns = COLUMNS.filter((name) => isRemembered(name, options, reading) && used[name] !== undefined).map(
    (name) => ({ name, trained: columnText(reading[name]), used: columnText(used[name]) }),
  );
  const same = columns.filter(({ trained, used }) => trained === used).map(({ used }) => used);
  const { map } = reading;
  const isMapped = options.map === undefined && map !== undefined && changes(map, found.seen);
  const done = [
    ...(same.length === 0 ? [] : [`column${same.length === 1 ? "" : "s"} ${same.join(" and ")}`]),
    ...(isMapped ? [`label map ${excerpt(writtenLabelMap(map))}`] : []),
    ...(isRemembered("dropMissing", options, reading) ? ["rows without a label left out"] : []),
  ];
  return {
    remark: done.length === 0 ? undefined : `${done.join("; ")}, as in training`,
    notices: columns
      .filter(({ trained, used }) => trained !== used)
      .map(({ name, trained, used }) => {
        const what = name === "textColumn" ? "the texts" : "the labels";
        return `there is no column "${excerpt(trained)}", from which ${what} were read in training; "${excerpt(used)}" is read`;
      }),
  };
}

const columnText = (column: string | readonly string[] | undefined): string => [column ?? []].flat().join(",");

const changes = (map: LabelMap, seen: ReadonlySet<string>): boolean =>
  [...seen].some((label) => applyLabelMap(map, label) !== label);
