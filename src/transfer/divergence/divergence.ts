import { firstOfEachText } from "../../dataset/duplicates.js";
import { stackRows, takeRows } from "../../math/matrix.js";
import { seeded, shuffled, type Random } from "../../math/random.js";
import { LEAST_ROWS, proxyADistance, type DomainRows } from "./proxyA.js";
import { squaredDistances } from "./distances.js";
import { frechetDistance, type FrechetDistance } from "./frechet.js";
import { maximumMeanDiscrepancy, type Discrepancy } from "./maximumMeanDiscrepancy.js";
import { proxyACentered } from "./proxyACentered.js";
import { drawSides, pickDomainRows } from "./sampledDistance.js";
import {
  countWords,
  distinctiveWords,
  wordDivergence,
  type CountedTexts,
  type DistinctiveWord,
  type WordDivergence,
} from "./words.js";

/** What a number is where source and target are drawn from one corpus: the same rows, dealt to the two sides at random. */
export interface Null {
  /** Mean over the deals. */
  readonly mean: number;
  /** Share of the deals that are as far apart as source and target, these among them: no difference gives 0.05 in 1 of 20. */
  readonly p: number;
}

/** How different the source's texts are from the target's; labels play no part. */
export interface Divergence extends WordDivergence {
  /**
   * Proxy A-distance `2 (1 - 2 e)`, where `e` is the error of a model that distinguishes source from target vectors: 0 when it
   * can only guess, 2 when it is never wrong; slightly below 0 by chance.
   */
  readonly proxyA: number;
  /**
   * Proxy A-distance once each side is centered on its own mean, by nearest neighbors: 0 where the sides differ in nothing but
   * their means.
   */
  readonly proxyACentred: number;
  /** Squared maximum mean discrepancy, Gaussian kernel, unbiased: 0 for one distribution. */
  readonly mmd: number;
  /** Squared Fréchet distance of the vectors, the sum of the next two; it grows as rows get few. */
  readonly frechet: number;
  /** Of the means: what centering removes. */
  readonly frechetMean: number;
  readonly frechetCovariance: number;
  /** The words that add most to the divergence: up to ten that the target has more often, then ten of the source. */
  readonly words: readonly DistinctiveWord[];
  /** Different texts, which the numbers are of. */
  readonly n: { readonly source: number; readonly target: number; readonly perSideOfProxyA: number };
  /** What each number is for source and target of one corpus; null where there are too few rows for any to say something. */
  readonly underNull:
    | {
        readonly [name in "proxyA" | "proxyACentred" | "mmd" | "jensenShannon" | "vocabularySeen"]: Null;
      }
    | null;
}

interface DivergenceOptions {
  /** @default 1 */
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  /** How many times the rows are dealt anew. @default 39, so that p can be 0.025 */
  readonly deals?: number | undefined;
}

const MAX_ROWS = 1000; // a side; telling domains apart needs no more
/** With fewer on a side the distances of two corpora and those of one overlap too much. */
export const ROWS_TO_COMPARE = 50;

/**
 * How different two domains' texts are, with what each number is where there is no difference: it grows as rows get few. Each
 * text of a side counts once: dealt to both sides, its copies would make two sides of one corpus look more alike than any are.
 *
 * @see Ben-David et al. 2010 (proxy A-distance); Lin 1991 (Jensen-Shannon divergence); Gretton et al. 2012 (mean discrepancy)
 * @see Phipson & Smyth 2010, Permutation p-values should never be zero
 */
