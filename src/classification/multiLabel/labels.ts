import { excerpt, HeadstartError } from "../../errors.js";
import { labelsIn } from "../../dataset/labelCell.js";
import { refuseTexts } from "../../dataset/labelSet.js";
import { labelIndices } from "../../dataset/mapLabels.js";

/** `[rows, classes]`, 1 where a row has the label. @throws HeadstartError E_LABEL_MAP naming labels that are not among them */
export function marksIn(
  cells: readonly string[],
  {
    labels,
    separator,
    file,
  }: { readonly labels: readonly string[]; readonly separator: string | undefined; readonly file: string },
): Uint8Array {
  const marks = new Uint8Array(cells.length * labels.length);
  const own = cells.map((cell) => labelsIn(cell, separator));
  const indices = labelIndices(labels, own.flat(), file);
  let at = 0;
  own.forEach(({ length }, r) => {
    for (const end = at + length; at < end; at++) marks[r * labels.length + indices[at]] = 1;
  });
  return marks;
}

/** More labels than single ones can be: a text may have many, and none of them has to be separated from all others. */
const MOST_LABELS = 10_000;

/**
 * The labels of cells such as `news|sport`, each once, in the order of UTF-16 code units.
 *
 * @throws HeadstartError E_LABELS when there are fewer than two, or they look like texts or ids
 */
export function labelsToLearn(cells: readonly string[], separator?: string): string[] {
  const all = cells.flatMap((cell) => labelsIn(cell, separator));
  const labels = [...new Set(all)].sort();
  if (labels.length < 2) {
    const found = labels.length === 0 ? "no row has any" : `"${excerpt(labels[0])}" is the only one`;
    const [parted, advice] =
      separator === undefined ? ["", ""] : [`, parted by "${separator}"`, ", or another separator"];
    throw new HeadstartError(
      "E_LABELS",
      `Cannot learn these labels: ${found}${parted}. Give rows of two or more labels${advice}`,
    );
  }
  refuseTexts(all, { mostClasses: MOST_LABELS });
  return labels;
}
