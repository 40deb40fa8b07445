import { pickRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { HeadstartError } from "../../errors.js";
import type { FewShotScore, LearningCurve } from "../../head/file/schema.js";
import { argmax } from "../../head/head.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";
import { scorePredictions } from "../../metrics/classification.js";
import { macroF1Influence } from "../../metrics/macroF1Influence.js";
import { counted } from "../../text/numbers.js";
import { drawRows, type Draw, type DrawSize } from "./drawRows.js";
import { fitSetup, type FitOptions, type HeadSetup } from "../choice/fit.js";
import { fitOnPresent, presentLabels, type Predict } from "../choice/foldHead.js";
import { forecastGain, type CurvePoint } from "./powerLaw.js";
import { searchHead, spreadOf } from "../choice/search.js";
import { valuesOfC } from "../choice/selectC.js";

export interface LearningCurveOptions extends Omit<FitOptions, "onEpoch"> {
  /** Rows of each label to draw. @default growing shares of all rows, every label in proportion */
  readonly perLabel?: readonly number[] | undefined;
  /** Draws of each size, 2 or more. @default 5 */
  readonly draws?: number | undefined;
  /** Rows to score on, none of them drawn from. @default the rows that were not drawn, but for those with equal texts */
  readonly dev?: LabeledVectors | undefined;
  /** Called after every draw. */
  readonly onDraw?: ((done: number, draws: number) => void) | undefined;
}

const DRAWS = 5;
const SHARES = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 0.8];
/** A share with fewer rows is left out. */
const LEAST_ROWS = 8;
/** Sizes that a law with three parameters needs to be more than a drawing through points. */
const LEAST_SIZES = 4;
/** A forecast with a wider interval says nothing. */
const WIDEST = 0.1;
/** 97.5 % quantiles of Student's t with 1 to 30 degrees of freedom. */
const T = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/**
 * Macro-F1 of logistic heads by the number of rows that they are trained on: several draws of each size, C chosen by
 * cross-validation within the draw. With four sizes or more, what as many rows again would bring.
 *
 * The seeds are `seed`, `seed + 1` and so on.
 *
 * @throws HeadstartError E_USAGE for fewer than 2 draws; E_LABELS where there are too few rows for any share
 * @example
 * const { points, says } = await learningCurve(data, { labels: ["negative", "positive"], classWeights: "none", seed: 1 });
 * for (const { rows, macroF1, band95 } of points) console.log(rows, macroF1.mean, band95);
 * console.log(says);
 */
export async function learningCurve(data: LabeledVectors, options: LearningCurveOptions): Promise<LearningCurve> {
  const { draws = DRAWS, dev, onDraw } = options;
  if (!(draws >= 2)) throw new HeadstartError("E_USAGE", `${draws} draws of a size have no spread. Give at least 2`);
  const sizes = sizesOf(data, options);
  const measured: Measured[] = [];
  for (const [s, size] of sizes.entries()) {
    const scores: DrawScore[] = [];
    for (let d = 0; d < draws; d++) {
      scores.push(await scoreDraw(data, size, { ...options, seed: options.seed + d }));
      onDraw?.(s * draws + d + 1, sizes.length * draws);
    }
    measured.push(measuredOf(scores, size, dev !== undefined));
  }
  const points = measured.map(({ point }) => point);
  const largest = options.perLabel === undefined ? data.texts.length : Math.max(...points.map(({ rows }) => rows));
  const forecast = forecastOf(measured, Math.round(largest), options.seed);
  const scoredOn = dev === undefined ? "the rows that were not drawn" : `${counted(dev.texts.length, "dev row")}`;
  return { points, scoredOn, forecast, says: saysOf(new Set(points.map(({ rows }) => rows)).size, forecast) };
}

/** Scores as `--few-shot` has reported them from the first version on. */
export const fewShotScores = ({ points }: LearningCurve): FewShotScore[] =>
  points.flatMap(({ perLabel, draws, macroF1 }) => (perLabel === null ? [] : [{ perLabel, seeds: draws, macroF1 }]));

function sizesOf({ texts }: LabeledVectors, { perLabel, labels }: LearningCurveOptions): readonly DrawSize[] {
  if (perLabel !== undefined)
    return [...new Set(perLabel)].sort((a, b) => a - b).map((number) => ({ perLabel: number }));
  const least = Math.max(LEAST_ROWS, 2 * labels.length);
  const sizes = SHARES.filter((of) => of * texts.length >= least).map((of) => ({ of }));
  if (sizes.length > 0) return sizes;
  throw new HeadstartError(
    "E_LABELS",
    `${counted(texts.length, "row")} with ${labels.length} labels are too few for a learning curve. Give more rows`,
  );
}

interface DrawScore {
  readonly rows: number;
  readonly share: number;
  readonly macroF1: number;
  /** Variance that comes from the rows that it is scored on. */
  readonly ofTest: number;
}

