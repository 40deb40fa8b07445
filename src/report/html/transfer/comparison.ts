import type { Evaluation, Score } from "../../../metrics/classification.js";
import type { ScoredRecord as TransferRecord } from "./scored.js";
import { axis, intervalTrack, shape, type Mark } from "../chart.js";
import { corpusNames } from "./findings.js";
import { decimals, range, rows } from "../../../text/numbers.js";
import { html, section, verbatim, type Content, type Html } from "../html.js";

/** One line of the chart: a head or a baseline. */
interface Candidate {
  readonly mark: Mark;
  readonly name: Content;
  readonly detail: string;
  readonly n: number;
  readonly score: Evaluation | Score;
}

/** Everything that was scored, on one axis. */
export function comparison(record: TransferRecord): Html {
  const candidates = candidatesOf(record);
  return section(
    "comparison",
    "How it compares",
    html`<p>
        Macro-F1 (the mean over the labels of how well each is found, 1 is perfect). The line through a mark is its
        95&nbsp;% interval; the dashed line is the head’s score on the target.
      </p>
      <ul class="chart">
        ${candidates.map((one) => candidateRow(one, record.target.macroF1))}
        <li class="foot" aria-hidden="true"><span class="blank"></span>${axis()}<span class="blank"></span></li>
      </ul>
      <p class="note">
        ${shape("source")} in-domain ${shape("target")} on the target ${shape("trained")} trained with rows of the
        target ${shape("baseline")} simple baselines on the target. Macro-F1 averages over the labels that occur in the
        truth or in the predictions.
      </p>`,
  );
}

function candidatesOf(record: TransferRecord): readonly Candidate[] {
  const { source, target, ceiling, joint, leakage } = record;
  const names = corpusNames(record);
  const home = html`In-domain: ${verbatim(names.source)}`;
  const away = html`Target: ${verbatim(names.target)}`;
  const always: readonly (Candidate | null)[] = [
    candidate("source", home, "trained on the source, tested on its held-out rows", source),
    candidate(
      "target",
      away,
      leakage.targetWith === null ? "the same head" : "the same head, rows it has not seen",
      target,
    ),
    candidate(
      "target",
      "Target with the duplicates",
      "the same head, also on rows of its training",
      leakage.targetWith,
    ),
    candidate("trained", "Ceiling", "trained on rows of the target alone", ceiling),
    candidate("trained", "Both together", "trained on the source and rows of the target", joint),
    baseline("Bag of words", "counts words, trained on the source", target, target.bagOfWords),
    baseline("Majority class", "always the same label", target, target.majority),
  ];
  return always.filter((one) => one !== null);
}

const candidate = (mark: Mark, name: Content, detail: string, score: Evaluation | null): Candidate | null =>
  score === null ? null : { mark, name, detail, n: score.n, score };

const baseline = (name: string, detail: string, { n }: Evaluation, score: Score | null): Candidate | null =>
  score === null ? null : { mark: "baseline", name, detail, n, score };

function candidateRow({ mark, name, detail, n, score }: Candidate, reference: number): Html {
  const interval = "interval95" in score ? score.interval95 : undefined;
  const value = decimals(score.macroF1);
  const label = `macro-F1 ${value}${interval === undefined ? "" : `, 95 % interval ${range(interval)}`}, n = ${n}`;
  const track = intervalTrack(score.macroF1, {
    mark,
    reference,
    label,
    interval,
  });
  return html`<li>
    <span class="name">${shape(mark)} ${name}<small>${detail}</small></span
    >${track}<span class="value"
      ><b>${value}</b
      ><small
        >${interval === undefined ? null : html`<span>${range(interval)}</span>, `}<span>${rows(n)}</span></small
      ></span
    >
  </li>`;
}
