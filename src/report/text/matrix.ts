import { decimals, percent, signed } from "../../text/numbers.js";
import type { MatrixCell, MatrixRecord } from "../../transfer/matrix/record.js";
import { padLeft, padRight, textWidth } from "./width.js";

const SIGNS: Readonly<Record<MatrixCell["call"], string>> = {
  positive: "+",
  negative: "\u2212",
  neutral: " ",
  unknown: " ",
};
const NARROW = 12;
/** Of what stands before the columns. */
const LEAST_WIDTH = 26;

/** A matrix of domains on a few lines: the scores, who serves whom, and what the numbers say together. */
export function matrixLines(record: MatrixRecord): readonly string[] {
  const { domains, cells, summary, report } = record;
  const width = Math.max(...domains.map(({ name }) => textWidth(name)), LEAST_WIDTH) + 3;
  return [
    ...(domains.length > NARROW ? [] : scores(record, width)),
    ...summary.targets.map(({ target, best, macroF1, helped, harmed }) => {
      const own = domains.find(({ name }) => name === target)!.macroF1;
      const found =
        best === null
          ? `no source can be compared (${cells.find((cell) => cell.target === target)?.because})`
          : `best source ${best} ${decimals(macroF1!)}, in-domain ${decimals(own)}`;
      const calls = [
        ...(helped.length === 0 ? [] : [`helped by ${helped.join(", ")}`]),
        ...(harmed.length === 0 ? [] : [`harmed by ${harmed.join(", ")}`]),
      ];
      return `${padRight(target, width)} ${[found, ...calls].join("; ")}`;
    }),
    ...summary.says,
    `${padRight("report", width)} ${report}`,
  ];
}

/** Macro-F1 of each source on each target, in columns with the numbers of the rows. */
function scores({ domains, cells }: MatrixRecord, width: number): readonly string[] {
  const numbered = (i: number): string => `${i + 1}`.padStart(2);
  return [
    `${padRight("macro-F1: source \u2193 target \u2192", width)} ${domains.map((_, i) => padLeft(`${numbered(i)} `, 7)).join(" ")}`,
    ...domains.map(({ name, macroF1 }, i) => {
      const row = domains.map((target) => {
        const cell = cells.find((one) => one.source === name && one.target === target.name);
        if (cell === undefined) return `(${decimals(macroF1)})`.padStart(7);
        return cell.macroF1 === null ? "? ".padStart(7) : `${decimals(cell.macroF1)}${SIGNS[cell.call]}`.padStart(7);
      });
      return `${numbered(i)} ${padRight(name, width - 3)} ${row.join(" ")}`;
    }),
    "in brackets in-domain; + the source helps beside the target's own rows, \u2212 it harms, ? not comparable",
  ];
}

/** All numbers of each pair, a line each. */
export const matrixTable = ({ cells }: MatrixRecord): readonly string[] =>
  cells.map(({ source, target, macroF1, accuracy, drop, distance, forecast, because, call }) => {
    const pair = `${source} to ${target}`;
    if (macroF1 === null) return `${pair}: ${because}`;
    const far = distance === null ? "" : `, distance ${distance.toFixed(2)}`;
    return `${pair}: macro-F1 ${decimals(macroF1)}, accuracy ${percent(accuracy!)} (forecast ${percent(forecast!.accuracy)}), drop ${signed(drop!)}${far}; ${call}: ${because}`;
  });
