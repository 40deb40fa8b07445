import type { Evaluation } from "../../../metrics/classification.js";
import { wilson } from "../../../metrics/conformal.js";
import type { ScoredRecord as TransferRecord } from "./sections/scored.js";
import { labelShare } from "./sections/corpora.js";
import { adviceItem } from "./decision.js";
import { besideBagOfWords } from "./findings.js";
import { count, counted, decimals, percent, range, rows, signed, signedRange } from "../../../text/numbers.js";
import { html, section, verbatim, type Html } from "../html.js";

const WIDE = 0.1; // an interval wider than this hides most differences that matter
const WANTED = 0.05;
const SHIFT = 0.15; // of a label's share

/** The advice of the record, and what else the numbers suggest. */
export function whatToDo(record: TransferRecord): Html {
  const { head } = record;
  return section(
    "todo",
    "What to do next",
    html`<ol class="advice">
        ${advice(record).map((piece) => html`<li>${piece}</li>`)}
      </ol>
      ${head === null ? null : html`<p>The head that was written is in <code class="long">${verbatim(head)}</code>.</p>`}`,
  );
}

/** What to do next, the most important first; at least one piece of advice. */
export function advice(record: TransferRecord): readonly Html[] {
  return [
    ...[record.advice, ...record.moreAdvice].map(adviceItem),
    ...onBagOfWords(record.target),
    ...onTheInterval(record.target),
    ...onLabelShift(record),
    ...onTheWeakestLabel(record),
    ...onMissingLabels(record.target),
    ...onLeakage(record),
  ];
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
