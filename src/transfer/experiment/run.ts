import { HOW_CHOSEN } from "../../classification/choice/selectC.js";
import { evaluateHead } from "../../classification/evaluate.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { holdOut, isLabeled, type LabeledVectors, type TextVectors } from "../../dataset/labeledVectors.js";
import type { UnlabeledCorpus } from "../../dataset/unlabeledCorpus.js";
import { trainClassifier, type TrainOptions } from "../../classification/train.js";
import { newRows, withoutSeenDev } from "../../dataset/seenRows.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import type { Encoder } from "../../encoder/encoder.js";
import type { Matrix } from "../../math/matrix.js";
import { VERSION } from "../../version.js";
import { checkMapped } from "./checkMapped.js";
import { suggested } from "./suggested.js";
import { labelMismatch, notComparable, renormalizedWarning, scoreMaps } from "./labelMismatch.js";
import type { UnlabeledAdaptation } from "../adaptation/adapt.js";
import { compareAdaptations } from "../adaptation/compareAdaptations.js";
import { divergenceOf } from "../divergence/divergence.js";
import { forecastHead } from "../forecast/forecastHead.js";
import { adviceFrom, rowsToTrainOn } from "./advice.js";
import { estimateLabelShift } from "./estimateLabelShift.js";
import { dropOf, mainScore } from "./drop.js";
import { leakagePairs, scoreTarget, withLeakage, withoutNear } from "./leakage.js";
import { compareWithOwn, type OwnComparison } from "./ownTarget.js";
import { curvesFor, withCurves } from "./withCurves.js";
import { corpusSummary } from "./corpusSummary.js";
import type { TransferRecord } from "./record.js";
import { headWarnings } from "./headWarnings.js";
import { targetErrors } from "./targetErrors.js";
import { ALL_SEEN_VERDICT, UNKNOWN_VERDICT, UNLABELED_VERDICT } from "./verdict.js";

/** The corpora of a transfer experiment, read and mapped. */
export interface TransferCorpora {
  readonly source: LabeledCorpus;
  /** Rows of the source's domain to evaluate on. @default a fifth of the source, equal texts on one side */
  readonly sourceDev?: LabeledCorpus | undefined;
  /** With labels or without: then the head's accuracy on it is forecast, and nothing else said of its scores. */
  readonly target: LabeledCorpus | UnlabeledCorpus;
  /** Labeled rows of the target's domain: they give the in-domain ceiling and the verdict. */
  readonly targetTrain?: LabeledCorpus | undefined;
}

export interface TransferOptions {
  /** As it was applied when the corpora were read; for the record. */
  readonly map?: LabelMap | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  /** @default "none" */
  readonly classWeights?: "none" | "balanced" | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Gives vectors of texts, with whatever cache and progress the caller wants. */
  readonly vectorsOf: (texts: readonly string[], what: string) => Promise<Matrix>;
  /** Called when a step begins. */
  readonly onStep?: ((step: string) => void) | undefined;
  /** Also suggests so many target rows to label first. @default none */
  readonly suggest?: number | undefined;
  /** Also compares the head with ones adapted to the target without its labels. @default none */
  readonly adapt?: readonly UnlabeledAdaptation[] | undefined;
  /** What else was asked for, such as columns and limits; for the record. */
  readonly asked?: TransferRecord["options"] | undefined;
  /** ISO 8601, UTC; for the record. */
  readonly createdAt: string;
  /** Milliseconds since some fixed moment; for the record. */
  readonly clock: () => number;
  /** Path of the report; for the record. */
  readonly report: string;
  /** Folder of the head that is trained on what the experiment recommends; for the record. @default none */
  readonly head?: string | undefined;
  /** Called with the rows that a head may be trained on, once they are embedded. */
  readonly onRows?: ((rows: TrainingRows) => void) | undefined;
}

/** Rows that a head may be trained on once the experiment is over. */
export interface TrainingRows {
  /** All of the source, with those that the experiment held out. */
  readonly source: LabeledVectors;
  readonly targetTrain: LabeledVectors | undefined;
  /** Vectors of the target's rows, without labels. */
  readonly target: Matrix;
}

const HELD_OUT = { devFraction: 0.2, maxDev: 5000 } as const;
const SOURCE_DEV = {
  dev: "source dev",
  training: "source",
  instead: "leave out --source-dev: a fifth of the source is then held out",
  rowsLeft: newRows,
} as const;

