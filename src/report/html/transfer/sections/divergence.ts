import { ROWS_TO_COMPARE, type Divergence } from "../../../../transfer/divergence/divergence.js";
import type { TransferRecord } from "../../../../transfer/experiment/record.js";
import { count, decimals, percent, rows } from "../../../../text/numbers.js";
import { html, section, verbatim, type Content, type Html } from "../../html.js";
import { definitions, table } from "../../table.js";

/** Above it, what the distance of one corpus to itself is exceeds what chance gives. */
const LEVEL = 0.05;

/** How far apart the texts of the two corpora are, beside what the same numbers are for one corpus. */
export function divergence({ divergence: apart }: TransferRecord): Html {
  return section(
    "divergence",
    "How far apart the texts are",
    apart.underNull === null ? tooFew(apart.n) : numbers(apart, apart.underNull),
  );
}

const tooFew = ({ source, target }: Divergence["n"]): Html =>
  html`<p>
    Too few rows to say (source ${rows(source)}, target ${rows(target)}): with fewer than ${String(ROWS_TO_COMPARE)} on
    a side, two samples of one corpus look as far apart as two corpora.
  </p>`;

function numbers(
  { proxyA, proxyACentred, mmd, frechet, frechetMean, jensenShannon, vocabularySeen, words, n }: Divergence,
  same: NonNullable<Divergence["underNull"]>,
): Html {
  return html`<p>
      These numbers compare the texts of source and target; labels play no part, so they explain a loss but do not
      predict it. Each stands beside its mean for two samples of one corpus of the same sizes (source ${rows(n.source)},
      target ${rows(n.target)}), which is far from 0 where rows are few; p is how often such samples differ as much.
    </p>
    ${definitions([
      [
        html`<b>${decimals(proxyA)}</b> proxy A-distance`,
        html`How well a model can distinguish source vectors from target vectors, 0 (guessing) to 2 (always);
        ${beside(same.proxyA, decimals)}, ${rows(n.perSideOfProxyA)} a side. A model distinguishes source and target
        ${distanceWords(proxyA, same.proxyA)}.`,
      ],
      [
        html`<b>${decimals(proxyACentred)}</b> once each side is centered`,
        html`The same after each side’s mean is subtracted, by nearest neighbors;
        ${beside(same.proxyACentred, decimals)}. What is left is no matter of means.`,
      ],
      [
        html`<b>${decimals(mmd)}</b> mean discrepancy (MMD²)`,
        html`Gaussian kernel, unbiased: 0 for one corpus, p ${decimals(same.mmd.p)}.`,
      ],
      [
        html`<b>${decimals(frechet)}</b> squared Fréchet distance`,
        html`${decimals(frechetMean)} of it between the means, the rest between the covariances; it grows as rows get
        few.`,
      ],
      [
        html`<b>${decimals(jensenShannon)}</b> Jensen-Shannon divergence`,
        html`How much the word frequencies differ, 0 (not at all) to 1 (no word in common);
        ${beside(same.jensenShannon, decimals)}. ${excess(jensenShannon - same.jensenShannon.mean, same.jensenShannon)}`,
      ],
      [
        html`<b>${percent(vocabularySeen)}</b> of the words seen`,
        html`The share of the target’s distinct words that also occur in the source;
        ${beside(same.vocabularySeen, percent)}. The head learned nothing from the words in the remaining
        ${percent(1 - vocabularySeen)}, though the encoder may know them.`,
      ],
    ])}
    ${distinctive(words)}`;
}

/** The words that differ most, with how often each side has them. */
const distinctive = (words: Divergence["words"]): Html | null =>
  words.length === 0
    ? null
    : table(
        words.map(({ word, source, target }) => [verbatim(word), count(source), count(target)]),
        { caption: "Words that differ most: times they occur", head: ["word", "source", "target"] },
      );

const beside = (
  { mean, p }: { readonly mean: number; readonly p: number },
  shown: (value: number) => string,
): Content => `${shown(mean)} for one corpus, p ${decimals(p)}`;

const excess = (more: number, { p }: { readonly p: number }): string =>
  p > LEVEL ? "That is within what chance gives for one corpus." : `That is ${decimals(more)} more than chance gives.`;

function distanceWords(proxyA: number, { p }: { readonly p: number }): string {
  if (p > LEVEL) return "not measurably better than two samples of one corpus";
  if (proxyA < 0.4) return "a little better than by guessing";
  if (proxyA < 1.2) return "often, but by no means always";
  if (proxyA < 1.8) return "mostly; the domains are clearly different";
  return "almost always; this is so for most pairs of text types, so little follows from it";
}
