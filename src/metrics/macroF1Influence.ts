import { confusionCounts, labelScore } from "./confusion.js";

/**
 * What each row adds to macro-F1: its derivative by the weight of the row. The sum over all rows is 0, and the sum of squares
 * over independent rows is, to first order, the variance of macro-F1 over draws of the rows.
 *
 * @param truth      class of each row, `[0, classes)`
 * @param predicted  same length
 * @returns          as long as `truth`
 * @throws RangeError like `confusionCounts`
 * @see Huber & Ronchetti 2009, Robust Statistics, section 1.5 (the infinitesimal jackknife)
 */
export function macroF1Influence(truth: Int32Array, predicted: Int32Array, classes: number): Float64Array {
  const counts = confusionCounts(truth, predicted, classes);
  const [supports, named] = [new Float64Array(classes), new Float64Array(classes)];
  for (let i = 0; i < truth.length; i++) {
    supports[truth[i]]++;
    named[predicted[i]]++;
  }
  const f1 = Float64Array.from({ length: classes }, (_, c) => labelScore(counts, classes, c).f1);
  const occurring = f1.filter((_, c) => supports[c] + named[c] > 0).length;
  const share = (c: number, hit: number): number => (hit - f1[c]) / ((supports[c] + named[c]) * occurring);
  return Float64Array.from(truth, (t, r) => {
    const hit = predicted[r] === t ? 1 : 0;
    return share(t, hit) + share(predicted[r], hit);
  });
}
