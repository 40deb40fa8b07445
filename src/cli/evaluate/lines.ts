import type { PipelineEvaluation } from "../../pipeline/pipeline.js";
import { entitiesText } from "../../report/text/entities.js";
import { evaluationText } from "../../report/text/evaluation.js";
import { multiLabelText } from "../../report/text/multiLabel.js";
import { reliabilityText } from "../../report/text/reliability.js";

/** An evaluation of a head of any kind as lines for a terminal. */
export function evaluationLines(evaluation: PipelineEvaluation, title: string): readonly string[] {
  switch (evaluation.kind) {
    case "classifier":
      return `${evaluationText(evaluation, { title })}\n\n${reliabilityText(evaluation)}`.split("\n");
    case "multi-label":
      return multiLabelText(evaluation, title).split("\n");
    case "tagger":
      return entitiesText(evaluation, { title }).split("\n");
  }
}
