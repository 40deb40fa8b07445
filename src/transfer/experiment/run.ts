import { HOW_CHOSEN } from "../../classification/choice/selectC.js";
import { evaluateHead } from "../../classification/evaluate.js";
import { isLabeled, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { trainClassifier, type TrainOptions } from "../../classification/train.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import type { Encoder } from "../../encoder/encoder.js";
import type { Matrix } from "../../math/matrix.js";
import { VERSION } from "../../version.js";
import { checkAdaptations } from "./checkAdaptations.js";
import { checkMapped } from "./checkMapped.js";
import { embedCorpora, type EmbeddedCorpora, type TransferCorpora } from "./embedCorpora.js";
import { suggested } from "./suggested.js";
import { labelMismatch, notComparable, renormalizedWarning, scoreMaps } from "./labelMismatch.js";
import type { AskedAdaptation } from "../adaptation/adapt.js";
import { compareAdaptations } from "../adaptation/compareAdaptations.js";
import { divergenceOf } from "../divergence/divergence.js";
import { forecastHead } from "../forecast/forecastHead.js";
import { adviceFrom, rowsToTrainOn } from "./advice.js";
import { estimateLabelShift } from "./estimateLabelShift.js";
import { dropOf, mainScore } from "./drop.js";
import { leakagePairs, scoreTarget, withLeakage } from "./leakage.js";
import { compareWithOwn, type OwnComparison } from "./ownTarget.js";
import { curvesFor, withCurves } from "./withCurves.js";
import { corpusSummary } from "./corpusSummary.js";
import type { TransferRecord } from "./record.js";
import { headWarnings } from "./headWarnings.js";
import { targetErrors } from "./mistakes.js";
import { ALL_SEEN_VERDICT, UNKNOWN_VERDICT, UNLABELED_VERDICT } from "./verdict.js";

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
  /** Called after every draw of target rows for the learning curves. */
  readonly onDraw?: ((done: number, draws: number) => void) | undefined;
  /** Also suggests so many target rows to label first. @default none */
  readonly suggest?: number | undefined;
  /** Also compares the head with ones adapted to the target. @default none */
  readonly adapt?: readonly AskedAdaptation[] | undefined;
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
  checkAdaptations(options.adapt ?? [], corpora);
  const sides = await timed("embed", () => embedCorpora(corpora, options));
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
        curvesFor(
          compared,
          { ...sides, target: target.unseen, trained },
          { ...trainOptions(options), onDraw: options.onDraw },
        ),
      )
    : null;
  const own = mismatch?.isOpen === true ? { ...compared, verdict: notComparable(mismatch, options.map) } : compared;
  const maps =
    mismatch &&
    (await timed("maps", () =>
      scoreMaps({ trained, source: sides.source, target: sides.target, mismatch }, trainOptions(options)),
    ));
  const { scored } = target;
  const truth = scored?.evaluation.accuracy;
  const forecast = forecastHead(trained, { sourceDev: sides.sourceDev, target: target.rows, truth });
  const adapt = options.adapt?.length ? options.adapt : undefined;
  const adaptation =
    adapt &&
    (await timed("adapt", () =>
      compareAdaptations(trained, adapt, {
        ...trainOptions(options),
        source: sides.source,
        targetTrain: sides.targetTrain,
        target: target.rows,
        C: trained.C!,
        map: mismatch?.drops,
        forecast: forecast.accuracy,
        isOfSource: rowsToTrainOn(own) === undefined,
      }),
    ));
  const divergence = await timed("divergence", () => divergenceOf(sides.source, sides.target, trainOptions(options)));
  const pairs = await timed("duplicates", () =>
    Promise.resolve(
      leakagePairs({ ...corpora, source: sides.sourceAll, targetTrain: sides.targetTrain, target: sides.target }),
    ),
  );
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
    ...adaptation,
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

/** Ceiling, joint head and verdict, where there are training rows of the target and rows to judge on. */
function timedComparison(
  { source, target, targetTrain }: Pick<EmbeddedCorpora, "source" | "target" | "targetTrain">,
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
