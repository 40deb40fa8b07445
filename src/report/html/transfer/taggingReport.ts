import { intervalNote } from "../../../text/intervalNote.js";
import type { TaggingEvaluation } from "../../../tagging/evaluate.js";
import type { Null } from "../../../transfer/divergence/divergence.js";
import type { TaggingTransfer } from "../../../transfer/entities/record.js";
import { count, counted, decimals, percent, range, signed, signedRange } from "../../../text/numbers.js";
import { html, section, verbatim, type Html } from "../html.js";
import { pageText } from "../page.js";
import { definitions, table } from "../table.js";
import { taggingCurvesSection } from "./taggingCurves.js";

/** A transfer experiment with entities as one self-contained HTML page. */
export function taggingReport(record: TaggingTransfer): string {
  const { source, target, drop, verdict, leakage } = record;
  const body: Html = html`<main>
    <header>
      <p class="kicker">headstart · transfer report, entities</p>
      <h1>Entity F1 ${decimals(source.entityF1)} in-domain, ${decimals(target.entityF1)} on the target</h1>
      <p dir="auto">
        Drop ${signed(drop)} (95 % interval ${signedRange(record.dropInterval95)}). Verdict: ${verdict.call},
        ${verdict.because}. ${seenText(leakage)}
      </p>
    </header>
    ${section("advice", "What to do next", adviceList(record))}
    ${section(
      "scores",
      "Scores",
      html`<p>${intervalNote("sentence")}</p>
        ${scores(record)}`,
    )}
    ${taggingCurvesSection(record)} ${section("distance", "How far apart source and target are", distance(record))}
    ${section("types", "Labels on the target", typesTable(record))}
    ${section("errors", "Where entities were lost on the target", errorsTable(target))} ${warningsOf(record)}
  </main>`;
  return pageText("Transfer report, entities", body);
}

const adviceList = ({ advice, moreAdvice }: TaggingTransfer): Html =>
  html`<ul>
    ${[advice, ...moreAdvice].map(({ strategy, because }) => html`<li dir="auto"><b>${strategy}</b>: ${because}.</li>`)}
  </ul>`;

function scores({ source, target, ceiling, joint }: TaggingTransfer): Html {
  const runs: (readonly [string, TaggingEvaluation | null])[] = [
    ["source, held out", source],
    ["target", target],
    ["target, trained on it", ceiling],
    ["target, trained on both", joint],
  ];
  const rows = runs.flatMap(([name, found]) => (found === null ? [] : [[name, ...scoreCells(found)]]));
  const head = ["evaluated on", "F1", "95 % interval", "words right, any label", "unseen surface forms", "entities"];
  return table(rows, { caption: "Strict entity F1", head });
}

const scoreCells = ({ entityF1, interval95, boundary, unseen, entities }: TaggingEvaluation): string[] => [
  decimals(entityF1),
  range(interval95),
  decimals(boundary.f1),
  decimals(unseen.f1),
  count(entities),
];

/** Texts, words and entity strings; labels of sentences play no part in the first two. */
function distance({ divergence, target }: TaggingTransfer): Html {
  const { proxyA, jensenShannon, vocabularySeen, underNull, words, entities } = divergence;
  const beside = (value: Null | undefined, written = decimals): string =>
    value === undefined
      ? "too few sentences to compare it with"
      : `${written(value.mean)} for two samples of one corpus, p ${decimals(value.p)}`;
  return html`${definitions([
    [
      html`<b>${decimals(proxyA)}</b> proxy A-distance`,
      `How well a model tells source sentences from target sentences by their mean word vectors, 0 (guessing) to 2 (always); ${beside(underNull?.proxyA)}.`,
    ],
    [
      html`<b>${decimals(jensenShannon)}</b> Jensen-Shannon divergence`,
      `How much the word frequencies differ, 0 to 1; ${beside(underNull?.jensenShannon)}.`,
    ],
    [
      html`<b>${percent(vocabularySeen)}</b> of the target’s distinct words`,
      `are in the source; ${beside(underNull?.vocabularySeen, percent)}.`,
    ],
    [
      html`<b>${percent(entities.stringsSeen)}</b> of the target’s entity strings`,
      `are entities of the source too. F1 on entities with these strings ${decimals(target.seen.f1)}, on the others ${decimals(target.unseen.f1)}.`,
    ],
    [
      html`<b>${decimals(entities.perSentence.target)}</b> entities in a target sentence`,
      `${decimals(entities.perSentence.source)} in one of the source.`,
    ],
  ])}
  ${
    words.length === 0
      ? null
      : table(
          words.map(({ word, source, target: own }) => [verbatim(word), count(source), count(own)]),
          { caption: "Words that differ most", head: ["word", "in the source", "in the target"] },
        )
  }`;
}

function typesTable({ target, divergence: { entities } }: TaggingTransfer): Html {
  const share = (label: string, side: "source" | "target"): string =>
    percent(Object.hasOwn(entities.types, label) ? entities.types[label][side] : 0);
  const rows = Object.entries(target.perType).map(([label, { precision, recall, f1, support }]) => [
    verbatim(label),
    decimals(precision),
    decimals(recall),
    decimals(f1),
    count(support),
    share(label, "source"),
    share(label, "target"),
  ]);
  const head = ["label", "precision", "recall", "F1", "entities", "share of the source’s", "share of the target’s"];
  return table(rows, { caption: "By label", head });
}

const errorsTable = ({ errors }: TaggingEvaluation): Html =>
  table(
    Object.entries(errors).map(([name, n]) => [name, count(n)]),
    { caption: "By kind of mistake", head: ["mistake", "entities"] },
  );

const warningsOf = ({ warnings }: TaggingTransfer): Html | null =>
  warnings.length === 0
    ? null
    : section(
        "warnings",
        "Before believing the numbers",
        html`<ul>
          ${warnings.map((warning) => html`<li dir="auto">${warning}</li>`)}
        </ul>`,
      );

/** What of the target was seen in training. */
function seenText({ near, normalised, targetWith, trainAndTarget }: TaggingTransfer["leakage"]): string {
  const withThem =
    targetWith === null ? "" : ` and not counted; with them entity F1 is ${decimals(targetWith.entityF1)}`;
  const own =
    trainAndTarget === 0
      ? ""
      : ` ${count(trainAndTarget)} ${areIs(trainAndTarget)} also in the target’s training sentences, and no verdict counts ${trainAndTarget === 1 ? "it" : "them"}.`;
  const alike = near === normalised ? "" : ` (${count(near - normalised)} as near duplicates)`;
  return `${counted(near, "target sentence")} ${areIs(near)} also in the source${alike}${withThem}.${own}`;
}

const areIs = (n: number): string => (n === 1 ? "is" : "are");
