import { evaluateHead } from "../../classification/evaluate.js";
import type { TrainOptions } from "../../classification/train.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { newRows } from "../../dataset/seenRows.js";
import { dropOf, mainScore } from "../experiment/drop.js";
import { sharedText } from "../experiment/leakage.js";
import { forecastHead } from "../forecast/forecastHead.js";
import { callsOf } from "./calls.js";
import { domainDistance } from "./distance.js";
import { domainSummary, prepareDomain, type NamedRows, type PreparedDomain } from "./domain.js";
import { jointPredictions, scoredRows, type Pair } from "./joint.js";
import { mismatchOf } from "./mismatch.js";
import type { MatrixCell, MatrixResult } from "./record.js";
import { summaryOf } from "./summary.js";

export interface MatrixOptions extends Pick<TrainOptions, "classWeights" | "threads" | "signal"> {
  /** @default 1 */
  readonly seed?: number | undefined;
  /** As it was applied when the rows were read; for what is advised about labels. */
  readonly map?: LabelMap | undefined;
  /** Called as the work goes on. */
  readonly onProgress?: ((what: string, done: number, all: number) => void) | undefined;
}

type Scored = Pick<
  MatrixCell,
  "macroF1" | "accuracy" | "interval95" | "drop" | "dropInterval95" | "distance" | "forecast"
>;

const NOT_SCORED = {
  macroF1: null,
  accuracy: null,
  interval95: null,
  drop: null,
  dropInterval95: null,
  distance: null,
  forecast: null,
} as const satisfies Scored;
const UNKNOWN = { call: "unknown", difference: null, differenceInterval95: null, p: null } as const;

/**
 * Every domain as the source of every other: each is split once, a head is trained in each and scored on the test rows of all
 * the others, and for each pair it is judged whether the source's rows help beside the target's own.
 *
 * @throws HeadstartError E_LABELS when a domain has too few rows of a label
 */
export async function transferMatrix(domains: readonly NamedRows[], options: MatrixOptions): Promise<MatrixResult> {
  const { seed = 1, classWeights = "none", threads, signal, map, onProgress = () => {} } = options;
  const how = { seed, classWeights, threads, signal };
  const prepared: PreparedDomain[] = [];
  for (const domain of domains) {
    onProgress("training heads", prepared.length, domains.length);
    prepared.push(await prepareDomain(domain, { ...how, map }));
  }
  onProgress("training heads", domains.length, domains.length);
  const sides = prepared.flatMap((source) =>
    prepared.flatMap((target) => (source === target ? [] : [pairOf(source, target)])),
  );
  const reasons = sides.map((pair) => reasonAgainst(pair, map));
  const pairs = sides.filter((_, i) => reasons[i] === undefined);
  const scores = await scoresOf(pairs, options);
  const onRound = (done: number, all: number): void => onProgress("judging pairs", done, all);
  const judged = callsOf(pairs, await jointPredictions(pairs, { ...how, onRound }));
  const cells = sides.map((pair, i): MatrixCell => {
    const at = pairs.indexOf(pair);
    const names = { source: pair.source.name, target: pair.target.name, n: at < 0 ? 0 : pair.rows.length };
    const because = reasons[i];
    if (because !== undefined) return { ...names, ...NOT_SCORED, ...UNKNOWN, because };
    return { ...names, ...scores[at], ...judged[at] };
  });
  const found = prepared.map(domainSummary);
  return { domains: found, cells, summary: summaryOf(found, cells), warnings: warningsOf(prepared, sides) };
}

const pairOf = (source: PreparedDomain, target: PreparedDomain): Pair => ({
  source,
  target,
  rows: newRows(source.train.texts, target.test.texts, {
    source: source.train.vectors,
    target: target.test.vectors,
  }),
});

function reasonAgainst({ source, target, rows }: Pair, map: LabelMap | undefined): string | undefined {
  const [own, other] = [source, target].map(({ name, trained }) => ({ name, labels: trained.head.labels }));
  const mismatch = mismatchOf(own, other, map);
  if (mismatch !== undefined) return mismatch;
  return rows.length > 0 ? undefined : "every test row of the target is also in the source";
}

async function scoresOf(
  pairs: readonly Pair[],
  { seed = 1, threads, signal, onProgress }: MatrixOptions,
): Promise<Scored[]> {
  const scores: Scored[] = [];
  const distances = new Map<string, number | null>();
  for (const pair of pairs) {
    signal?.throwIfAborted();
    const sides = [pair.source, pair.target].sort((a, b) => (a.name < b.name ? -1 : 1)) as [
      PreparedDomain,
      PreparedDomain,
    ];
    const key = JSON.stringify(sides.map(({ name }) => name));
    if (!distances.has(key)) distances.set(key, await domainDistance(sides, { seed, threads }));
    scores.push(scoreOf(pair, { seed, distance: distances.get(key)! }));
    onProgress?.("scoring pairs", scores.length, pairs.length);
  }
  return scores;
}

function scoreOf(pair: Pair, { seed, distance }: { readonly seed: number; readonly distance: number | null }): Scored {
  const { source, target } = pair;
  const rows = scoredRows(pair);
  const { evaluation } = evaluateHead(source.trained, rows, { seed, file: target.name });
  const forecast = forecastHead(source.trained, { sourceDev: source.test, target: rows });
  const { accuracy, interval95, doubt, method } = forecast;
  return {
    macroF1: evaluation.macroF1,
    accuracy: evaluation.accuracy,
    interval95: evaluation.interval95,
    ...dropOf(mainScore(source.own.evaluation), mainScore(evaluation)),
    distance,
    forecast: { accuracy, interval95, doubt, method },
  };
}

function warningsOf(domains: readonly PreparedDomain[], pairs: readonly Pair[]): string[] {
  const own = domains.flatMap(({ name, trained }) => trained.warnings.map((warning) => `${name}: ${warning}`));
  const shared = pairs.flatMap(({ source, target, rows }) => {
    const n = target.test.texts.length;
    const text = sharedText({ share: (n - rows.length) / n });
    return text === undefined ? [] : [`${source.name} to ${target.name}: ${text}`];
  });
  return [...own, ...shared];
}
