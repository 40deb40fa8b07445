import { stackRows, takeRows } from "../../math/matrix.js";
import { seeded, shuffled, type Random } from "../../math/random.js";
import { LEAST_ROWS, proxyADistance, type DomainRows } from "./proxyA.js";

/** Of a side; more rows change the distance little. */
const MOST_ROWS = 500;

interface SampledDistanceOptions {
  readonly seed: number;
  readonly threads?: number | undefined;
  /** Rows of a side that the distance needs. @default as many as can be dealt into folds */
  readonly least?: number | undefined;
}

/** Proxy A-distance of two domains, by equally many rows of each, 500 at most, drawn by seed; null where they are too few. */
export async function sampledDistance(
  domains: readonly [DomainRows, DomainRows],
  { seed, threads, least = LEAST_ROWS }: SampledDistanceOptions,
): Promise<number | null> {
  const perSide = Math.min(MOST_ROWS, ...domains.map(({ texts }) => texts.length));
  if (perSide < least) return null;
  const rows = drawSides(domains, perSide, seeded(seed));
  const sides = Int32Array.from(rows.texts, (_, r) => (r < perSide ? 0 : 1));
  return proxyADistance(rows, sides, { seed, threads });
}

/** So many rows of each domain, drawn without replacement: those of the first, then those of the second. */
export function drawSides(domains: readonly DomainRows[], perSide: number, random: Random): DomainRows {
  const sides = domains.map((side) => pickDomainRows(side, shuffled(side.texts.length, random).subarray(0, perSide)));
  return {
    texts: sides.flatMap(({ texts }) => texts),
    vectors: stackRows(
      domains[0].vectors.cols,
      sides.map(({ vectors }) => vectors),
    ),
  };
}

/** Those of a domain's rows at `rows`, in that order. */
export const pickDomainRows = ({ texts, vectors }: DomainRows, rows: Int32Array): DomainRows => ({
  texts: Array.from(rows, (r) => texts[r]),
  vectors: takeRows(vectors, rows),
});
