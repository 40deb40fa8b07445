/** How well one order agrees with another. */
export interface RankCorrelation {
  /** Kendall's tau-b: 1 for the same order, -1 for the reverse; null where all values of a side are equal. */
  readonly tau: number | null;
  /** Points it is of: of few it says little. */
  readonly n: number;
}

/** @see Kendall 1945, The treatment of ties in ranking problems */
export function rankCorrelation(x: readonly number[], y: readonly number[]): RankCorrelation {
  let [agree, movesX, movesY] = [0, 0, 0];
  for (let a = 0; a < x.length; a++) {
    for (let b = 0; b < a; b++) {
      const [dx, dy] = [Math.sign(x[a] - x[b]), Math.sign(y[a] - y[b])];
      agree += dx * dy;
      movesX += dx ** 2;
      movesY += dy ** 2;
    }
  }
  return { tau: movesX === 0 || movesY === 0 ? null : agree / Math.sqrt(movesX * movesY), n: x.length };
}
