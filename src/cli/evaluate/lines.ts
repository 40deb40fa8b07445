import type { PipelineEvaluation } from "../../pipeline/pipeline.js";
import { entitiesText } from "../../report/text/entities.js";
import { evaluationText } from "../../report/text/evaluation.js";
import { multiLabelText } from "../../report/text/multiLabel.js";
import { seenRows } from "./seenRows.js";
import { reliabilityBrief, reliabilityText } from "../../report/text/reliability.js";

/** Lines for a terminal; `more` is for --verbose, where there is more. */
export interface EvaluationLines {
  readonly lines: readonly string[];
  readonly more?: readonly string[] | undefined;
}

const MORE = "--verbose adds reliability, risk and coverage, and prediction sets.";
const MORE_ON_ENTITIES = "--verbose adds how many entities of which scores are right.";

/** An evaluation of a head of any kind. */
export function evaluationLines(evaluation: PipelineEvaluation, name: string): EvaluationLines {
  const seen = seenRows(evaluation);
  const title = seen === undefined ? name : `${name}, ${seen.scored}`;
  const note = seen?.note;
  const withThem = seen?.withThem === undefined ? "" : `\n\n${seen.withThem}`;
  switch (evaluation.kind) {
    case "classifier": {
      const rule = evaluation.choice === null ? "" : ", under the rule below";
      const scores = evaluationText(evaluation, { title: `${title}${rule}`, note }) + withThem;
      return {
        lines: `${scores}\n\n${reliabilityBrief(evaluation)}\n\n${MORE}`.split("\n"),
        more: `${scores}\n\n${reliabilityText(evaluation)}`.split("\n"),
      };
    }
    case "multi-label":
      return { lines: (multiLabelText(evaluation, title, note) + withThem).split("\n") };
    case "tagger": {
      const scores = (verbose: boolean): string => entitiesText(evaluation, { title, verbose, note }) + withThem;
      return { lines: `${scores(false)}\n\n${MORE_ON_ENTITIES}`.split("\n"), more: scores(true).split("\n") };
    }
  }
}
