import type { Evaluation } from "../../../metrics/classification.js";
import type { ScoredRecord as TransferRecord } from "./sections/scored.js";
import { count, counted, decimals, range, rows, signed, signedRange } from "../../../text/numbers.js";
import { html, type Html } from "../html.js";

/** A loss of macro-F1 that would matter: only where the interval excludes it does the head keep its score. */
const LOSS_THAT_MATTERS = 0.05;

/** How a bag of words compares with the head on the same rows, by the interval of their difference. */
export function besideBagOfWords({ bagOfWords, overBagOfWords }: Evaluation): "none" | "below" | "unsure" | "above" {
  if (bagOfWords === null || overBagOfWords === undefined) return "none";
  const [low, high] = overBagOfWords.interval95;
  return low > 0 ? "below" : high < 0 ? "above" : "unsure";
}

/** What is known beside the decision: a few sentences below it. */
export function findings(record: TransferRecord): readonly Html[] {
  return [
    ...leakageFinding(record),
    dropFinding(record),
    ...bagOfWordsFinding(record.target),
    ...unknownVerdictFinding(record),
  ];
}

/** The drop with its interval and what that leaves out; claimed only where the interval allows it. */
function dropFinding({ source, target, drop, dropInterval95 }: TransferRecord): Html {
  const scored = html`The head of the source scores ${decimals(source.macroF1)}
    <span class="term">macro-F1</span> in-domain (${range(source.interval95)}, ${rows(source.n)}) and
    ${decimals(target.macroF1)} on the target (${range(target.interval95)}, ${rows(target.n)})`;
  const over = Math.abs(source.macroF1 - target.macroF1 - drop) < 1e-9 ? "" : " over the target’s own labels";
  const by = `source minus target${over} is ${signed(drop)} (95 % interval ${signedRange(dropInterval95)}, for this head on other rows)`;
  const [low, high] = dropInterval95;
  if (low > 0 || high < 0) return html`${scored}: ${by}.`;
  return high <= LOSS_THAT_MATTERS
    ? html`${scored}: ${by}, so it carries over; a loss of more than ${decimals(LOSS_THAT_MATTERS)} is excluded.`
    : html`${scored}: ${by}, so these rows do not tell whether it scores lower there.`;
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

/** A known verdict is the decision itself, and so is that labels do not match. */
const unknownVerdictFinding = ({ verdict: { call, because, comparable } }: TransferRecord): readonly Html[] =>
  call === "unknown" && comparable !== false
    ? [html`Whether the source helps beyond the target’s own labels is unknown: <span dir="auto">${because}</span>.`]
    : [];
