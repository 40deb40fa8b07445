import type { Advice, TransferRecord } from "../../../transfer/experiment/record.js";
import { isGuessing } from "../../../transfer/experiment/advice.js";
import { decimals, range, signed, signedRange } from "../../../text/numbers.js";
import { html, verbatim, type Html } from "../html.js";
import { corpusNames } from "./sections/names.js";

/** What to do, in a few words. */
const STEPS: Readonly<Record<Advice["strategy"], string>> = {
  "target alone": "Train on the target’s own rows",
  "add the source": "Train on both",
  "start from the source": "Start from the head of the source",
  "source as it is": "Use the head of the source as it is",
  "map the labels": "Map the labels",
  "label rows": "Label rows of the target",
  unfreeze: "Try another encoder, or fine-tune this one",
  "another source or encoder": "Look at the source first",
};

/** Not broken at its hyphen. */
const MACRO_F1 = html`<span class="term">macro-F1</span>`;

/** A piece of advice with its reason. */
export const adviceItem = ({ strategy, because }: Advice): Html =>
  html`<b>${STEPS[strategy] ?? strategy}.</b> <span dir="auto">${sentence(because)}</span>`;

/** With a capital and a full stop. */
export const sentence = (text: string): string =>
  text === "" ? "" : `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

/** What to do, with the numbers that say so: the sentence at the top of the page. */
export function decision(record: TransferRecord): Html {
  const names = corpusNames(record);
  const [source, target, own] = [names.source, names.target, names.targetTrain].map(verbatim);
  switch (record.advice.strategy) {
    case "target alone":
      return record.verdict.call === "negative"
        ? html`Train on ${own} alone: adding ${source} lowers ${MACRO_F1} on ${target}${byHowMuch(record)}.`
        : html`Train on ${own} alone: adding ${source} is not shown to help (${MACRO_F1} on
          ${target}${changed(record)}).`;
    case "add the source":
      return record.verdict.call === "positive"
        ? html`Train on both: adding ${source} to ${own} raises ${MACRO_F1} on ${target}${byHowMuch(record)}.`
        : html`Train on both: adding ${source} to ${own} is not shown to help, but it is the better guess (${MACRO_F1}
          on ${target}${changed(record)}).`;
    case "source as it is":
      return html`Until rows of ${target} are labeled to train on, use the head of ${source} as it is:
      ${scores(record)}.`;
    case "map the labels":
      return html`Map the labels first: those of ${source} and ${target} are not the same, so a comparison would
      mislead.`;
    case "label rows":
      if (record.target !== null && !isGuessing(record.target))
        return html`Label other rows of ${target}: ${record.advice.because}.`;
      return record.target === null
        ? html`Label ${record.corpora.targetTrain === null ? "some" : "other"} rows of ${target}: without them, the
          accuracy there of the head of ${source} is only forecast, as ${decimals(record.forecast.accuracy)} (95&nbsp;%
          interval ${range(record.forecast.interval95)}).`
        : html`Label rows of ${target}: the head of ${source} is not shown to do better than guessing there,
          ${scores(record)}.`;
    case "another source or encoder":
      return html`Look at ${source} first: even in-domain its head is not shown to do better than guessing,
      ${scores(record)}.`;
    default:
      return html`${STEPS[record.advice.strategy] ?? record.advice.strategy}: ${record.advice.because}.`;
  }
}

/** The size of a difference that there is, with its interval. */
function byHowMuch({ verdict: { difference, interval95 } }: TransferRecord): string {
  if (difference === null || interval95 === null) return "";
  const [low, high] = interval95.map(Math.abs).sort((a, b) => a - b);
  return ` by ${decimals(Math.abs(difference))} (95\u00A0% interval ${range([low, high])})`;
}

/** A difference that may be none, with its interval. */
const changed = ({ verdict: { difference, interval95 } }: TransferRecord): string =>
  difference === null || interval95 === null
    ? ""
    : ` ${signed(difference)}, 95\u00A0% interval ${signedRange(interval95)}`;

/** The scores of the source's head on both sides. */
function scores({ source, target }: TransferRecord): Html {
  const home = html`${MACRO_F1} ${decimals(source.macroF1)} in-domain`;
  return target === null
    ? home
    : html`${home}, ${decimals(target.macroF1)} (${range(target.interval95)}) on the target`;
}
