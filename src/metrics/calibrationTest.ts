import { seeded, type Random } from "../math/random.js";
import { drawBinomial } from "./intervals/binomial.js";
import { BOOTSTRAP_DEFAULTS, type BootstrapOptions, type Interval } from "./intervals/bootstrap.js";
import { withDefaults } from "../defaults.js";
import { gapOf, reliabilityBins, type ReliabilityBin, type TopLabel } from "./calibration.js";

/** The calibration error of probabilities, and how it compares with that of calibrated ones. Plain JSON. */
export interface CalibrationError {
  /**
   * Expected calibration error without its bias: the error whose gaps, with the noise of this many rows, would measure
   * `eceRaw` on average. 0 where calibrated probabilities would measure as much.
   */
  readonly ece: number;
  /** As measured: mean gap between probability and share over the bins, by rows. Above 0 for calibrated probabilities too. */
  readonly eceRaw: number;
  /** What calibrated probabilities would measure on average on as many rows. */
  readonly eceExpected: number;
  /** One-sided, of the probabilities being calibrated: share of labels drawn from them that measure at least `eceRaw`. */
  readonly p: number;
}

/** Probabilities of one outcome in bins, with what is needed to draw outcomes from them. */
interface Binned {
  readonly bins: readonly ReliabilityBin[];
  /** Share of the rows in each bin. */
  readonly shares: readonly number[];
  /** Rows of each bin in parts of similar probability: how many, equal texts once, and their mean probability. */
  readonly parts: readonly (readonly Part[])[];
}

interface Part {
  readonly rows: number;
  readonly chance: number;
}

const PARTS = 8;

/** Bins of about n^(1/3) rows each would be too small for a share; so many bins, at most 15. */
export const binsFor = (n: number): number => Math.max(1, Math.min(15, Math.round(Math.cbrt(n))));

/**
 * Calibration error of the probability of one outcome (being right, being of a label), without its bias, and a test of
 * calibration. Outcomes are drawn from the probabilities themselves, which are calibrated for them.
 *
 * @param rows  probability and outcome of every row
 * @param unit  rows that count as one, where texts are equal; see `RowGroups`
 * @see Bröcker & Smith 2007 (consistency resampling): https://doi.org/10.1175/WAF993.1; Kumar, Liang & Ma 2019 (bias):
 *   https://arxiv.org/abs/1909.10155
 */
export function calibrationError(
  rows: readonly TopLabel[],
  options: BootstrapOptions & { readonly unit: number },
): CalibrationError {
  const { seed, resamples } = withDefaults(BOOTSTRAP_DEFAULTS, options);
  const binned = binnedOf(rows, options.unit);
  const { bins, shares } = binned;
  const gaps = bins.map(gapOf);
  const eceRaw = weighted(gaps, shares);
  const random = seeded(seed);
  const noise = Array.from({ length: resamples }, () => drawNoise(binned, random));
  const measured = noise.map((own) => weighted(own, shares));
  const at = (scale: number): number => meanOf(noise.map((own) => weightedSum(own, gaps, { shares, scale })));
  const eceExpected = meanOf(measured);
  const beyond = measured.filter((error) => error >= eceRaw - 1e-12).length;
  return {
    ece: eceRaw <= eceExpected ? 0 : eceRaw * solve(at, eceRaw),
    eceRaw,
    eceExpected,
    p: (beyond + 1) / (resamples + 1),
  };
}

/** Resamples for each end of the interval. */
const INVERTED = 400;

/**
 * 95 % interval of the calibration error: the errors under which measuring as much, and as little, as was measured is no
 * rarer than one in forty. An error is taken to be the same gap in every bin, on the side on which it was measured.
 */
