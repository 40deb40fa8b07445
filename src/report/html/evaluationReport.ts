import { intervalNote } from "../../text/intervalNote.js";
import type { Reliability } from "../../classification/reliability.js";
import { excerpt } from "../../errors.js";
import type { Evaluation } from "../../metrics/classification.js";
import { confusionGrid } from "./confusionMatrix.js";
import { count, decimals, percent, range, rows, signed, signedRange, thresholdText } from "../../text/numbers.js";
import { html, section, verbatim, type Content, type Html } from "./html.js";
import { pageText } from "./page.js";
import { plot } from "./plot.js";
import { binsBehind, reliabilityDiagram } from "./reliabilityDiagram.js";
import { missesCoverage } from "../../metrics/conformal.js";
import { ruleSection, thresholdsSection } from "./decisionSections.js";
import { table } from "./table.js";

/** An evaluation for its page. */
interface EvaluationRecord {
  /** The head and the rows, as the user named them. */
  readonly head: string;
  readonly corpus: readonly string[];
  /** What to know before the scores are believed, such as that the head was trained on some of the rows. */
  readonly remark?: string | undefined;
  readonly evaluation: Evaluation;
  readonly reliability: Reliability;
}

/**
 * An evaluation as one self-contained HTML page: scores, reliability diagram, risk and coverage, prediction sets.
 *
 * The same record gives the same page.
 */
export function renderEvaluationReport(record: EvaluationRecord): string {
  const { head, corpus, evaluation } = record;
  const body = html`<main>
    <header>
      <p class="kicker">headstart · evaluation</p>
      <h1>${verbatim(head)} on ${verbatim(corpus.join(", "))}</h1>
      <ul class="findings">
        ${findings(record).map((finding) => html`<li>${finding}</li>`)}
      </ul>
    </header>
    ${ruleSection(record.reliability)}${calibration(record)}${risk(record)}${thresholdsSection(record.reliability)}
    ${sets(record)}${scores(record)}
    ${section("confusions", "Confusions", confusionGrid(evaluation.confusion, "Rows by their true and predicted label"))}
    <footer>Intervals are 95&nbsp;% intervals. ${intervalNote("row")}</footer>
  </main>`;
  return pageText(`${excerpt(head)} on ${excerpt(corpus.join(", "))}: evaluation`, body);
}

function findings({ remark, evaluation, reliability }: EvaluationRecord): Content[] {
  const { calibration: now } = reliability;
  const { overBagOfWords: over } = evaluation;
  const shown = reliability.sets.find(({ target }) => target === 0.9) ?? reliability.sets.at(-1);
  return [
    ...(remark === undefined ? [] : [html`<b>${remark}.</b>`]),
    `Macro-F1 ${decimals(evaluation.macroF1)} (${range(evaluation.interval95)}), accuracy ${decimals(evaluation.accuracy)}; ${rows(evaluation.n)}.`,
    ...(reliability.choice === null
      ? []
      : [
          html`Labels, confusions and these scores are those of the rule in force: ${verbatim(reliability.choice.goal)}.
          ${evaluation.abstained === undefined ? "" : `${count(evaluation.abstained)} rows are without a prediction and count as not found.`}`,
        ]),
    ...(over === undefined
      ? []
      : [`Over a bag of words ${signed(over.macroF1)} macro-F1 (${signedRange(over.interval95)}).`]),
    `Log loss ${decimals(now.logLoss)}, Brier score ${decimals(now.brier)}. ${calibrationFinding(now)}`,
    ...(shown === undefined
      ? []
      : [
          `Prediction sets with a target coverage of ${percent(shown.target)} contain the true label in ${percent(shown.coverage)} of the rows.`,
        ]),
  ];
}

/** What these rows say of the probabilities, and no more than that. */
function calibrationFinding({ ece, p, intervals95 }: EvaluationRecord["reliability"]["calibration"]): string {
  const measured = `${decimals(ece)} (${range(intervals95.ece)}; p ${decimals(p)})`;
  return p <= 0.05
    ? `Probabilities are off by ${measured} on average.`
    : `Calibration error ${measured}: these rows do not show that the probabilities are off.`;
}

