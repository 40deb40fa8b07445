import { matrix, type Matrix } from "../../math/matrix.js";
import { shuffled, type Random } from "../../math/random.js";
import { squaredDistances } from "./distances.js";

/** Odd, so that there is no tie. */
const NEIGHBORS = 5;

/**
 * Proxy A-distance `2 (1 - 2 e)` once each side is centered on its own mean, where `e` is the leave-one-out error of the five
 * nearest neighbors: after centering no linear model has anything left to distinguish the sides by. A side that is only wider is not seen.
 *
 * @param x      rows of both sides, equally many of each, those of the first side first
 * @param deals  how often the sides are dealt anew among the centered rows
 * @returns      the distance, then that of each deal
 */
export function proxyACentered(
  x: Matrix,
  { deals, random }: { readonly deals: number; readonly random: Random },
): readonly number[] {
  const neighbors = nearestOfEach(squaredDistances(centeredSides(x)), x.rows);
  const found: number[] = [];
  for (let deal = 0; deal <= deals; deal++) {
    const order = deal === 0 ? Int32Array.from({ length: x.rows }, (_, r) => r) : shuffled(x.rows, random);
    const side = order.map((place) => (place < x.rows / 2 ? 0 : 1));
    const wrong = side.filter((own, r) => {
      const same = neighbors[r].reduce((sum, other) => sum + (side[other] === own ? 1 : 0), 0);
      return 2 * same < neighbors[r].length;
    }).length;
    found.push(2 * (1 - (2 * wrong) / x.rows));
  }
  return found;
}

function centeredSides({ rows, cols, data }: Matrix): Matrix {
  const half = rows / 2;
  const means = [new Float64Array(cols), new Float64Array(cols)];
  for (let at = 0; at < data.length; at++) means[at < half * cols ? 0 : 1][at % cols] += data[at] / half;
  return matrix(
    rows,
    cols,
    data.map((value, at) => value - means[at < half * cols ? 0 : 1][at % cols]),
  );
}

function nearestOfEach(distances: Float64Array, n: number): readonly number[][] {
  return Array.from({ length: n }, (_, r) => {
    const own = distances.subarray(r * n, (r + 1) * n);
    const others = Array.from({ length: n }, (__, o) => o).filter((o) => o !== r);
    return others.sort((a, b) => own[a] - own[b] || a - b).slice(0, NEIGHBORS);
  });
}
