import { excerpt } from "../../errors.js";
import type { PendingFile } from "../../files/commit.js";
import type { ClassifierComparison } from "../../pipeline/compare/classifiers.js";
import type { HeadComparison } from "../../pipeline/compare/compare.js";
import type { TaggerComparison } from "../../pipeline/compare/taggers.js";
import { agreementLines, measuredText } from "../../report/text/comparison.js";
import { count, counted, signed, signedRange } from "../../text/numbers.js";
import type { RowWriterOptions } from "../../vectors/rowWriter.js";
import type { EvaluationLines } from "./lines.js";
import { rowsFile } from "./mistakes.js";

/** Rows that --verbose shows. */
const SHOWN = 10;

/** A comparison of two heads. */
export function comparisonLines(found: HeadComparison, corpus: readonly string[]): EvaluationLines {
  const { first, second, n, because, differing } = found;
  const what = found.kind === "tagger" ? "sentence" : "row";
  const lines = [
    `${first} and ${second} on ${corpus.join(", ")}, ${counted(n, what)}`,
    "",
    ...scoreLines(found),
    "",
    `${because}.`,
    ...testLines(found),
    "The interval is over these rows. It does not contain what another training of the heads would give.",
    "",
    found.kind === "tagger" ? "Of the true entities, found by" : "Rows, predicted",
    ...agreementLines(found.agreement, found.perLabel, [first, second]),
  ];
  const differ = `${counted(differing, what)} ${differing === 1 ? "is" : "are"} predicted differently`;
  const hint = differing === 0 ? "." : "; --verbose shows some, --differences writes all.";
  return {
    lines: [...lines, "", `${differ}${hint}`],
    more: [...lines, "", differing === 0 ? `${differ}.` : `${differ}, the most confident first:`, ...shown(found)],
  };
}

function scoreLines(found: HeadComparison): string[] {
  const names = [found.first, found.second];
  const width = Math.max(...names.map((name) => name.length));
  return names.map((name, h) => {
    const scores =
      found.kind === "tagger"
        ? `entity F1 ${measuredText(found.entityF1[h])}`
        : `macro-F1 ${measuredText(found.macroF1[h])}, accuracy ${measuredText(found.accuracy[h])}`;
    return `${name.padEnd(width)}  ${scores}`;
  });
}

function testLines(found: HeadComparison): string[] {
  if (found.kind === "tagger") return [];
  const { accuracyDifference, mcnemar, first, second } = found;
  const { difference, interval95 } = accuracyDifference;
  const p = mcnemar.p < 0.001 ? "p < 0.001" : `p = ${mcnemar.p.toFixed(3)}`;
  return [
    `Accuracy, ${first} minus ${second}: ${signed(difference)} (95 % interval ${signedRange(interval95)}); McNemar's exact test of equal accuracy: ${p}.`,
  ];
}

const shown = (found: HeadComparison): string[] =>
  found.kind === "tagger" ? taggerRows(found) : classifierRows(found);

const classifierRows = ({ differences, first, second }: ClassifierComparison): string[] =>
  differences.slice(0, SHOWN).map((row) => {
    const [a, b] = [row.firstProbability, row.secondProbability].map((p) => p.toFixed(2));
    const said = `${first} ${excerpt(row.first)} (${a}), ${second} ${excerpt(row.second)} (${b})`;
    return `${row.file}:${row.line}: ${excerpt(row.label)}: ${said}: ${excerpt(row.text)}`;
  });

const taggerRows = ({ differences, first, second }: TaggerComparison): string[] =>
  differences.slice(0, SHOWN).map((row) => {
    const list = (entities: readonly { readonly label: string; readonly text: string }[]): string =>
      entities.map(({ label, text }) => `${excerpt(text)} ${excerpt(label)}`).join(", ") || "none";
    const said = `${first} ${list(row.first)}; ${second} ${list(row.second)}`;
    return `${row.file}:${row.line}: true ${list(row.entities)}; ${said}: ${excerpt(row.text)}`;
  });

/** What a comparison leaves open, a line each. */
export function comparisonWarnings(found: HeadComparison): string[] {
  const { first, second, n, unknownLabels, seenInTraining: seen } = found;
  const what = found.kind === "tagger" ? "sentence" : "row";
  const lacking = [first, second].flatMap((name, h) =>
    unknownLabels[h].length === 0
      ? []
      : [
          `${name} does not know ${unknownLabels[h].map((label) => `"${excerpt(label)}"`).join(", ")}, so it is wrong on ` +
            `every ${what} that has it`,
        ],
  );
  const blind = [first, second].filter((_, h) => [seen.first, seen.second][h] === null);
  const unsaid = blind.map(
    (name) => `${name} does not keep which texts it was trained on, so these may be among the ${what}s`,
  );
  if (seen.either === 0) return [...unsaid, ...lacking];
  const each = [seen.first, seen.second].flatMap((own, h) =>
    own === null ? [] : [`${[first, second][h]} on those of ${count(own)}`],
  );
  const share = `a head was trained on the texts of ${counted(seen.either, what)} (${each.join(", ")})`;
  const rest = seen.leftOut
    ? `${share}: they are left out, and ${count(n)} are compared`
    : `${share}, whose scores are too good, and the others are too few to compare by. Compare on other ${what}s`;
  return [rest, ...unsaid, ...lacking];
}

const LABEL_COLUMNS = ["text", "label", "first", "firstProbability", "second", "secondProbability", "file", "line"];
const ENTITY_COLUMNS = ["text", "entities", "first", "second", "file", "line"];

/** What is predicted differently, as a file of `.csv` or `.jsonl`, written but not under its name yet. */
export const differencesFile = (
  file: string,
  { kind, differences }: HeadComparison,
  options: RowWriterOptions,
): Promise<PendingFile> =>
  rowsFile(file, { columns: kind === "tagger" ? ENTITY_COLUMNS : LABEL_COLUMNS, rows: differences, options });
