import type { LogisticHead } from "../../head/head.js";
import { columnMeans } from "../../math/covariance.js";
import type { Matrix } from "../../math/matrix.js";

/**
 * A head that takes rows of the target as if their mean were that of the source: its standardization moves by the
 * difference. It helps where a domain moves all texts alike, and harms where the labels' shares differ, since they are
 * part of the mean.
 *
 * @param source  `[rows, width]`
 * @param target  the same width, one row or more
 */
export function centerHead<H extends LogisticHead>(head: H, source: Matrix, target: Matrix): H {
  const [from, to] = [columnMeans(source), columnMeans(target)];
  const mean = head.standardizer.mean.map((m, d) => m + to[d] - from[d]);
  return { ...head, standardizer: { ...head.standardizer, mean } };
}
