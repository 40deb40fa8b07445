import type { Evaluation } from "../../../metrics/classification.js";
import { wilson } from "../../../metrics/conformal.js";
import type { CorpusSummary } from "../../../transfer/experiment/record.js";
import type { ScoredRecord as TransferRecord } from "./scored.js";
import { besideBagOfWords, outcome } from "./findings.js";
import { count, counted, decimals, percent, range, rows, signed, signedRange } from "../../../text/numbers.js";
import { html, verbatim, type Html } from "../html.js";

const ROWS_PER_LABEL = 100; // enough for a first learning curve, little enough for an afternoon of labeling
const WIDE = 0.1; // an interval wider than this hides most differences that matter
const WANTED = 0.05;
const SHIFT = 0.15; // of a label's share

/** What to do next, the most important first; at least one piece of advice. */
export function advice(record: TransferRecord): readonly Html[] {
  return [
    ...onTheOutcome(record),
    onTheVerdict(record),
    ...onBagOfWords(record.target),
    ...onTheInterval(record.target),
    ...onLabelShift(record),
    ...onTheWeakestLabel(record),
    ...onMissingLabels(record.target),
    ...onLeakage(record),
  ];
}

function onTheOutcome(record: TransferRecord): readonly Html[] {
  switch (outcome(record)) {
    case "unlearned":
      return [
        html`<b>Look at the source first.</b> Check that its label column is the right one and that the text alone is
          enough to label it; until the head learns something in-domain, nothing can be said about the target.`,
      ];
    case "useless":
      return [
        html`<b>Do not use this head on the target as it is.</b> Check that both corpora mean the same by each label
          (bridge them with <code>--map</code>), then label rows of the target.`,
      ];
    default:
      return [];
  }
}

function onTheVerdict(record: TransferRecord): Html {
  const wanted = count(Math.max(200, ROWS_PER_LABEL * record.labels.length));
  switch (record.verdict.call) {
    case "unknown":
      return html`<b>Label about ${wanted} rows of the target</b> (other rows than those it is tested on) and pass them
        with <code>--target-train</code>: only then is it known how a head scores that was trained on the target itself,
        and whether the source still helps beside it.`;
    case "positive":
      return html`<b>Train on both.</b> The source is worth keeping beside the target’s own rows: ${effect(record)}.
        More labeled rows of the target usually make it matter less: compare again when you have twice as many.`;
    case "neutral":
      return html`<b>Prefer the simpler training set.</b> That both together do better than the target’s own rows is not
        shown: ${effect(record)}. More rows of the target, to train and to test on, narrow the interval.`;
    case "negative":
      return html`<b>Train on the target’s rows alone</b> and leave the source out: ${effect(record)}.`;
  }
}

/** The scores behind the verdict, and their difference with its interval. */
function effect({ ceiling, joint, verdict: { difference, interval95 } }: TransferRecord): string {
  if (ceiling === null || joint === null || difference === null || interval95 === null) return "the numbers are above";
  return (
    `trained on the target alone the head scores ${decimals(ceiling.macroF1)}, trained on both ${decimals(joint.macroF1)}, ` +
    `${signed(difference)} (95 % interval ${signedRange(interval95)})`
  );
}

function onBagOfWords(target: Evaluation): readonly Html[] {
  const over = target.overBagOfWords;
  if (over === undefined || besideBagOfWords(target) !== "above") return [];
  return [
    html`<b>Try another encoder</b> with <code>--encoder</code>: a bag of words does better on these rows, the head has
      ${signed(over.macroF1)} macro-F1 (${signedRange(over.interval95)}) over it, so this one is not worth its cost
      here.`,
  ];
}

function onTheInterval({ n, interval95: [low, high] }: Evaluation): readonly Html[] {
  if (high - low <= WIDE) return [];
  // The width of an interval goes with the square root of the number of rows.
  const needed = Math.ceil((n * ((high - low) / WANTED) ** 2) / 100) * 100;
  return [
    html`<b>Test on more rows.</b> With ${rows(n)} the target’s score is only known to within ${decimals(high - low)};
      about ${count(needed)} labeled rows would bring that to ${decimals(WANTED)}.`,
  ];
}

function onLabelShift({ corpora, labels }: TransferRecord): readonly Html[] {
  const shifts = labels
    .map((label) => ({ label, from: labelShare(corpora.source, label), to: labelShare(corpora.target, label) }))
    .sort((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from));
  if (shifts.length === 0 || Math.abs(shifts[0].to - shifts[0].from) < SHIFT) return [];
  const { label, from, to } = shifts[0];
  return [
    html`<b>Mind the label distribution.</b> “${verbatim(label)}” makes up ${percent(from)} of the source but
      ${percent(to)} of the target. The head expects the source’s distribution, and part of the difference between the
      two scores may be this, not the texts.`,
  ];
}

/**
 * The label that is found least on the target of those that are found in-domain, by recall: unlike F1 it does not change with
 * how frequent a label is.
 */
function onTheWeakestLabel({ source, target, labels }: TransferRecord): readonly Html[] {
  const losses = labels
    .map((label) => ({ label, home: recallOf(source, label), away: recallOf(target, label) }))
    .flatMap(({ label, home, away }) => (home === undefined || away === undefined ? [] : [{ label, home, away }]))
    .filter(({ home, away }) => away.high < home.low && home.recall - away.recall >= WIDE)
    .sort((a, b) => b.home.recall - b.away.recall - (a.home.recall - a.away.recall));
  if (losses.length === 0) return [];
  const { label, home, away } = losses[0];
  const shown = (of: Recall): string => `${decimals(of.recall)} (${range([of.low, of.high])}, ${rows(of.n)})`;
  return [
    html`<b>Read the mistakes on “${verbatim(label)}”</b>, the label that is found less than in-domain by most: recall
      ${shown(home)} in-domain, ${shown(away)} on the target. It may mean something else there, or be expressed in words
      that the source does not have.`,
  ];
}

function onMissingLabels({ missing, n }: Evaluation): readonly Html[] {
  if (missing.length === 0) return [];
  const names = missing.map((label, i) => html`${i === 0 ? "" : ", "}“${verbatim(label)}”`);
  return [
    html`<b>Some labels are not tested.</b> None of the target’s ${counted(n, "row")} is labeled ${names}: how well the
      head finds them there is unknown, and every prediction of them counts as a mistake. If the target cannot have
      them, drop them with <code>--map</code>.`,
  ];
}

function onLeakage({ leakage }: TransferRecord): readonly Html[] {
  const found: Html[] = [];
  if (leakage.trainAndTarget > 0) {
    found.push(
      html`<b>Separate the target’s training rows from its test rows.</b> ${counted(leakage.trainAndTarget, "test row")}
        are also among the training rows of the target; the ceiling and the verdict leave them out.`,
    );
  }
  return found;
}

/** Share of a corpus' rows with that label; 0 when it has none. */
export const labelShare = (corpus: CorpusSummary, label: string): number =>
  corpus.rows === 0 || !Object.hasOwn(corpus.labels, label) ? 0 : corpus.labels[label] / corpus.rows;

interface Recall {
  readonly recall: number;
  /** 95 % interval (Wilson). */
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** Recall of a label; undefined where no row has it. */
function recallOf(evaluation: Evaluation, label: string): Recall | undefined {
  if (!Object.hasOwn(evaluation.perLabel, label)) return undefined;
  const { support: n, recall } = evaluation.perLabel[label];
  if (n === 0) return undefined;
  const [low, high] = wilson(recall, n);
  return { recall, low, high, n };
}
