import { seeded, shuffled } from "../../math/random.js";

/** How well one order agrees with another. */
export interface RankCorrelation {
  /** Kendall's tau-b: 1 for the same order, -1 for the reverse; null where all values of a side are equal. */
  readonly tau: number | null;
  /**
   * Two-sided, of orders that have nothing to do with each other: the share of the orders of one side that agree or disagree
   * with the other at least as much. Of few points it cannot be small: of four it is 1 / 12 at least. Null where `tau` is.
   */
  readonly p: number | null;
  /** Points it is of: of few it says little. */
  readonly n: number;
}

/** Up to so many points all orders are tried, 40,320 of them. */
const MOST_TRIED = 8;
const DRAWS = 9999;

/** @see Kendall 1945, The treatment of ties in ranking problems */
export function rankCorrelation(x: readonly number[], y: readonly number[]): RankCorrelation {
  const n = x.length;
  const [byX, byY] = [signsOf(x), signsOf(y)];
  const moves = (signs: Int8Array): number => signs.reduce((sum, sign) => sum + Math.abs(sign), 0);
  const scale = Math.sqrt(moves(byX) * moves(byY));
  if (scale === 0) return { tau: null, p: null, n };
  const agreement = (order: ArrayLike<number>): number => {
    let sum = 0;
    for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) sum += byX[a * n + b] * byY[order[a] * n + order[b]];
    return sum;
  };
  const found = agreement([...x.keys()]);
  let [tried, beyond] = [0, 0];
  for (const order of ordersOf(n)) {
    tried++;
    if (Math.abs(agreement(order)) >= Math.abs(found)) beyond++;
  }
  // Where they are drawn, the order that was found is one of them.
  const p = n <= MOST_TRIED ? beyond / tried : (beyond + 1) / (tried + 1);
  return { tau: found / scale, p, n };
}

/** Whether each value is above each other, `[n, n]`: 1, 0 or -1. */
function signsOf(values: readonly number[]): Int8Array {
  const n = values.length;
  return Int8Array.from({ length: n * n }, (_, at) => Math.sign(values[Math.floor(at / n)] - values[at % n]));
}

/** All orders of few points, as many as there are time for of more. */
function* ordersOf(n: number): Generator<ArrayLike<number>> {
  if (n <= MOST_TRIED) return yield* permutations(Int32Array.from({ length: n }, (_, i) => i));
  const random = seeded(1);
  for (let draw = 0; draw < DRAWS; draw++) yield shuffled(n, random);
}

/** Every order of the numbers, in place (Heap's algorithm). */
function* permutations(numbers: Int32Array, length = numbers.length): Generator<Int32Array> {
  if (length <= 1) return yield numbers;
  for (let i = 0; i < length; i++) {
    yield* permutations(numbers, length - 1);
    const swap = length % 2 === 0 ? i : 0;
    [numbers[swap], numbers[length - 1]] = [numbers[length - 1], numbers[swap]];
  }
}
