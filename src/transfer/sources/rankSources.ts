import { chooseLogistic } from "../../classification/choice/chooseLogistic.js";
import type { TrainOptions } from "../../classification/train.js";
import { duplicateGroups } from "../../dataset/duplicates.js";
import { joinRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { confusionIntervals } from "../../metrics/confusionIntervals.js";
import { scorePredictions } from "../../metrics/classification.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";
import { pairedBootstrap } from "../../metrics/paired.js";
import { counted, decimals, percent, range, signed, signedRange } from "../../text/numbers.js";
import { holm } from "../curves/uncertainty.js";
import { agreementWithOthers } from "../ranking/agreement.js";
import { rankCorrelation } from "../ranking/rankCorrelation.js";
import type { SourceAgreement, SourceChoice, SourceDifference, SourceScore } from "../ranking/record.js";
import { firstHighest } from "../ranking/scoreOfBest.js";
import { labelsBy, scoreSource, type ScoredSource, type SourceRows, type TargetRows } from "./scoreSource.js";

/** A source with its files. */
export interface NamedSource extends SourceRows {
  readonly files: readonly string[];
}

/** The sources with their scores, and which of them the experiment goes on with. */
export interface RankedSources {
  /** In the order in which they were given. */
  readonly sources: readonly SourceScore[];
  readonly choice: SourceChoice;
  /** Index of the chosen one. */
  readonly chosen: number;
}

/**
 * Trains a head on each source, chooses one without the labels of the target's rows, and scores all of them on these rows where
 * they have labels.
 *
 * @param rows  those of which no source has a duplicate
 */
export async function rankSources(
  sources: readonly NamedSource[],
  rows: TargetRows,
  options: TrainOptions,
): Promise<RankedSources> {
  const { seed = 1 } = options;
  const scored: ScoredSource[] = [];
  for (const one of sources) scored.push(await scoreSource(one, rows, options));
  const own = rows.targetTrain && {
    rows: rows.targetTrain,
    predictions: scored.map(({ predicted }) => predicted.targetTrain!),
  };
  const ownScores = own && scoresOn(own);
  const agreement = agreementWithOthers(scored.map(({ predicted }) => predicted.target));
  // Two heads agree with each other alike.
  const by = own !== undefined ? ON_TARGET_TRAIN : sources.length > 2 ? "agreement" : "forecast";
  const unlabeled = by === "agreement" ? agreement : scored.map(({ forecast }) => forecast.interval95[0]);
  const chosen = firstHighest(ownScores ?? unlabeled);
  const labeled = rows.target.labels === null ? undefined : (rows.target as LabeledVectors);
  const togetherLabels = labeled && (await predictTogether(sources, labeled, options));
  const judged = labeled && {
    rows: labeled,
    predictions: [...scored.map(({ predicted }) => predicted.target), togetherLabels!],
  };
  const scores = judged && scoresOn(judged);
  const intervals = judged && intervalsOn(judged, seed);
  const over = judged && differencesTo(chosen, judged, seed);
  const found = scored.map((one, i): SourceScore => ({
    files: sources[i].files,
    rows: sources[i].source.texts.length,
    chosen: i === chosen,
    macroF1: scores?.[i] ?? null,
    interval95: intervals?.[i] ?? null,
    behind: over?.[i] ?? null,
    onTargetTrain: ownScores?.[i] ?? null,
    logMe: one.measures?.logMe ?? null,
    leep: one.measures?.leep ?? null,
    hScore: one.measures?.hScore ?? null,
    neighbors: one.measures?.neighbors ?? null,
    proxyA: one.proxyA,
    agreement: agreement[i],
    forecast: one.forecast.accuracy,
    forecastInterval95: one.forecast.interval95,
  }));
  const all = over?.[sources.length];
  const together =
    scores === undefined || !all
      ? null
      : {
          rows: sources.reduce((sum, { source }) => sum + source.texts.length, 0),
          macroF1: scores[sources.length],
          interval95: intervals![sources.length],
          overChosen: reversed(all),
        };
  const because = own === undefined ? byUnlabeled(found, chosen, by) : byTargetTrain(found, { chosen, own, seed });
  return { sources: found, chosen, choice: { by, because, together, agreements: agreementsOf(found) } };
}

const ON_TARGET_TRAIN = "macro-F1 on the target's training rows";

/** Labeled rows and what several heads predict for them. */
interface Predicted {
  readonly rows: LabeledVectors;
  /** Labels by each of the heads. */
  readonly predictions: readonly (readonly string[])[];
}

interface Numbered {
  readonly truth: Int32Array;
  readonly predictions: readonly Int32Array[];
  readonly classes: number;
}

function numbered({ rows, predictions }: Predicted): Numbered {
  const labels = [...new Set([...rows.labels, ...predictions.flat()])].sort();
  const place = new Map(labels.map((label, i) => [label, i]));
  const indices = (of: readonly string[]): Int32Array => Int32Array.from(of, (label) => place.get(label)!);
  return { truth: indices(rows.labels), predictions: predictions.map(indices), classes: labels.length };
}

function scoresOn(predicted: Predicted): number[] {
  const { truth, predictions, classes } = numbered(predicted);
  return predictions.map((own) => scorePredictions(truth, own, classes).macroF1);
}

function intervalsOn(predicted: Predicted, seed: number): readonly Interval[] {
  const { truth, predictions, classes } = numbered(predicted);
  const groups = duplicateGroups(predicted.rows.texts);
  return predictions.map((own) => confusionIntervals(truth, own, { classes, seed, groups }).macroF1);
}

/** The macro-F1 of the chosen head minus that of each other one; p-values hold for all of them together. */
function differencesTo(chosen: number, predicted: Predicted, seed: number): readonly (SourceDifference | null)[] {
  const { truth, predictions, classes } = numbered(predicted);
  const groups = duplicateGroups(predicted.rows.texts);
  const found = predictions.map((own, i) =>
    i === chosen ? null : pairedBootstrap(truth, [predictions[chosen], own], { classes, seed, groups }),
  );
  const ps = holm(found.flatMap((one) => one?.p ?? []));
  let at = 0;
  return found.map((one) => one && { difference: one.difference, interval95: one.interval95, p: ps[at++] });
}

const reversed = ({ difference, interval95: [low, high], p }: SourceDifference): SourceDifference => ({
  difference: -difference,
  interval95: [-high, -low],
  p,
});

async function predictTogether(
  sources: readonly NamedSource[],
  target: LabeledVectors,
  { seed = 1, classWeights = "none", threads, signal }: TrainOptions,
): Promise<readonly string[]> {
  const train = sources.map(({ source }) => source).reduce(joinRows);
  const labels = [...new Set(train.labels)].sort();
  const fit = { labels, classWeights, seed, threads, signal };
  const drops = new Map(sources.flatMap((one) => [...(one.drops ?? [])]));
  const head = await chooseLogistic({ train, dev: undefined }, fit, {});
  return labelsBy(head, target.vectors, drops.size === 0 ? undefined : drops);
}

const MEASURES = ["forecast", "agreement", "onTargetTrain", "leep", "logMe", "hScore", "neighbors"] as const;

function agreementsOf(found: readonly SourceScore[]): readonly SourceAgreement[] {
  const truth = found.flatMap(({ macroF1 }) => macroF1 ?? []);
  if (truth.length < found.length) return [];
  const ofMeasures = MEASURES.flatMap((measure): SourceAgreement[] => {
    const values = found.flatMap((one) => one[measure] ?? []);
    return values.length < found.length ? [] : [{ measure, ...rankCorrelation(values, truth) }];
  });
  const near = found.map(({ proxyA }) => -proxyA);
  return [...ofMeasures, { measure: "proxyA", ...rankCorrelation(near, truth) }];
}

const nameOf = ({ files }: SourceScore): string => files.join(", ");

function byUnlabeled(found: readonly SourceScore[], chosen: number, by: SourceChoice["by"]): string {
  const isVote = by === "agreement";
  const [first, second] = [
    found[chosen],
    nextBest(found, chosen, (one) => (isVote ? one.agreement : one.forecastInterval95[0])),
  ];
  const text = ({ agreement, forecast, forecastInterval95 }: SourceScore): string =>
    isVote ? percent(agreement) : `${decimals(forecast)} (95 % ${range(forecastInterval95)})`;
  const what = isVote
    ? "agrees most with the heads of the other sources on the target"
    : "has the forecast of the accuracy on the target whose lower end is the highest";
  return (
    `${nameOf(first)} ${what}: ${text(first)}, before ${nameOf(second)} with ${text(second)}; without training rows of the ` +
    "target (--target-train) it is not known how certain that is"
  );
}

function byTargetTrain(
  found: readonly SourceScore[],
  { chosen, own, seed }: { readonly chosen: number; readonly own: Predicted; readonly seed: number },
): string {
  const [first, second] = [found[chosen], nextBest(found, chosen, ({ onTargetTrain }) => onTargetTrain!)];
  const pair = { rows: own.rows, predictions: [chosen, found.indexOf(second)].map((i) => own.predictions[i]) };
  const [, between] = differencesTo(0, pair, seed);
  const { difference, interval95 } = between!;
  const isCertain = interval95[0] > 0;
  return (
    `${nameOf(first)} has the highest macro-F1 on the ${counted(own.rows.texts.length, "training row")} of the target: ` +
    `${decimals(first.onTargetTrain!)}, ${signed(difference)} before ${nameOf(second)} (95 % ${signedRange(interval95)})` +
    (isCertain ? "" : ", which these rows do not distinguish")
  );
}

function nextBest(found: readonly SourceScore[], chosen: number, of: (one: SourceScore) => number): SourceScore {
  const others = found.filter((_, i) => i !== chosen);
  return others[firstHighest(others.map(of))];
}
