import { joinRows, pickRows } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { stackRows, type Matrix } from "../../math/matrix.js";
import { scorePredictions } from "../../metrics/classification.js";
import { halver, predictedByHalf, type HalvesOptions } from "../experiment/halves.js";
import type { PreparedDomain } from "./domain.js";

/** A source and a target with the same labels. */
export interface Pair {
  readonly source: PreparedDomain;
  readonly target: PreparedDomain;
  /** Rows of the target's test part to score. */
  readonly rows: Int32Array;
}

/** What is predicted for the rows of a pair, and how the difference varies. */
export interface JointPredictions {
  readonly labels: readonly string[];
  readonly truth: Int32Array;
  /** By a head that is trained on the target's rows alone. */
  readonly alone: Int32Array;
  /** By one trained on those and the source. */
  readonly both: Int32Array;
  /** Macro-F1 of both minus alone, by pairs of heads that are trained on random halves; see halfDifferences(). */
  readonly halves: Float64Array;
}

export interface JointOptions extends Pick<HalvesOptions, "classWeights" | "threads" | "signal"> {
  readonly seed: number;
  /** Called after every round of heads. */
  readonly onRound?: ((done: number, rounds: number) => void) | undefined;
}

/** Pairs of heads that are trained on halves. */
const HALVES = 16;

/** Trained on all rows, or on a half of each domain. */
interface Round {
  readonly alone: ReadonlyMap<PreparedDomain, Int32Array>;
  /** For rows of the test part of the target of each pair. */
  readonly both: readonly Int32Array[];
}

/**
 * Predictions by the heads that the verdicts compare. A head of two domains serves both directions, one of a single domain
 * serves it with all sources; C is that of the domain, of two domains their mean by rows, on the scale of its logarithm.
 */
export async function jointPredictions(pairs: readonly Pair[], options: JointOptions): Promise<JointPredictions[]> {
  const domains = [...new Set(pairs.flatMap(({ source, target }) => [source, target]))];
  const halves = new Map(domains.map((domain) => [domain, halver(domain.train, labelsOf(domain))]));
  const all = await trainedOn(pairs, (domain) => domain.train, options);
  options.onRound?.(1, HALVES + 1);
  const differences = pairs.map(() => new Float64Array(HALVES));
  const truths = pairs.map(({ target, rows }) => pick(truthOf(target), rows));
  for (let h = 0; h < HALVES; h++) {
    const drawn = new Map(domains.map((domain) => [domain, halves.get(domain)!(options.seed + h, Infinity).half]));
    const round = await trainedOn(pairs, (domain) => drawn.get(domain)!, options);
    pairs.forEach(({ target, rows }, i) => {
      const f1 = (predicted: Int32Array): number =>
        scorePredictions(truths[i], pick(predicted, rows), labelsOf(target).length).macroF1;
      differences[i][h] = f1(round.both[i]) - f1(round.alone.get(target)!);
    });
    options.onRound?.(h + 2, HALVES + 1);
  }
  return pairs.map(({ target, rows }, i) => ({
    labels: labelsOf(target),
    truth: truths[i],
    alone: pick(all.alone.get(target)!, rows),
    both: pick(all.both[i], rows),
    halves: differences[i],
  }));
}

type RowsOf = (domain: PreparedDomain) => PreparedDomain["train"];

async function trainedOn(pairs: readonly Pair[], rowsOf: RowsOf, options: JointOptions): Promise<Round> {
  const alone = new Map<PreparedDomain, Int32Array>();
  const both: Int32Array[] = [];
  const predicted = (half: PreparedDomain["train"], domain: PreparedDomain, C: number, vectors: Matrix) =>
    predictedByHalf({ half }, vectors, { ...options, labels: labelsOf(domain), scored: labelsOf(domain), C });
  for (const [i, { source, target }] of pairs.entries()) {
    options.signal?.throwIfAborted();
    if (!alone.has(target)) alone.set(target, await predicted(rowsOf(target), target, target.C, target.test.vectors));
    if (both[i] !== undefined) continue;
    const { cols, rows } = target.test.vectors;
    const vectors = stackRows(cols, [target.test.vectors, source.test.vectors]);
    const joint = await predicted(joinRows(rowsOf(source), rowsOf(target)), target, jointC(source, target), vectors);
    both[i] = joint.subarray(0, rows);
    const back = pairs.findIndex((pair) => pair.source === target && pair.target === source);
    if (back >= 0) both[back] = joint.subarray(rows);
  }
  return { alone, both };
}

function jointC(...domains: readonly PreparedDomain[]): number {
  const rows = domains.reduce((sum, { train }) => sum + train.texts.length, 0);
  return Math.exp(domains.reduce((sum, { C, train }) => sum + Math.log(C) * (train.texts.length / rows), 0));
}

const labelsOf = ({ trained }: PreparedDomain): readonly string[] => trained.head.labels;

const truthOf = (domain: PreparedDomain): Int32Array =>
  labelIndices(labelsOf(domain), domain.test.labels, `the test rows of ${domain.name}`);

const pick = (values: Int32Array, rows: Int32Array): Int32Array => rows.map((r) => values[r]);

/** The rows of a pair that are scored. */
export const scoredRows = ({ target, rows }: Pair): PreparedDomain["test"] => pickRows(target.test, rows);
