import { pickRows } from "../../dataset/labeledVectors.js";
import { stackRows } from "../../math/matrix.js";
import { seeded, shuffled } from "../../math/random.js";
import { ROWS_TO_COMPARE } from "../divergence/divergence.js";
import { proxyADistance } from "../divergence/proxyA.js";
import type { PreparedDomain } from "./domain.js";

/** A side; more rows change the distance little. */
const MOST_ROWS = 500;

/** Proxy A-distance of two domains' training rows, equally many of each; null where they are too few to say. */
export async function domainDistance(
  domains: readonly [PreparedDomain, PreparedDomain],
  { seed, threads }: { readonly seed: number; readonly threads?: number | undefined },
): Promise<number | null> {
  const perSide = Math.min(MOST_ROWS, ...domains.map(({ train }) => train.texts.length));
  if (perSide < ROWS_TO_COMPARE) return null;
  const random = seeded(seed);
  const [first, second] = domains.map(({ train }) =>
    pickRows(train, shuffled(train.texts.length, random).subarray(0, perSide)),
  );
  const texts = [...first.texts, ...second.texts];
  const vectors = stackRows(first.vectors.cols, [first.vectors, second.vectors]);
  const sides = Int32Array.from(texts, (_, r) => (r < perSide ? 0 : 1));
  return proxyADistance({ texts, vectors }, sides, { seed, threads });
}
