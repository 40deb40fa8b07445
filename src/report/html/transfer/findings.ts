import type { Evaluation } from "../../../metrics/classification.js";
import type { CorpusSummary } from "../../../transfer/experiment/record.js";
import type { ScoredRecord as TransferRecord } from "./scored.js";
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
  const [low, high] = record.dropInterval95;
  if (low > 0) return "loses";
  if (high < 0) return "gains";
  return high <= LOSS_THAT_MATTERS ? "holds" : "unsure";
}

/** Is the whole interval above the score of always predicting the majority class? */
const beatsMajority = (evaluation: Evaluation): boolean => evaluation.interval95[0] > evaluation.majority.macroF1;

/** How a bag of words compares with the head on the same rows, by the interval of their difference. */
export function besideBagOfWords({ bagOfWords, overBagOfWords }: Evaluation): "none" | "below" | "unsure" | "above" {
  if (bagOfWords === null || overBagOfWords === undefined) return "none";
  const [low, high] = overBagOfWords.interval95;
  return low > 0 ? "below" : high < 0 ? "above" : "unsure";
}

/** Names for source and target: the file without its folders, or with them where both would be the same. */
export function corpusNames({ corpora }: Pick<TransferRecord, "corpora">): {
  readonly source: string;
  readonly target: string;
} {
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
      return html`Trained on ${source}, the head is not shown to carry over: ${home}
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
        ${away} on ${target}; a loss of more than ${decimals(LOSS_THAT_MATTERS)} is excluded.`;
    case "unsure":
      return html`Trained on ${source}, the head scores ${home} <span class="term">macro-F1</span> in-domain and ${away}
        on ${target}: too few rows to know whether it loses anything.`;
  }
}

/** The intervals and comparisons behind the headline: a few sentences below it. */
export function findings(record: TransferRecord): readonly Html[] {
  const { source, target } = record;
  return [
    ...leakageFinding(record),
    html`The 95&nbsp;% intervals are ${range(source.interval95)} in-domain (${rows(source.n)}) and
    ${range(target.interval95)} on the target (${rows(target.n)}). ${dropWords(record)}`,
    ...bagOfWordsFinding(target),
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
      return [html`${start}: here, the head does better.`];
    case "unsure":
      return [html`${start}: these rows do not show which of the two is better.`];
    case "above":
      return [html`${start}: here, the bag of words does better.`];
  }
}

/** The drop with its interval and what that leaves out. */
function dropWords({ drop, dropInterval95 }: TransferRecord): string {
  const by = `${signed(drop)} (95 % interval ${signedRange(dropInterval95)}, for this head on other rows)`;
  const [low, high] = dropInterval95;
  return low > 0 || high < 0
    ? `Source minus target is ${by}.`
    : `Source minus target is ${by}, so these rows do not tell whether the head scores lower on the target.`;
}

/** Comes first: the scores on the target leave these rows out. */
function leakageFinding({ leakage, target }: TransferRecord): readonly Html[] {
  const { near, targetWith } = leakage;
  if (near === 0) return [];
  if (targetWith === null)
    return [
      html`<b>Every target row is also in the source:</b> its score says nothing of new texts, and nothing is left to
        test on without them.`,
    ];
  return [
    html`<b
        >${count(near)} of ${counted(targetWith.n, "target row")} ${near === 1 ? "is" : "are"} also in the source:</b
      >
      scored without them (${rows(target.n)}). With them the head scores ${decimals(targetWith.macroF1)}, which says
      nothing of new texts.`,
  ];
}

function verdictFinding({ verdict }: TransferRecord): Html {
  const { call, because, n } = verdict;
  if (call === "unknown")
    return html`Whether the source helps beyond the target’s own labels is unknown:
      <span dir="auto">${because}</span>.`;
  const more = n === undefined ? "" : html`, ${rows(n)}`;
  return html`With training rows of the target, <span dir="auto">${because}</span>${more}.`;
}
