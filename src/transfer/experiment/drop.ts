import type { Evaluation } from "../../metrics/classification.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";

/** What a head loses from one domain to the other, in its main metric. */
export interface Drop {
  /** Source minus target; below 0 when the head does better on the target. */
  readonly drop: number;
  /** 95 % interval of it over draws of the rows of both sides; the head stays the same one. */
  readonly dropInterval95: Interval;
}

/** A score with its interval. */
export interface ScoreWithInterval {
  readonly score: number;
  readonly interval95: Interval;
}

/**
 * The score on the source minus that on the target, with its interval from those of the two scores, whose rows are independent.
 *
 * @see Zou & Donner 2008, Construction of confidence limits about effect measures (MOVER):
 *   https://doi.org/10.1002/sim.3095
 */
export function dropOf(source: ScoreWithInterval, target: ScoreWithInterval): Drop {
  const drop = source.score - target.score;
  const [sourceBelow, sourceAbove] = reach(source);
  const [targetBelow, targetAbove] = reach(target);
  const low = drop - Math.hypot(sourceBelow, targetAbove);
  return { drop, dropInterval95: [low, drop + Math.hypot(sourceAbove, targetBelow)] };
}

const reach = ({ score, interval95: [low, high] }: ScoreWithInterval): readonly [below: number, above: number] => [
  Math.max(0, score - low),
  Math.max(0, high - score),
];

/** The main score of an evaluation. */
export const mainScore = ({ macroF1, interval95 }: Evaluation): ScoreWithInterval => ({ score: macroF1, interval95 });
