import { count, decimals, pText, percent, range, signed, signedRange } from "../../text/numbers.js";
import type { SourceAgreement, SourceChoice, SourceDifference, SourceScore } from "../../transfer/ranking/record.js";
import { rankCorrelationText } from "./rankCorrelation.js";
import { padLeft, padRight } from "./width.js";

const NAMES: Readonly<Record<SourceAgreement["measure"], string>> = {
  forecast: "forecast",
  agreement: "agreement with the others",
  proxyA: "proxy A-distance",
  onTargetTrain: "macro-F1 on the target's training rows",
  leep: "LEEP",
  logMe: "LogME of the outputs",
  hScore: "H-score of the outputs",
  neighbors: "nearest source row",
};

/** Several sources as a table, the one that the experiment goes on with marked, and why it is that. */
export function sourceLines(sources: readonly SourceScore[], choice: SourceChoice): readonly string[] {
  const { together, agreements, because } = choice;
  const isScored = sources.some(({ macroF1 }) => macroF1 !== null);
  const hasOwn = sources.some(({ onTargetTrain }) => onTargetTrain !== null);
  const head = [
    "source",
    "rows",
    "macro-F1 on target",
    "chosen minus it",
    "on target-train",
    "agreement",
    "forecast",
    "LEEP",
  ];
  const body = sources.map((one) => [
    `${one.chosen ? "*" : " "} ${one.files.join(", ")}`,
    count(one.rows),
    one.macroF1 === null ? "" : `${decimals(one.macroF1)} (${range(one.interval95!)})`,
    one.behind === null ? "" : differenceText(one.behind),
    one.onTargetTrain === null ? "" : decimals(one.onTargetTrain),
    percent(one.agreement),
    decimals(one.forecast),
    one.leep === null ? "" : decimals(one.leep),
  ]);
  const isShown = (_: string, c: number): boolean =>
    !(c === 2 || c === 3 ? !isScored : c === 4 ? !hasOwn : c === 7 && sources[0].leep === null);
  const cells = [head, ...body].map((line) => line.filter(isShown));
  const widths = cells[0].map((__, c) => Math.max(...cells.map((line) => line[c].length)));
  return [
    ...cells.map((line) =>
      line
        .map((cell, c) => (c === 0 ? padRight : padLeft)(cell, widths[c]))
        .join("  ")
        .trimEnd(),
    ),
    `chosen: ${because}.`,
    ...(together === null
      ? []
      : [
          `all together, ${count(together.rows)} rows: ${decimals(together.macroF1)} (${range(together.interval95)}), ` +
            `${differenceText(together.overChosen)} over the chosen one${isAbove(together.overChosen) ? "; give them behind one --source to use them all" : ""}`,
        ]),
    ...(agreements.length === 0
      ? []
      : [
          `rank correlation with macro-F1 on the target over ${sources.length} sources (Kendall's tau-b); with so few it says little: ` +
            agreements.map((one) => rankCorrelationText(NAMES[one.measure], one)).join(", "),
        ]),
    "",
  ];
}

const isAbove = ({ interval95: [low] }: SourceDifference): boolean => low > 0;

const differenceText = ({ difference, interval95, p }: SourceDifference): string =>
  `${signed(difference)} (${signedRange(interval95)}; p ${pText(p)})`;
