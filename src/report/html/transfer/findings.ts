import type { Interval } from "../../../metrics/bootstrap.js";
import type { Evaluation } from "../../../metrics/classification.js";
import type { CorpusSummary, TransferRecord } from "../../../transfer/experiment/record.js";
import { count, counted, decimals, range, rows, signed, signedRange } from "../../../text/numbers.js";
import { html, verbatim, type Html } from "../html.js";

/**
 * What happened, in one word: the head learned nothing in-domain; or it is of no use on the target; or it scores lower,
 * higher, or the same there; or there are too few rows to know.
 */
type Outcome = "unlearned" | "useless" | "loses" | "gains" | "holds" | "unsure";

/** A loss of macro-F1 that would matter: only where the interval excludes it does the head keep its score. */
const LOSS_THAT_MATTERS = 0.05;

export function outcome(record: TransferRecord): Outcome {
  if (!beatsMajority(record.source)) return "unlearned";
  if (!beatsMajority(record.target)) return "useless";
  const [low, high] = dropInterval(record);
  if (low > 0) return "loses";
  if (high < 0) return "gains";
  return high <= LOSS_THAT_MATTERS ? "holds" : "unsure";
}

/** Is the whole interval above the score of always predicting the majority class? */
const beatsMajority = (evaluation: Evaluation): boolean => evaluation.interval95[0] > evaluation.majority.macroF1;

/**
 * 95 % interval of the drop, from the intervals of the two scores, whose rows are independent.
 *
 * @see Zou & Donner 2008, Construction of confidence limits about effect measures (MOVER):
 *   https://doi.org/10.1002/sim.3095
 */
export function dropInterval({ source, target, drop }: TransferRecord): Interval {
  const [sourceBelow, sourceAbove] = reach(source);
  const [targetBelow, targetAbove] = reach(target);
  return [drop - Math.hypot(sourceBelow, targetAbove), drop + Math.hypot(sourceAbove, targetBelow)];
}

const reach = ({ macroF1, interval95: [low, high] }: Evaluation): readonly [below: number, above: number] => [
  Math.max(0, macroF1 - low),
  Math.max(0, high - macroF1),
];

/** How a bag of words compares with the head on the same rows, by the interval of their difference. */
export function besideBagOfWords({ bagOfWords, overBagOfWords }: Evaluation): "none" | "below" | "unsure" | "above" {
  if (bagOfWords === null || overBagOfWords === undefined) return "none";
  const [low, high] = overBagOfWords.interval95;
  return low > 0 ? "below" : high < 0 ? "above" : "unsure";
}

/** Names for source and target: the file without its folders, or with them where both would be the same. */
export function corpusNames({ corpora }: TransferRecord): { readonly source: string; readonly target: string } {
  const [source, target] = [shortName(corpora.source), shortName(corpora.target)];
  return source === target
    ? { source: longName(corpora.source), target: longName(corpora.target) }
    : { source, target };
}

const shortName = (corpus: CorpusSummary): string => nameOf(corpus, (file) => file.split(/[/\\]/).at(-1) || file);
const longName = (corpus: CorpusSummary): string => nameOf(corpus, (file) => file);

function nameOf({ files }: CorpusSummary, name: (file: string) => string): string {
  if (files.length === 0) return "no file";
  const first = files[0] === "-" ? "the pipe" : name(files[0]);
  return files.length === 1 ? first : `${first} and ${files.length - 1} more`;
}

/** What happened, as a sentence for the top of the page. */
export function headline(record: TransferRecord): Html {
  const names = corpusNames(record);
  const [source, target] = [verbatim(names.source), verbatim(names.target)];
  const [home, away] = [decimals(record.source.macroF1), decimals(record.target.macroF1)];
  switch (outcome(record)) {
    case "unlearned":
      return html`Trained on ${source}, the head does not measurably beat the majority class even in-domain: ${home}
        <span class="term">macro-F1</span> there, ${away} on ${target}.`;
    case "useless":
      return html`Trained on ${source}, the head does not carry over: ${home}
        <span class="term">macro-F1</span> in-domain, but ${away} on ${target}, not measurably better than the majority
        class.`;
    case "loses":
      return html`Trained on ${source}, the head scores ${home} <span class="term">macro-F1</span> in-domain but only
        ${away} on ${target}.`;
    case "gains":
      return html`Trained on ${source}, the head scores ${home} <span class="term">macro-F1</span> in-domain and even
        ${away} on ${target}.`;
    case "holds":
      return html`Trained on ${source}, the head carries over: ${home} <span class="term">macro-F1</span> in-domain,
        ${away} on ${target}, no measurable loss.`;
    case "unsure":
      return html`Trained on ${source}, the head scores ${home} <span class="term">macro-F1</span> in-domain and ${away}
        on ${target}: too few rows to know whether it loses anything.`;
  }
}

/** The intervals and comparisons behind the headline: a few sentences below it. */
export function findings(record: TransferRecord): readonly Html[] {
  const { source, target } = record;
  return [
    html`The 95&nbsp;% intervals are ${range(source.interval95)} in-domain (${rows(source.n)}) and
    ${range(target.interval95)} on the target (${rows(target.n)}); source minus target is
    ${signedRange(dropInterval(record))}.`,
    ...bagOfWordsFinding(target),
    ...leakageFinding(record),
    verdictFinding(record),
  ];
}

function bagOfWordsFinding(target: Evaluation): readonly Html[] {
  const { bagOfWords, overBagOfWords: over } = target;
  if (bagOfWords === null || over === undefined) return [];
  const [reached, by] = [decimals(bagOfWords.macroF1), `${signed(over.macroF1)} (${signedRange(over.interval95)})`];
  const start = html`A bag of words trained on the same rows scores ${reached} on the target; the head has ${by} over it`;
  switch (besideBagOfWords(target)) {
    case "none":
      return [];
    case "below":
      return [html`${start}: the encoder’s vectors carry more than what the texts are written with.`];
    case "unsure":
      return [html`${start}: these rows do not show which of the two is better.`];
    case "above":
      return [html`${start}: here, a bag of words does better than the encoder.`];
  }
}

function leakageFinding({ leakage, target }: TransferRecord): readonly Html[] {
  if (leakage.normalised === 0) return [];
  const without =
    leakage.targetWithout === null
      ? html`; nothing is left to test on without them`
      : html`; without them the head scores ${decimals(leakage.targetWithout.macroF1)}
        (${rows(leakage.targetWithout.n)})`;
  return [html`${counted(leakage.normalised, "target row")} of ${count(target.n)} are also in the source${without}.`];
}

function verdictFinding({ verdict, target }: TransferRecord): Html {
  if (verdict.call === "unknown" || verdict.difference === null || verdict.interval95 === null) {
    return html`Whether the source helps beyond the target’s own labels is unknown: no training rows of the target were
    given.`;
  }
  const by = `${signedRange(verdict.interval95)} macro-F1`;
  switch (verdict.call) {
    case "positive":
      return html`Adding the source to the target’s training rows helps (${by}, ${rows(target.n)}).`;
    case "neutral":
      return html`Adding the source to the target’s training rows makes no difference that these rows can show (${by},
      ${rows(target.n)}).`;
    case "negative":
      return html`Adding the source to the target’s training rows hurts (${by}, ${rows(target.n)}).`;
  }
}