export function calibrationInterval(
  rows: readonly TopLabel[],
  { seed = 1, unit }: { readonly seed?: number | undefined; readonly unit: number },
): Interval {
  const binned = binnedOf(rows, unit);
  const { bins, shares } = binned;
  const gaps = bins.map(gapOf);
  const eceRaw = weighted(gaps, shares);
  const measuredUnder = (error: number): readonly number[] => {
    const random = seeded(seed);
    return Array.from({ length: INVERTED }, () => {
      const drawn = bins.map(({ confidence }, b) => {
        const accuracy = clamp(gaps[b] > 0 ? confidence - error : confidence + error);
        return confidence - drawShare(shiftedTo(binned.parts[b], accuracy - confidence), random);
      });
      return weighted(drawn, shares);
    });
  };
  const share = (all: readonly number[], has: (x: number) => boolean): number => all.filter(has).length / all.length;
  const tooSmall = (error: number): boolean => share(measuredUnder(error), (x) => x >= eceRaw - 1e-12) < 0.025;
  const tooLarge = (error: number): boolean => share(measuredUnder(error), (x) => x <= eceRaw + 1e-12) < 0.025;
  return [tooSmall(0) ? boundary(tooSmall) : 0, boundary((error) => !tooLarge(error))];
}

const clamp = (x: number): number => Math.max(0, Math.min(1, x));

const shiftedTo = (parts: readonly Part[], by: number): readonly Part[] =>
  parts.map(({ rows, chance }) => ({ rows, chance: clamp(chance + by) }));

/** Where a condition that holds from 0 on stops to, in [0, 1]. */
function boundary(holds: (x: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 10; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/** The scale in [0, 1] at which an increasing function reaches `wanted`; 1 where it does not. */
function solve(at: (scale: number) => number, wanted: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (at(middle) < wanted) low = middle;
    else high = middle;
  }
  return high;
}

function binnedOf(rows: readonly TopLabel[], unit: number): Binned {
  const sorted = rows.toSorted((a, b) => a.confidence - b.confidence);
  const bins = reliabilityBins(sorted, binsFor(rows.length / unit));
  let start = 0;
  const parts = bins.map(({ count }) => {
    const own = sorted.slice(start, (start += count));
    return partsOf(own, unit);
  });
  return { bins, shares: bins.map(({ count }) => count / Math.max(1, rows.length)), parts };
}

function partsOf(rows: readonly TopLabel[], unit: number): readonly Part[] {
  const wanted = Math.max(1, Math.min(PARTS, Math.floor(rows.length / unit)));
  return Array.from({ length: wanted }, (_, i) => {
    const own = rows.slice(Math.round((i * rows.length) / wanted), Math.round(((i + 1) * rows.length) / wanted));
    return {
      rows: Math.max(1, Math.round(own.length / unit)),
      chance: meanOf(own.map(({ confidence }) => confidence)),
    };
  });
}

/** Gaps of every bin where outcomes are drawn from the probabilities. */
const drawNoise = ({ parts }: Binned, random: Random): readonly number[] =>
  parts.map((own) => meanChance(own) - drawShare(own, random));

/** Share of the rows that have the outcome. */
function drawShare(parts: readonly Part[], random: Random): number {
  let [hits, all] = [0, 0];
  for (const { rows, chance } of parts) {
    hits += drawBinomial(rows, chance, random);
    all += rows;
  }
  return hits / Math.max(1, all);
}

function meanChance(parts: readonly Part[]): number {
  let [sum, all] = [0, 0];
  for (const { rows, chance } of parts) {
    sum += rows * chance;
    all += rows;
  }
  return sum / Math.max(1, all);
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const weighted = (gaps: readonly number[], shares: readonly number[]): number =>
  gaps.reduce((sum, gap, b) => sum + shares[b] * Math.abs(gap), 0);

const weightedSum = (
  noise: readonly number[],
  gaps: readonly number[],
  { shares, scale }: { readonly shares: readonly number[]; readonly scale: number },
): number => noise.reduce((sum, own, b) => sum + shares[b] * Math.abs(own + scale * gaps[b]), 0);