export async function divergenceOf(
  source: DomainRows,
  target: DomainRows,
  options: DivergenceOptions = {},
): Promise<Divergence> {
  const { seed = 1, threads, deals: wanted = 39 } = options;
  const random = seeded(seed);
  const domains = [source, target].map((side) => pickDomainRows(side, firstOfEachText(side.texts)));
  const texts = domains.flatMap((side) => side.texts);
  const sizes = [domains[0].texts.length, domains[1].texts.length] as const;
  const perSide = Math.min(MAX_ROWS, ...sizes);
  const hasNull = perSide >= ROWS_TO_COMPARE;
  const deals = hasNull ? wanted : 0;
  const vectors = await vectorDistances(domains, { perSide, deals, seed, threads, random });
  const { counted, found: words } = wordDistances(texts, sizes[0], { deals, random });
  const nullOf = (values: readonly number[], isFar = (a: number, b: number) => a >= b): Null => ({
    mean: values.slice(1).reduce((sum, value) => sum + value, 0) / (values.length - 1),
    p: values.filter((value) => isFar(value, values[0])).length / values.length,
  });
  const [jensenShannon, vocabularySeen] = [words.map((w) => w.jensenShannon), words.map((w) => w.vocabularySeen)];
  const more = otherDistances(domains, { deals: hasNull ? MORE_DEALS : 0, random });
  return {
    proxyA: vectors[0],
    proxyACentred: more.centered[0],
    mmd: more.mmd.squared,
    frechet: more.frechet.total,
    frechetMean: more.frechet.mean,
    frechetCovariance: more.frechet.covariance,
    ...words[0],
    words: distinctiveWords(counted, sidesOf(sizes), WORDS_SHOWN),
    n: { source: sizes[0], target: sizes[1], perSideOfProxyA: perSide },
    underNull: hasNull
      ? {
          proxyA: nullOf(vectors),
          proxyACentred: nullOf(more.centered),
          mmd: { mean: 0, p: more.mmd.p },
          jensenShannon: nullOf(jensenShannon),
          vocabularySeen: nullOf(vocabularySeen, (a, b) => a <= b),
        }
      : null,
  };
}

/** Proxy A-distance of the domains, and of as many deals of the same rows to two sides. */
async function vectorDistances(
  domains: readonly DomainRows[],
  {
    perSide,
    deals,
    seed,
    threads,
    random,
  }: { perSide: number; deals: number; seed: number; threads: number | undefined; random: Random },
): Promise<readonly number[]> {
  if (perSide < LEAST_ROWS) return [0];
  const rows = drawSides(domains, perSide, random);
  const found: number[] = [];
  for (let deal = 0; deal <= deals; deal++) {
    const order = deal === 0 ? Int32Array.from({ length: 2 * perSide }, (_, r) => r) : shuffled(2 * perSide, random);
    const domain = order.map((place) => (place < perSide ? 0 : 1));
    found.push(await proxyADistance(rows, domain, { seed, threads }));
  }
  return found;
}

/** Rows of a side that every pair of rows is compared of. */
const MOST_COMPARED = 500;
/** Deals that cost little, since the distances between the rows stay. */
const MORE_DEALS = 199;
/** Words of each side. */
const WORDS_SHOWN = 10;

/** Distances of up to 500 rows a side, equally many of each. */
function otherDistances(
  domains: readonly DomainRows[],
  { deals, random }: { readonly deals: number; readonly random: Random },
): { readonly centered: readonly number[]; readonly mmd: Discrepancy; readonly frechet: FrechetDistance } {
  const perSide = Math.min(MOST_COMPARED, ...domains.map(({ texts }) => texts.length));
  if (perSide < LEAST_ROWS)
    return { centered: [0], mmd: { squared: 0, p: 1 }, frechet: { total: 0, mean: 0, covariance: 0 } };
  const [first, second] = domains.map((side) =>
    takeRows(side.vectors, shuffled(side.texts.length, random).subarray(0, perSide)),
  );
  const both = stackRows(first.cols, [first, second]);
  return {
    centered: proxyACentered(both, { deals, random }),
    mmd: maximumMeanDiscrepancy(squaredDistances(both), perSide, { deals, random }),
    frechet: frechetDistance(first, second),
  };
}

const sidesOf = ([first, second]: readonly [number, number]): readonly [Int32Array, Int32Array] => [
  Int32Array.from({ length: first }, (_, r) => r),
  Int32Array.from({ length: second }, (_, r) => first + r),
];

/** Divergence of the words of the first texts from the others', and of as many deals of all texts to sides of the same sizes. */
function wordDistances(
  texts: readonly string[],
  first: number,
  { deals, random }: { readonly deals: number; readonly random: Random },
): { readonly counted: CountedTexts; readonly found: readonly WordDivergence[] } {
  const counted = countWords(texts);
  const found = Array.from({ length: deals + 1 }, (_, deal) => {
    const order = deal === 0 ? Int32Array.from(texts.keys()) : shuffled(texts.length, random);
    return wordDivergence(counted, [order.subarray(0, first), order.subarray(first)]);
  });
  return { counted, found };
}
