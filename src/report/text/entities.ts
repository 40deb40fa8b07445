import type { EntityScore } from "../../metrics/entities.js";
import type { TaggingEvaluation } from "../../tagging/evaluate.js";
import { count, counted, decimals, range } from "../../text/numbers.js";
import { escapeControls } from "../../text/escape.js";
import { intervalNote } from "../../text/intervalNote.js";
import type { EntityScores } from "../../tagging/entityScores.js";
import { aligned } from "./evaluation.js";
import { fitted, padLeft, padRight } from "./width.js";

const WIDEST_NAME = 32;

/**
 * An evaluation of a tagger as plain text, for a terminal; ends without a line break.
 *
 * @param options.verbose  also the scores of entities by bins
 */
export function entitiesText(
  evaluation: TaggingEvaluation,
  {
    title,
    verbose = false,
    note = intervalNote("sentence"),
  }: { readonly title?: string | undefined; readonly verbose?: boolean; readonly note?: string | undefined } = {},
): string {
  const { n, entities, interval95, errors, perType } = evaluation;
  const head = [
    ...(title === undefined ? [] : [escapeControls(title)]),
    `  entity F1 ${decimals(evaluation.entityF1)}, 95 % interval ${range(interval95)} (${count(entities)} ${entities === 1 ? "entity" : "entities"}, ${counted(n, "sentence")})`,
    `  ${note}`,
    `  as conlleval reads it ${decimals(evaluation.entityF1Conlleval)}`,
    ...entityScoresLines(evaluation.scores),
  ];
  const line = (name: string, { precision, recall, f1, support }: EntityScore): string =>
    `  ${padRight(fitted(escapeControls(name), WIDEST_NAME), WIDEST_NAME)}${[precision, recall, f1]
      .map((x) => padLeft(decimals(x), 11))
      .join("")}${padLeft(count(support), 10)}`;
  const columns = ["precision", "recall", "F1"].map((name) => padLeft(name, 11)).join("");
  const { entityPrecision: precision, entityRecall: recall, entityF1: f1 } = evaluation;
  return [
    ...head,
    "",
    `  ${padRight("", WIDEST_NAME)}${columns}${padLeft("entities", 10)}`,
    line("all", { precision, recall, f1, support: entities }),
    line("words right, any label", evaluation.boundary),
    line("label right, some word in common", evaluation.type),
    line("surface forms seen in training", evaluation.seen),
    line("surface forms not seen", evaluation.unseen),
    ...Object.entries(perType).map(([label, score]) => line(label, score)),
    "",
    `  lost: ${errors.missed} missed, ${errors.boundary} wrong boundary, ${errors.type} wrong label, ${errors.boundaryAndType} both, ` +
      `${errors.tokenizerSplit} inside a word, ${errors.truncated} cut; ${errors.invented} invented`,
    ...(verbose ? binLines(evaluation.scores) : []),
  ].join("\n");
}

/** How far the scores of entities can be believed; nothing where no entity was found. */
function entityScoresLines({ calibrated, ...scores }: EntityScores): string[] {
  const { meanScore, right, interval95, logLoss, brier, ece } = scores;
  if (meanScore === null || right === null || interval95 === null) return [];
  const errors = { "log loss": logLoss, "Brier score": brier, "calibration error": ece };
  const measured = Object.entries(errors).map(([name, value]) => `${name} ${decimals(value ?? 0)}`);
  const name = calibrated ? "entity scores" : "entity scores, not calibrated and so no probabilities";
  return [
    `  ${name}: mean ${decimals(meanScore)}, right ${decimals(right)} (95 % interval ${range(interval95)})`,
    `  ${measured.join(", ")}`,
  ];
}

function binLines({ bins }: EntityScores): string[] {
  if (bins.length === 0) return [];
  const rows = bins.map(({ low, high, count: n, meanScore, right }) => [
    range([low, high]),
    count(n),
    decimals(meanScore),
    decimals(right),
  ]);
  return [
    "",
    ...aligned([["entity scores", "entities", "mean", "right"], ...rows], ["left", "right", "right", "right"]),
  ];
}
