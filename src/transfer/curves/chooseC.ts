import { heldOutScore } from "../../classification/choice/chosenHead.js";
import { overLabels } from "../../classification/choice/foldHead.js";
import { bestCandidate, C_VALUES, valuesOfC } from "../../classification/choice/selectC.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { predictProbabilities, type LogisticHead } from "../../head/head.js";
import { fitLogisticPath } from "../../head/linear/logistic.js";
import { setAside } from "./setAside.js";
import { TOLERANCE, type HeadsOptions } from "./strategyHeads.js";

/** Of each draw, to score on; the others are a part of a training's five folds. */
const SET_ASIDE = 0.2;
/** Rows of all the draws to choose by: more of them cost time and change little. */
const ENOUGH_ROWS = 2500;
/** Of few rows each draw is dealt so often: what one deal chooses hangs on which rows it sets aside. */
const MOST_DEALS = 5;

/**
 * C of heads on so many rows of the target, by the rule of a training: the rows set aside of several draws count together, so
 * that few rows choose no worse than a training's repeated folds do. Null where no draw has rows to set aside.
 *
 * @param startFrom  see fitLogistic; near a head that is good already, any penalty is worth a try
 */
export async function chooseC(
  draws: readonly LabeledVectors[],
  options: HeadsOptions,
  startFrom?: LogisticHead,
): Promise<number | null> {
  const { seed, classWeights, threads, signal } = options;
  const enough = draws.slice(0, Math.ceil(ENOUGH_ROWS / draws[0].texts.length));
  const deals = Math.max(1, Math.min(MOST_DEALS, Math.floor(ENOUGH_ROWS / (enough.length * draws[0].texts.length))));
  const parts = enough
    .flatMap((rows) => Array.from({ length: deals }, (_, deal) => setAside(rows, SET_ASIDE, seed + deal)))
    .filter((part) => part !== null);
  if (parts.length === 0) return null;
  const least = startFrom ? 0 : Math.max(...enough.map((rows) => valuesOfC(rows.labels)[0]));
  const Cs = C_VALUES.filter((C) => C >= least);
  const labels = [...new Set(parts.flatMap(({ train }) => train.labels))].sort();
  const probabilities = Cs.map((): number[][] => []);
  for (const { train, dev } of parts) {
    const own = startFrom?.labels ?? [...new Set(train.labels)].sort();
    const y = labelIndices(own, train.labels, "the training rows");
    const how = { labels: own, classWeights, threads, signal, tolerance: TOLERANCE, Cs, startFrom };
    let c = 0;
    for await (const { head } of fitLogisticPath(train.vectors, y, how))
      probabilities[c++].push(Array.from(overLabels(predictProbabilities(head, dev.vectors), own, labels)));
  }
  const rows = { labels: parts.flatMap(({ dev }) => dev.labels) };
  const scores = probabilities.map((found) =>
    heldOutScore(Float64Array.from(found.flat()), rows, { labels, classWeights: classWeights ?? "none" }),
  );
  // With all rows each one has the penalty that it had without those set aside.
  return Cs[bestCandidate(scores)] * (1 - SET_ASIDE);
}
