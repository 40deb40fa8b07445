import type { Reliability } from "../../classification/reliability.js";
import { excerpt } from "../../errors.js";
import type { Evaluation } from "../../metrics/classification.js";
import { confusionGrid } from "./confusionMatrix.js";
import { count, decimals, percent, range, rows, signed, signedRange } from "../../text/numbers.js";
import { html, section, verbatim, type Content, type Html } from "./html.js";
import { pageText } from "./page.js";
import { plot } from "./plot.js";
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
    ${calibration(record)}${risk(record)}${sets(record)}${scores(record)}
    ${section("confusions", "Confusions", confusionGrid(evaluation.confusion, "Rows by their true and predicted label"))}
    <footer>
      Intervals are 95&nbsp;% intervals over the rows: percentile bootstrap, and Wilson’s for proportions.
    </footer>
  </main>`;
  return pageText(`${excerpt(head)} on ${excerpt(corpus.join(", "))}: evaluation`, body);
}

function findings({ remark, evaluation, reliability }: EvaluationRecord): Content[] {
  const { calibration: now, uncalibrated } = reliability;
  const before = uncalibrated === null ? "" : `, ${decimals(uncalibrated.ece)} before scaling`;
  const { overBagOfWords: over } = evaluation;
  const shown = reliability.sets.find(({ target }) => target === 0.9) ?? reliability.sets.at(-1);
  return [
    ...(remark === undefined ? [] : [html`<b>${remark}.</b>`]),
    `Macro-F1 ${decimals(evaluation.macroF1)} (${range(evaluation.interval95)}), accuracy ${decimals(evaluation.accuracy)}; ${rows(evaluation.n)}.`,
    ...(over === undefined
      ? []
      : [`Over a bag of words ${signed(over.macroF1)} macro-F1 (${signedRange(over.interval95)}).`]),
    `Probabilities are off by ${decimals(now.ece)} on average${before}.`,
    ...(shown === undefined
      ? []
      : [
          `Prediction sets with a target coverage of ${percent(shown.target)} contain the true label in ${percent(shown.coverage)} of the rows.`,
        ]),
  ];
}

function calibration({ reliability }: EvaluationRecord): Html {
  const { calibration: now, uncalibrated, temperature } = reliability;
  const most = now.bins.reduce((top, bin) => Math.max(top, bin.count), 1);
  const points = now.bins.map(({ confidence, accuracy, count: n }) => ({
    x: confidence,
    y: accuracy,
    radius: 1 + 1.5 * Math.sqrt(n / most),
  }));
  const line = (name: Content, score: typeof now): Content[] => [
    name,
    html`${decimals(score.ece)} <small>${range(score.intervals95.ece)}</small>`,
    decimals(score.eceEqualWidth),
    html`${decimals(score.brier)} <small>${range(score.intervals95.brier)}</small>`,
    html`${decimals(score.logLoss)} <small>${range(score.intervals95.logLoss)}</small>`,
  ];
  const body = [
    ...(uncalibrated === null ? [] : [line("before scaling", uncalibrated)]),
    line(temperature === null ? "never calibrated" : `temperature ${decimals(temperature)}`, now),
  ];
  return section(
    "calibration",
    "Calibration",
    html`<p>
        Each mark is a fifteenth of the rows, from the least to the most confident. On the dashed line the probabilities
        are calibrated; below it, the head is overconfident.
      </p>
      ${plot(points, { x: "confidence", y: "accuracy", diagonal: true, label: `Reliability diagram, expected calibration error ${decimals(now.ece)}` })}
      ${table(body, {
        caption: "Calibration: lower is better",
        head: ["", "ECE, equal mass", "ECE, equal width", "Brier", "log loss"],
      })}`,
  );
}

function risk({ reliability }: EvaluationRecord): Html {
  const { riskCoverage, aurc, choice } = reliability;
  const points = riskCoverage.map(({ coverage, risk: y }) => ({ x: coverage, y }));
  const top = Math.max(0.1, ...points.map(({ y }) => Math.ceil(y * 10) / 10));
  const chosen =
    choice === null
      ? null
      : html`<p>
          Goal: ${verbatim(choice.goal)}. The head predicts a label for ${percent(choice.coverage)} of the rows and
          abstains on the others; ${choice.accuracy === null ? "none" : percent(choice.accuracy)} of its predictions are
          right.
        </p>`;
  return section(
    "risk",
    "Risk and coverage",
    html`<p>The error rate when only the most confident predictions are kept; area ${decimals(aurc)}.</p>
      ${plot(points, { x: "coverage", y: "error rate", joined: true, top, label: `Risk-coverage curve, area ${decimals(aurc)}` })}
      ${chosen}`,
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
        The coverage of split conformal sets is guaranteed on rows drawn like the dev rows. On another kind of text it
        is not; the table shows the coverage here.
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
