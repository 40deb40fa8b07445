import { HeadstartError } from "../errors.js";
import type { Matrix } from "../math/matrix.js";
import { balancedWeights } from "./linear/logisticLoss.js";
import { refuseNonFinite, type Standardizer } from "./standardize.js";

/** What every fit takes beside its rows. */
export interface FitDataOptions {
  /** Names of the label indices in `y`. */
  readonly labels: readonly string[];
  /** `balanced` gives every label the same total weight, the rows' own weights counted. @default "none" */
  readonly classWeights?: "none" | "balanced" | undefined;
  /** Weight of every row, 0 or more, on top of the class weights; 0 leaves the row out. @default 1 each */
  readonly sampleWeights?: Float64Array | undefined;
}

/** Weight of every row, its label's counted. */
export function rowWeights(y: Int32Array, { labels, classWeights, sampleWeights }: FitDataOptions): Float64Array {
  const own = sampleWeights ?? new Float64Array(y.length).fill(1);
  return classWeights === "balanced" ? balancedWeights(y, own, labels.length) : own;
}

/** What changes nothing. */
export const noStandardizer = (width: number): Standardizer => ({
  mean: new Float32Array(width),
  factor: new Float32Array(width).fill(1),
});

/**
 * Refuses rows that no head can learn from.
 *
 * @throws HeadstartError E_NOT_FINITE, E_SHAPE, or E_LABELS when fewer than two labels occur, or one of `labels` has no
 *   rows with weight
 * @throws RangeError when an index in `y` is out of range
 */
export function checkFitData(x: Matrix, y: Int32Array, { labels, sampleWeights }: FitDataOptions): void {
  if (x.rows !== y.length) {
    throw new HeadstartError(
      "E_SHAPE",
      `Cannot fit a head: ${x.rows} vectors but ${y.length} labels. Give one label a vector`,
    );
  }
  refuseNonFinite(x, "Cannot fit a head on these vectors");
  if (sampleWeights !== undefined) checkWeights(sampleWeights, x.rows);
  const strange = y.find((label) => !(label >= 0 && label < labels.length));
  if (strange !== undefined) throw new RangeError(`label ${strange} is none of the ${labels.length} labels`);
  const seen = new Set(y.filter((_, r) => sampleWeights?.[r] !== 0));
  const absent = labels.filter((_, i) => !seen.has(i));
  if (labels.length < 2 || absent.length > 0) {
    const found = `labels without a row: ${absent.map((l) => `"${l}"`).join(", ") || "none"}`;
    throw new HeadstartError(
      "E_LABELS",
      `Cannot fit a head: it needs two labels or more, each with rows (${found}). Check --label-column`,
    );
  }
}

function checkWeights(weights: Float64Array, rows: number): void {
  if (weights.length !== rows) {
    throw new HeadstartError(
      "E_SHAPE",
      `Cannot fit a head: ${rows} vectors but ${weights.length} weights of rows. Give one weight a vector`,
    );
  }
  const strange = weights.findIndex((w) => !(w >= 0 && w < Infinity));
  if (strange < 0) return;
  throw new HeadstartError(
    "E_NOT_FINITE",
    `Cannot fit a head: row ${strange + 1} has weight ${weights[strange]}. Give weights of 0 or more`,
  );
}
