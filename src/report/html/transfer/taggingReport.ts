import { intervalNote } from "../../../text/intervalNote.js";
import type { TaggingEvaluation } from "../../../tagging/evaluate.js";
import type { TaggingTransfer } from "../../../transfer/entities/record.js";
import { count, decimals, range, signed, signedRange } from "../../../text/numbers.js";
import { html, section, verbatim, type Html } from "../html.js";
import { pageText } from "../page.js";
import { table } from "../table.js";

/** A transfer experiment with entities as one self-contained HTML page. */
export function taggingReport(record: TaggingTransfer): string {
  const { source, target, ceiling, joint, drop, verdict, leakage } = record;
  const runs: (readonly [string, TaggingEvaluation | null])[] = [
    ["source, held out", source],
    ["target", target],
    ["target, trained on it", ceiling],
    ["target, trained on both", joint],
  ];
  const rows = runs.flatMap(([name, e]) =>
    e === null
      ? []
      : [
          [
            name,
            decimals(e.entityF1),
            range(e.interval95),
            decimals(e.boundary.f1),
            decimals(e.unseen.f1),
            count(e.entities),
          ],
        ],
  );
  const types = Object.entries(target.perType).map(([label, s]) => [
    verbatim(label),
    decimals(s.precision),
    decimals(s.recall),
    decimals(s.f1),
    count(s.support),
  ]);
  const errors = Object.entries(target.errors).map(([name, n]) => [name, count(n)]);
  const body: Html = html`<main>
    <header>
      <p class="kicker">headstart · transfer report, entities</p>
      <h1>Entity F1 ${decimals(source.entityF1)} in-domain, ${decimals(target.entityF1)} on the target</h1>
      <p>
        Drop ${signed(drop)} (95 % interval ${signedRange(record.dropInterval95)}). Verdict: ${verdict.call},
        ${verdict.because}. ${seenText(leakage)}
      </p>
    </header>
    <p>${intervalNote("sentence")}</p>
    ${section("scores", "Scores", table(rows, { caption: "Strict entity F1", head: ["evaluated on", "F1", "95 % interval", "words right, any label", "unseen surface forms", "entities"] }))}
    ${section("types", "Labels on the target", table(types, { caption: "By label", head: ["label", "precision", "recall", "F1", "entities"] }))}
    ${section("errors", "Where entities were lost on the target", table(errors, { caption: "By kind of mistake", head: ["mistake", "entities"] }))}
  </main>`;
  return pageText("Transfer report, entities", body);
}

/** What of the target was seen in training. */
function seenText({ near, normalised, targetWith, trainAndTarget }: TaggingTransfer["leakage"]): string {
  const withThem =
    targetWith === null ? "" : ` and not counted; with them entity F1 is ${decimals(targetWith.entityF1)}`;
  const own =
    trainAndTarget === 0
      ? ""
      : ` ${count(trainAndTarget)} are also in the target's training sentences, and no verdict counts them.`;
  const alike = near === normalised ? "" : ` (${count(near - normalised)} as near duplicates)`;
  return `${count(near)} target sentences are also in the source${alike}${withThem}.${own}`;
}