async function scoreDraw(data: LabeledVectors, size: DrawSize, options: LearningCurveOptions): Promise<DrawScore> {
  const { labels, seed, dev } = options;
  const draw: Draw = drawRows(data, size, { labels, seed, leaving: dev === undefined });
  const train = pickRows(data, draw.drawn);
  const test = dev ?? pickRows(data, draw.others);
  const predict = await fitDraw(train, options);
  const classes = labels.length;
  const truth = labelIndices(labels, test.labels, "the rows to score on");
  const predicted = argmax(predict(test.vectors), classes);
  return {
    rows: draw.drawn.length,
    share: draw.share,
    macroF1: scorePredictions(truth, predicted, classes).macroF1,
    ofTest: macroF1Influence(truth, predicted, classes).reduce((sum, own) => sum + own ** 2, 0),
  };
}

/** A head for a draw, which may lack labels, or be too small for C to be chosen by it. */
async function fitDraw(train: LabeledVectors, options: LearningCurveOptions): Promise<Predict> {
  const { labels, classWeights, seed, threads, signal } = options;
  const fit = { classWeights, seed, threads, signal };
  const own = presentLabels(labels, train.labels);
  if (own.length < 2) {
    const only = labels.indexOf(own[0]);
    return ({ rows }) =>
      Float64Array.from({ length: rows * labels.length }, (_, at) => Number(at % labels.length === only));
  }
  const setup = await setupFor(train, { ...fit, labels: own });
  const heads = fitOnPresent(train, {
    labels,
    fit: async function* (present) {
      yield fitSetup(train, setup, { ...fit, labels: present });
    },
  });
  const { value } = await heads.next();
  return value as Predict;
}

async function setupFor(train: LabeledVectors, fit: FitOptions): Promise<HeadSetup> {
  const view = { layer: null, pooling: "mean", load: () => Promise.resolve(train) } as const;
  try {
    return (await searchHead([view], { ...fit, kinds: ["logistic"] })).setup;
  } catch (error) {
    // A text of each label says nothing about C.
    if (error instanceof HeadstartError && error.code === "E_LABELS") {
      return { kind: "logistic", C: valuesOfC(train.labels)[0] };
    }
    throw error;
  }
}

interface Measured {
  readonly point: LearningCurve["points"][number];
  readonly fitted: CurvePoint;
}

/**
 * What the draws of a size say of heads that are trained on so many other rows.
 *
 * Draws from the same rows have rows in common and vary less than draws of new rows: by 1 - f of their variance, f being the
 * share that is drawn. Rows to score on that are the same in each draw add a variance that the draws do not show.
 */
function measuredOf(scores: readonly DrawScore[], size: DrawSize, hasDev: boolean): Measured {
  const k = scores.length;
  const macroF1 = scores.map((score) => score.macroF1);
  const { mean, deviation } = spreadOf(macroF1);
  const average = (of: (score: DrawScore) => number): number => scores.reduce((sum, score) => sum + of(score), 0) / k;
  const [f, test] = [
    Math.min(
      0.9,
      average(({ share }) => share),
    ),
    average(({ ofTest }) => ofTest),
  ];
  const rows = average((score) => score.rows);
  const shared = hasDev ? 1 : 1 - f;
  const ofDraw = Math.max(deviation ** 2, (deviation ** 2 - test * (1 - shared)) / (1 - f));
  const ofMean = ofDraw * (f + (1 - f) / k);
  const half = T[Math.min(k - 1, T.length) - 1] * Math.sqrt(ofDraw + ofMean + test * (shared + (1 - shared) / k));
  const band95: Interval = [Math.max(0, mean - half), Math.min(1, mean + half)];
  return {
    point: {
      rows: Math.round(rows),
      perLabel: "perLabel" in size ? size.perLabel : null,
      draws: k,
      macroF1: { mean, deviation, lowest: Math.min(...macroF1), highest: Math.max(...macroF1) },
      band95: [...band95],
    },
    fitted: {
      rows,
      error: 1 - mean,
      deviation: Math.sqrt(ofMean + (test * (1 - shared)) / k),
      degrees: k - 1,
    },
  };
}

function forecastOf(measured: readonly Measured[], rows: number, seed: number): LearningCurve["forecast"] {
  const points = measured.map(({ fitted }) => fitted);
  if (new Set(points.map((point) => Math.round(point.rows))).size < LEAST_SIZES) return null;
  const { gain, interval95, law } = forecastGain(points, { from: rows, to: 2 * rows, seed });
  return { rows, more: rows, gain, interval95: [...interval95], law };
}

/** What more rows would bring, in a sentence that says no more than the curve does. @param sizes  different numbers of rows */
function saysOf(sizes: number, forecast: LearningCurve["forecast"]): string {
  if (forecast === null) {
    return `${counted(sizes, "size")} of draws cannot say what more rows would bring: that takes ${LEAST_SIZES} different sizes`;
  }
  const { more, gain, interval95 } = forecast;
  const [low, high] = interval95;
  const what = `${counted(more, "more row")} like these`;
  const interval = `95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}`;
  if (high - low > WIDEST) return `the curve cannot say what ${what} would bring in macro-F1 (${interval})`;
  return `${what} would bring about ${gain.toFixed(3)} of macro-F1 on average over trainings (${interval})`;
}