/**
 * Trains a head on the source, evaluates it in-domain and on the target, and adds what it takes to judge the numbers:
 * baselines on the same rows, duplicates between the corpora, how far apart they are, a forecast of the accuracy on the
 * target that needs no labels of it, and with training rows of the target whether the source helped.
 *
 * @throws HeadstartError E_LABEL_MAP when the target has labels that the source, or its own training rows, have not;
 *   E_LABELS when a label has too few rows
 * @example
 * const [source, target] = [await readLabeled(["reviews.csv"]), await readLabeled(["other-reviews.csv"])];
 * const { verdict } = await runTransfer(encoder, { source, target }, {
 *   vectorsOf: async (texts) => (await embedTexts(encoder, texts)).vectors,
 *   createdAt: new Date().toISOString(),
 *   clock: () => performance.now(),
 *   report: "report/report.html",
 * });
 * console.log(verdict);
 */
export async function runTransfer(
  encoder: Encoder,
  corpora: TransferCorpora,
  options: TransferOptions,
): Promise<TransferRecord> {
  const { seed = 1, clock, onStep = () => {} } = options;
  const began = clock();
  const seconds: Record<string, number> = {};
  const timed: Timed = async (step, work) => {
    const start = clock();
    onStep(step);
    const result = await work();
    seconds[step] = (clock() - start) / 1000;
    return result;
  };
  checkMapped(corpora, options.map);
  const sides = await timed("embed", () => embedSides(corpora, options));
  options.onRows?.({ source: sides.sourceAll, targetTrain: sides.targetTrain, target: sides.target.vectors });
  const trained = await timed("train", () => trainClassifier(sides.source, trainOptions(options)));
  const source = evaluateHead(trained, sides.sourceDev, { seed, file: "the held-out source rows" });
  const mismatch = labelMismatch({
    source: corpora.source.labels,
    // All labels of the source where the target has none to compare with.
    target: [...(corpora.target.labels ?? corpora.source.labels), ...(corpora.targetTrain?.labels ?? [])],
    map: options.map,
  });
  const target = scoreTarget(trained, sides, {
    seed,
    file: corpora.target.files.join(", "),
    map: mismatch?.drops,
  });
  const compared = await timedComparison({ ...sides, target: target.unseen }, { options, timed, map: mismatch?.drops });
  const isComparable = mismatch?.isOpen !== true && compared.ceiling !== undefined;
  const curves = isComparable
    ? await timed("curves", () =>
        curvesFor(compared, { ...sides, target: target.unseen, head: trained.head }, trainOptions(options)),
      )
    : null;
  const own = mismatch?.isOpen === true ? { ...compared, verdict: notComparable(mismatch, options.map) } : compared;
  const maps =
    mismatch &&
    (await timed("maps", () =>
      scoreMaps({ trained, source: sides.source, target: sides.target, mismatch }, trainOptions(options)),
    ));
  const adapt = options.adapt?.length ? options.adapt : undefined;
  const adaptation =
    adapt &&
    (await timed("adapt", () =>
      compareAdaptations(trained, adapt, {
        ...trainOptions(options),
        source: sides.source,
        target: target.rows,
        C: trained.C!,
        map: mismatch?.drops,
        isChosen: rowsToTrainOn(own) === undefined,
      }),
    ));
  const divergence = await timed("divergence", () => divergenceOf(sides.source, sides.target, trainOptions(options)));
  const pairs = await timed("duplicates", () => Promise.resolve(leakagePairs(corpora)));
  const { scored } = target;
  const truth = scored?.evaluation.accuracy;
  const forecast = forecastHead(trained, { sourceDev: sides.sourceDev, target: target.rows, truth });
  seconds["all"] = (clock() - began) / 1000;
  const found: Omit<TransferRecord, "advice" | "moreAdvice"> = {
    format: "headstart-transfer",
    version: 1,
    createdAt: options.createdAt,
    seed,
    headstart: VERSION,
    encoder: {
      name: encoder.name,
      fingerprint: encoder.fingerprint,
      width: encoder.width,
      decisions: encoder.decisions,
    },
    corpora: {
      source: corpusSummary(corpora.source, sides.source.labels),
      sourceDev: {
        ...corpusSummary(corpora.sourceDev ?? corpora.source, sides.sourceDev.labels),
        ...(sides.seenDev === 0 ? {} : { seen: sides.seenDev }),
        how: sides.how,
      },
      target: { ...corpusSummary(corpora.target, corpora.target.labels ?? []), rows: corpora.target.texts.length },
      targetTrain:
        corpora.targetTrain === undefined ? null : corpusSummary(corpora.targetTrain, corpora.targetTrain.labels),
    },
    map: Object.fromEntries([...(options.map ?? [])].map(([from, to]) => [from, to ?? "drop"])),
    options: { seed, classWeights: options.classWeights ?? "none", ...options.asked },
    ...(maps === undefined ? {} : { maps }),
    ...(adaptation === undefined ? {} : { adaptation }),
    ...suggested(trained, { ...sides, corpus: corpora.target }, options),
    labels: trained.head.labels,
    sourceHead: {
      kind: "logistic",
      C: trained.C,
      chosenBy: `${HOW_CHOSEN}: ${trained.devFrom}`,
      n: trained.n,
    },
    source: source.evaluation,
    target: scored?.evaluation ?? null,
    ceiling: own.ceiling?.evaluation ?? null,
    joint: own.joint?.evaluation ?? null,
    ...(scored === null
      ? { drop: null, dropInterval95: null }
      : dropOf(mainScore(source.evaluation), mainScore(scored.evaluation))),
    ...withCurves(withLeakage(own.verdict, target.leakage), curves),
    forecast,
    labelShift: estimateLabelShift(trained.head, { sourceDev: sides.sourceDev, target: target.rows }),
    leakage: { ...target.leakage, pairs },
    divergence,
    ...targetErrors(scored, target.rows.texts, seed),
    warnings: [
      ...target.warnings,
      ...(forecast.doubt === null ? [] : [forecast.doubt]),
      ...sides.warnings,
      ...(mismatch === undefined ? [] : [renormalizedWarning(mismatch)]),
      ...headWarnings(trained, scored, { corpora, map: options.map }),
    ],
    seconds,
    head: options.head ?? null,
    report: options.report,
  };
  const [advice, ...moreAdvice] = adviceFrom(found);
  return { ...found, advice, moreAdvice };
}

