/** Populations of (truth, prediction) pairs with known scores, and rows drawn from them. */

import { macroScores } from "../../dist/metrics/confusion.js";

/**
 * @typedef {{ classes: number, rare?: number, accuracy: number, ofRare?: number }} Kind
 * @typedef {{ classes: number, joint: Float64Array, macroF1: number, macroRecall: number, accuracy: number }} Population
 */

/**
 * Labels are equally frequent but for the last, whose share is `rare`; all are found as often as `accuracy` says but for the
 * last (`ofRare`); mistakes fall on the other labels evenly.
 *
 * @param {Kind} kind
 * @returns {Population}
 */
export function population({ classes, rare = 1 / classes, accuracy, ofRare = accuracy }) {
  const joint = new Float64Array(classes * classes);
  for (let t = 0; t < classes; t++) {
    const share = t === classes - 1 ? rare : (1 - rare) / (classes - 1);
    const right = t === classes - 1 ? ofRare : accuracy;
    for (let p = 0; p < classes; p++) joint[t * classes + p] = share * (p === t ? right : (1 - right) / (classes - 1));
  }
  return { classes, joint, ...macroScores(joint, classes) };
}

/**
 * Cells of `n` rows.
 *
 * @param {Float64Array} joint @param {number} n @param {() => number} random
 */
export function drawCells(joint, n, random) {
  return Int32Array.from({ length: n }, () => {
    let left = random();
    for (let c = 0; c < joint.length; c++) {
      left -= joint[c];
      if (left < 0) return c;
    }
    return joint.findLastIndex((share) => share > 0);
  });
}

/** Every row so many times, and the group of each. @param {Int32Array} cells @param {number} copies */
export function copied(cells, copies) {
  const groups = Int32Array.from({ length: cells.length * copies }, (_, r) => Math.floor(r / copies));
  return { cells: groups.map((g) => cells[g]), groups };
}
