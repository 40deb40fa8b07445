import type { PipelineEvaluation } from "../../pipeline/pipeline.js";
import { count, counted, decimals, range } from "../../text/numbers.js";

/** Rows of an evaluation that the head was trained on, in words. */
export interface SeenOfEvaluation {
  /** What to know before the scores are believed. */
  readonly remark: string;
  /** Which rows the scores are of. */
  readonly scored: string;
  /** In place of what the intervals are about, where these rows tell nothing of new ones. */
  readonly note?: string | undefined;
  /** The main score with the rows that were left out; undefined where none were. */
  readonly withThem?: string | undefined;
}

/** What is to be said of rows that the head was trained on; undefined where it was trained on none of them. */
export function seenRows(evaluation: PipelineEvaluation): SeenOfEvaluation | undefined {
  const { n, seenInTraining: seen, allRows } = evaluation;
  if (seen === null || seen === 0) return undefined;
  const row = evaluation.kind === "tagger" ? "sentence" : "row";
  if (allRows === null) {
    const what = n === 1 ? `the only ${row} was` : `all ${counted(n, row)} were`;
    return {
      remark: `${what} in training: these scores say nothing of new texts. Evaluate the head on others`,
      scored: `${row}s of its own training`,
      note: `These ${row}s were in training: neither scores nor intervals say anything of new texts.`,
    };
  }
  return {
    remark: `${count(seen)} of ${counted(allRows.n, row)} ${seen === 1 ? "was" : "were"} in training: scored without ${seen === 1 ? "it" : "them"}`,
    scored: `${counted(n, row)} that ${n === 1 ? "was" : "were"} not in training`,
    withThem: `With the ${counted(seen, row)} of training: ${mainScore(allRows)}, ${counted(allRows.n, row)}; that is no score on new texts`,
  };
}

function mainScore(allRows: NonNullable<PipelineEvaluation["allRows"]>): string {
  if ("entityF1" in allRows)
    return `entity F1 ${decimals(allRows.entityF1)}, 95 % interval ${range(allRows.interval95)}`;
  const interval = "interval95" in allRows ? allRows.interval95 : allRows.intervals95.macroF1;
  return `macro-F1 ${decimals(allRows.macroF1)}, 95 % interval ${range(interval)}`;
}
