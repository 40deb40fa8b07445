import { duplicatesBetween } from "../../dataset/duplicates.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { isLabeled, pickRows, type LabeledVectors, type TextVectors } from "../../dataset/labeledVectors.js";
import type { Encoder } from "../../encoder/encoder.js";
import { stackRows, takeRows, type Matrix } from "../../math/matrix.js";
import { counted } from "../../text/numbers.js";
import { checkMapped } from "../experiment/checkMapped.js";
import { embedCorpora, type TransferCorpora } from "../experiment/embedCorpora.js";
import { labelMismatch } from "../experiment/labelMismatch.js";
import type { TransferRecord } from "../experiment/record.js";
import { runTransfer, type TransferOptions } from "../experiment/run.js";
import { rankSources, type NamedSource } from "./rankSources.js";

/** The corpora of an experiment with one source or several. */
export interface SourcesCorpora extends Omit<TransferCorpora, "source"> {
  /** One or more; `sourceDev` goes with a single one. */
  readonly sources: readonly LabeledCorpus[];
}

/**
 * Ranks several sources for a target, and runs the experiment with one of them: that whose head does best on the target's
 * training rows; without these that whose head agrees most with the others on the target, or of two that whose accuracy there is
 * forecast highest, by the lower end of its interval. The labels of the target's rows have no part in the choice.
 *
 * @returns the record, of several sources with `sources` and `sourceChoice`, and the corpus that was chosen
 * @throws HeadstartError like runTransfer(), for each of the sources
 * @example
 * const read = (file: string) => readLabeled([file], { limit: 100, map: parseLabelMap("neutral=drop") });
 * const sources = [await read("reviews.csv"), await read("other-reviews.csv")];
 * const target = await read("tweets.csv");
 * const { record } = await runTransferOfBest(encoder, { sources, target }, {
 *   vectorsOf: async (texts) => (await embedTexts(encoder, texts)).vectors,
 *   createdAt: new Date().toISOString(),
 *   clock: () => performance.now(),
 *   report: "report/report.html",
 * });
 * console.log(record.sourceChoice?.because);
 */
export async function runTransferOfBest(
  encoder: Encoder,
  { sources, ...others }: SourcesCorpora,
  options: TransferOptions,
): Promise<{ readonly record: TransferRecord; readonly source: LabeledCorpus }> {
  if (sources.length === 1) {
    const [source] = sources;
    return { record: await runTransfer(encoder, { ...others, source }, options), source };
  }
  for (const source of sources) checkMapped({ ...others, source }, options.map);
  const known = new Map<readonly string[], Matrix>();
  const vectorsOf: TransferOptions["vectorsOf"] = async (texts, what) => {
    const vectors = known.get(texts) ?? (await options.vectorsOf(texts, what));
    known.set(texts, vectors);
    return vectors;
  };
  const began = options.clock();
  const embedded = [];
  for (const source of sources) embedded.push(await embedCorpora({ ...others, source }, { ...options, vectorsOf }));
  options.onStep?.("sources");
  const { target, targetTrain } = embedded[0];
  const away = [...(others.target.labels ?? []), ...(others.targetTrain?.labels ?? [])];
  const named = embedded.map(({ source, sourceDev }, i): NamedSource => ({
    files: sources[i].files,
    source,
    sourceDev,
    drops:
      away.length === 0
        ? undefined
        : labelMismatch({ source: sources[i].labels, target: away, map: options.map })?.drops,
  }));
  const all = embedded.map(({ sourceAll }) => sourceAll);
  const fresh = { target: withoutThoseOf(all, target), targetTrain: targetTrain && withoutThoseOf(all, targetTrain) };
  const {
    sources: scored,
    choice,
    chosen,
  } = await rankSources(named, fresh, {
    seed: options.seed,
    classWeights: options.classWeights,
    threads: options.threads,
    signal: options.signal,
    map: options.map,
  });
  const ranking = (options.clock() - began) / 1000;
  const source = sources[chosen];
  const found = await runTransfer(encoder, { ...others, source }, { ...options, vectorsOf });
  const left = target.texts.length - fresh.target.texts.length;
  const warnings =
    left === 0
      ? found.warnings
      : [
          ...found.warnings,
          `${counted(left, "target row")} left out of the scores of the sources, which have duplicates of them`,
        ];
  const seconds = { ...found.seconds, sources: ranking };
  return { record: { ...found, sources: scored, sourceChoice: choice, warnings, seconds }, source };
}

/** The rows of which no source has a duplicate, unless there are no others. */
function withoutThoseOf<R extends TextVectors>(sources: readonly LabeledVectors[], rows: R): R {
  const texts = sources.flatMap((source) => source.texts);
  const vectors = stackRows(
    rows.vectors.cols,
    sources.map((source) => source.vectors),
  );
  const near = new Set(duplicatesBetween(texts, rows.texts, { source: vectors, target: rows.vectors }).near);
  const left = Int32Array.from(rows.texts.keys()).filter((r) => !near.has(r));
  if (left.length === 0 || near.size === 0) return rows;
  return (
    isLabeled(rows)
      ? pickRows(rows, left)
      : { texts: Array.from(left, (r) => rows.texts[r]), labels: null, vectors: takeRows(rows.vectors, left) }
  ) as R;
}