/** Does a step, and keeps how long it took. */
type Timed = <T>(step: string, work: () => Promise<T>) => Promise<T>;

interface Sides {
  /** Rows of the source to train on. */
  readonly source: LabeledVectors;
  /** These and the rows held out of it. */
  readonly sourceAll: LabeledVectors;
  readonly sourceDev: LabeledVectors;
  readonly target: TextVectors;
  readonly targetTrain: LabeledVectors | undefined;
  /** Where `sourceDev` comes from. */
  readonly how: string;
  /** Rows given for it that are left out. */
  readonly seenDev: number;
  readonly warnings: readonly string[];
}

async function embedSides(
  { source, sourceDev, target, targetTrain }: TransferCorpora,
  options: TransferOptions,
): Promise<Sides> {
  const { devCorpus, seenDev, remark } = withoutSeenDev({ corpus: source, devCorpus: sourceDev }, SOURCE_DEV);
  const embedded = async <L>(corpus: { texts: readonly string[]; labels: L }, what: string) => ({
    texts: corpus.texts,
    labels: corpus.labels,
    vectors: await options.vectorsOf(corpus.texts, what),
  });
  const all = await embedded(source, "source texts");
  const held = devCorpus && (await embedded(devCorpus, "source dev texts"));
  const rest = {
    sourceAll: all,
    target: await embedded(target, "target texts"),
    targetTrain: targetTrain && (await embedded(targetTrain, "target training texts")),
  };
  if (held !== undefined)
    return {
      source: all,
      sourceDev: held,
      ...rest,
      how: `given: ${sourceDev!.files.join(", ")}`,
      seenDev,
      warnings: remark === undefined ? [] : [remark],
    };
  const { train, dev: drawn } = holdOut(all, { ...HELD_OUT, keepInTrain: true, seed: options.seed ?? 1 });
  const dev = withoutNear(train, drawn);
  const how = `${dev.texts.length} of the source's ${all.texts.length} rows, held out by seed ${options.seed ?? 1}, equal texts on one side`;
  return { source: train, sourceDev: dev, ...rest, how, seenDev, warnings: [] };
}

/** Ceiling, joint head and verdict, where there are training rows of the target and rows to judge on. */
function timedComparison(
  { source, target, targetTrain }: Pick<Sides, "source" | "target" | "targetTrain">,
  {
    options,
    timed,
    map,
  }: { readonly options: TransferOptions; readonly timed: Timed; readonly map: LabelMap | undefined },
): Promise<Partial<OwnComparison> & Pick<OwnComparison, "verdict">> {
  if (!isLabeled(target)) return Promise.resolve({ verdict: UNLABELED_VERDICT });
  if (targetTrain === undefined) return Promise.resolve({ verdict: UNKNOWN_VERDICT });
  if (target.texts.length === 0) return Promise.resolve({ verdict: ALL_SEEN_VERDICT });
  return timed("target", () => compareWithOwn({ source, target, targetTrain }, trainOptions(options), map));
}

function trainOptions({ seed = 1, classWeights = "none", threads, signal, map }: TransferOptions): TrainOptions {
  return { seed, classWeights, threads, signal, map };
}
