/** Keeping only the most confident predictions: their share of the rows, and how often they are wrong. */
export interface RiskPoint {
  /** Share of the rows whose prediction is kept. */
  readonly coverage: number;
  /** Share of wrong predictions among them. */
  readonly risk: number;
  /** Least confidence among them. */
  readonly threshold: number;
}

export interface RiskCoverage {
  readonly n: number;
  /** Area under the curve: the risk, averaged over all coverages. Lower is better; the error rate is that of chance order. */
  readonly aurc: number;
  /** One point for every distinct confidence, from the most confident rows to all of them. */
  readonly curve: readonly RiskPoint[];
}

/**
 * The risk-coverage curve of predictions by their confidence. Rows of equal confidence are kept together or not at all,
 * and count in the area with the mean risk of any order among them.
 *
 * @param confidence  of the prediction for every row
 * @param right       1 where it is right
 * @see El-Yaniv & Wiener 2010; Geifman, Uziel & El-Yaniv 2019 (AURC): https://arxiv.org/abs/1805.08206
 * @example
 * const { curve } = riskCoverage(Float64Array.of(0.9, 0.8, 0.6), Uint8Array.of(1, 1, 0));
 * console.log(curve.map(({ coverage, risk }) => [coverage.toFixed(2), risk.toFixed(2)]));
 */
export function riskCoverage(confidence: Float64Array, right: Uint8Array): RiskCoverage {
  const n = confidence.length;
  const order = [...confidence.keys()].sort((a, b) => confidence[b] - confidence[a]);
  const curve: RiskPoint[] = [];
  let [kept, wrong, area] = [0, 0, 0];
  while (kept < n) {
    const threshold = confidence[order[kept]];
    let end = kept;
    let wrongHere = 0;
    for (; end < n && confidence[order[end]] === threshold; end++) wrongHere += 1 - right[order[end]];
    const rate = wrongHere / (end - kept);
    for (let k = kept + 1; k <= end; k++) area += (wrong + rate * (k - kept)) / k;
    kept = end;
    wrong += wrongHere;
    curve.push({ coverage: kept / n, risk: wrong / kept, threshold });
  }
  return { n, aurc: n === 0 ? 0 : area / n, curve };
}

/** The point of the curve with the largest coverage of at most `coverage`; the first point where there is none. */
export function pointAt(curve: readonly RiskPoint[], coverage: number): RiskPoint {
  return curve.findLast((point) => point.coverage <= coverage + 1e-12) ?? curve[0];
}