function calibration({ reliability }: EvaluationRecord): Html {
  const { calibration: now, uncalibrated, temperature } = reliability;
  const line = (name: Content, score: typeof now): Content[] => [
    name,
    html`${decimals(score.logLoss)} <small>${range(score.intervals95.logLoss)}</small>`,
    html`${decimals(score.brier)} <small>${range(score.intervals95.brier)}</small>`,
    html`${decimals(score.ece)} <small>${range(score.intervals95.ece)}</small>`,
    decimals(score.p),
  ];
  const body = [
    ...(uncalibrated === null ? [] : [line("before scaling", uncalibrated)]),
    line(temperature === null ? "never calibrated" : `temperature ${decimals(temperature)}`, now),
  ];
  return section(
    "calibration",
    "Calibration",
    html`<p>
        Each mark is a bin of the rows, from the least to the most confident. On the dashed line the probabilities are
        calibrated; below it, the head is overconfident. The calibration error is the mean gap between probability and
        accuracy, less what calibrated probabilities would show on as many rows; p tests that they are calibrated.
      </p>
      ${reliabilityDiagram(now.bins, `Reliability diagram, expected calibration error ${decimals(now.ece)}`)}
      ${binsBehind(now.bins, "rows")}
      ${table(body, {
        caption: "Calibration: lower is better",
        head: ["", "log loss", "Brier", "calibration error", "p"],
      })}`,
  );
}

function risk({ reliability }: EvaluationRecord): Html {
  const { riskCoverage, aurc } = reliability;
  const points = riskCoverage.map(({ coverage, risk: y }) => ({ x: coverage, y }));
  const top = Math.max(0.1, ...points.map(({ y }) => Math.ceil(y * 10) / 10));
  return section(
    "risk",
    "Risk and coverage",
    html`<p>The error rate when only the most confident predictions are kept; area ${decimals(aurc)}.</p>
      ${plot(points, { x: "coverage", y: "error rate", joined: true, top, label: `Risk-coverage curve, area ${decimals(aurc)}` })}
      <details>
        <summary>The numbers behind the curve</summary>
        ${table(
          riskCoverage.map(({ coverage, risk: rate, threshold }) => [
            percent(coverage),
            percent(rate),
            thresholdText(threshold),
          ]),
          { caption: "Error rate by coverage", head: ["coverage", "error rate", "confidence from"] },
        )}
      </details>`,
  );
}

function sets({ reliability }: EvaluationRecord): Html | null {
  if (reliability.sets.length === 0) return null;
  const body = reliability.sets.map(({ target, coverage, interval95, meanSize, single }) => [
    percent(target),
    html`${percent(coverage)} <small>${range(interval95)}</small>`,
    meanSize.toFixed(2),
    percent(single),
  ]);
  return section(
    "sets",
    "Prediction sets",
    html`<p>
        On texts drawn like the held-out rows, split conformal sets contain the true label at least as often as their
        target says, on average over draws of the held-out rows. On another kind of text nothing is known beforehand;
        the table shows the coverage here.
        ${
          missesCoverage(reliability.sets)
            ? html`<strong
                >It is lower than on rows like the held-out rows: these differ from them (where they do not, this is
                said in at most 5&nbsp;% of cases).</strong
              >`
            : null
        }
      </p>
      ${table(body, { caption: "Prediction sets", head: ["target coverage", "coverage", "mean size", "a single label"] })}`,
  );
}

function scores({ evaluation }: EvaluationRecord): Html {
  const { confusion, perLabel } = evaluation;
  const body = confusion.labels.map((label) => {
    const { precision, recall, f1, support } = perLabel[label];
    return [verbatim(label), decimals(precision), decimals(recall), decimals(f1), count(support)];
  });
  return section(
    "labels",
    "Labels",
    table(body, { caption: "Scores by label", head: ["label", "precision", "recall", "F1", "rows"] }),
  );
}
