import { labelIndices } from "../../dataset/mapLabels.js";
import type { LabeledVectors, TextVectors } from "../../dataset/labeledVectors.js";
import { argmax, decisionScores, predictProbabilities, type Head } from "../../head/head.js";
import { blackBoxShares, emShares, sharesOf, type LabelShift } from "../divergence/labelShift.js";

/** How often the target has each label of a head that was trained on the source; null where the source dev rows lack one. */
export function estimateLabelShift(
  head: Head,
  {
    trainedOn,
    sourceDev,
    target,
  }: {
    /** Labels of the rows that the head was trained on. */
    readonly trainedOn: readonly string[];
    readonly sourceDev: LabeledVectors;
    readonly target: TextVectors;
  },
): LabelShift | null {
  const { labels } = head;
  const classes = labels.length;
  const truth = labelIndices(labels, sourceDev.labels, "the source dev rows");
  const source = sharesOf(truth, classes);
  if (target.texts.length === 0 || source.includes(0)) return null;
  const [home, away] = [sourceDev, target].map(({ vectors }) => {
    const probabilities = predictProbabilities(head, vectors);
    return { probabilities, predicted: argmax(decisionScores(head, probabilities), classes) };
  });
  const named = (shares: Float64Array): Readonly<Record<string, number>> =>
    Object.fromEntries(labels.map((label, c) => [label, shares[c]]));
  // Its probabilities count the labels as often as they are there, whatever rows were given or drawn for dev.
  const trained = sharesOf(labelIndices(labels, trainedOn, "the source"), classes);
  const bbse = blackBoxShares({ truth, predicted: home.predicted }, away.predicted, classes);
  return {
    source: named(source),
    bbse: bbse && named(bbse),
    em: named(emShares(away.probabilities, trained)),
    truth: target.labels && named(sharesOf(labelIndices(labels, target.labels, "the target"), classes)),
  };
}
