import { count, counted, decimals, percent, tauText } from "../../text/numbers.js";
import { rankCorrelation } from "../ranking/rankCorrelation.js";
import type { MatrixAgreement, MatrixCell, MatrixDomain, MatrixSource, MatrixSummary, MatrixTarget } from "./record.js";

type ScoredCell = MatrixCell & {
  readonly macroF1: number;
  readonly accuracy: number;
  readonly forecast: NonNullable<MatrixCell["forecast"]>;
};

const isScored = (cell: MatrixCell): cell is ScoredCell => cell.macroF1 !== null;

/** Of two domains each has the other alone for a target, and these cannot be compared. */
const LEAST_SOURCES = 3;
/** Those of three domains; the order of fewer is nothing but chance. */
const LEAST_PAIRS = 6;

/** Which source serves which target, and on average, and how well distance and forecast foretold it. */
export function summaryOf(domains: readonly MatrixDomain[], cells: readonly MatrixCell[]): MatrixSummary {
  const scored = cells.filter(isScored);
  const targets = domains.map(({ name }) => targetOf(name, scored));
  const sources = domains.flatMap((domain) => sourceOf(domain.name, domains, scored));
  sources.sort((a, b) => a.behind - b.behind);
  const agreement = agreementOf(scored);
  return { targets, sources, agreement, says: says({ targets, sources, agreement }, scored) };
}

function targetOf(target: string, scored: readonly ScoredCell[]): MatrixTarget {
  const own = scored.filter((cell) => cell.target === target).sort((a, b) => b.macroF1 - a.macroF1);
  const called = (call: MatrixCell["call"]): string[] => own.filter((c) => c.call === call).map(({ source }) => source);
  const [best] = own as readonly (ScoredCell | undefined)[];
  return {
    target,
    best: best?.source ?? null,
    macroF1: best?.macroF1 ?? null,
    helped: called("positive"),
    harmed: called("negative"),
  };
}

function sourceOf(source: string, domains: readonly MatrixDomain[], scored: readonly ScoredCell[]): MatrixSource[] {
  const own = scored.filter((cell) => cell.source === source);
  if (own.length === 0) return [];
  const inDomain = new Map(domains.map(({ name, macroF1 }) => [name, macroF1]));
  const times = (call: MatrixCell["call"]): number => own.filter((cell) => cell.call === call).length;
  return [
    {
      source,
      targets: own.length,
      macroF1: mean(own.map(({ macroF1 }) => macroF1)),
      behind: mean(own.map(({ target, macroF1 }) => inDomain.get(target)! - macroF1)),
      helps: times("positive"),
      harms: times("negative"),
    },
  ];
}

function agreementOf(scored: readonly ScoredCell[]): MatrixAgreement | null {
  if (scored.length === 0) return null;
  const apart = scored.filter(({ distance }) => distance !== null);
  const accuracies = (cells: readonly ScoredCell[]): number[] => cells.map(({ accuracy }) => accuracy);
  return {
    n: scored.length,
    distance: rankCorrelation(
      apart.map(({ distance }) => distance!),
      accuracies(apart),
    ).tau,
    forecast: rankCorrelation(
      scored.map(({ forecast }) => forecast.accuracy),
      accuracies(scored),
    ).tau,
    meanAbsoluteError: mean(scored.map(({ forecast, accuracy }) => Math.abs(forecast.accuracy - accuracy))),
    inside: scored.filter(
      ({
        accuracy,
        forecast: {
          interval95: [low, high],
        },
      }) => low <= accuracy && accuracy <= high,
    ).length,
  };
}

function says(
  { targets, sources, agreement }: Pick<MatrixSummary, "targets" | "sources" | "agreement">,
  scored: readonly ScoredCell[],
): string[] {
  if (agreement === null) return ["no two domains can be compared"];
  const [helped, harmed] = [targets.flatMap((t) => t.helped), targets.flatMap((t) => t.harmed)].map(
    (all) => all.length,
  );
  const [best] = sources;
  const { n, distance, forecast, meanAbsoluteError, inside } = agreement;
  const ranked = [
    ...(distance === null ? [] : [`distance ${tauText(distance)}`]),
    ...(forecast === null ? [] : [`forecast ${tauText(forecast)}`]),
  ];
  const isRanked = ranked.length > 0 && n >= LEAST_PAIRS;
  return [
    `adding the source to the target's own rows helps in ${count(helped)} of ${counted(scored.length, "pair")} and harms in ${count(harmed)}; of the rest these rows say neither, or it is less than 0.01 (Holm over all pairs)`,
    ...(sources.length < LEAST_SOURCES
      ? []
      : [
          `on average the head of ${best.source} scores highest beside the targets' own: ${decimals(Math.abs(best.behind))} macro-F1 ${best.behind >= 0 ? "behind" : "ahead of"} them, over ${counted(best.targets, "target")}; whether by chance is not tested`,
        ]),
    ...(!isRanked
      ? []
      : [
          `rank correlation (Kendall's tau) with the measured accuracy over ${counted(n, "pair")}: ${ranked.join(", ")}`,
        ]),
    `forecasts without target labels are off by ${(100 * meanAbsoluteError).toFixed(1)} points of accuracy on average, ${percent(inside / n)} of ${counted(n, "pair")} inside their 95 % interval; pairs share domains, and the width was fitted on ten domains of reviews and tweets, so this says little of other ones and is no test on those`,
  ];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
