import { excerpt } from "../../errors.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";
import type { Agreement, ComparisonCall, Difference, Measured } from "../../metrics/comparison.js";
import { count, counted, decimals, percent, range, signedRange, signed } from "../../text/numbers.js";

/** What a verdict says. */
interface Verdict extends Difference {
  readonly n: number;
  readonly metric: "macroF1" | "entityF1";
  readonly call: ComparisonCall;
  readonly randomizationP: number;
  /** Rows among them whose labels a head has learned. @default 0 */
  readonly seen?: number | undefined;
}

const METRICS = { macroF1: "macro-F1", entityF1: "entity F1" } as const;

/** Which of two heads is better on the rows, in a sentence that says no more than the rows do. */
export function verdictText(verdict: Verdict, [first, second]: readonly [string, string]): string {
  const { n, metric, call, difference, interval95 } = verdict;
  const name = METRICS[metric];
  const what = metric === "macroF1" ? "row" : "sentence";
  if (call === "unknown") {
    const these = n === 1 ? `this 1 ${what} does` : `these ${counted(n, what)} do`;
    const measured = `the difference in ${name}, ${first} minus ${second}, is ${signed(difference)}`;
    return `${these} not show which of the two is better: ${measured} (95 % interval ${signedRange(interval95)})${why(verdict)}`;
  }
  const [better, worse] = call === "first" ? [first, second] : [second, first];
  const [low, high] = call === "first" ? interval95 : negated(interval95);
  const by = `${decimals(Math.abs(difference))} (95 % interval ${range([low, high])})`;
  return `${better} is better than ${worse} by ${by} in ${name} on these ${counted(n, what)}`;
}

/** Why nothing is called where the interval lies on one side of zero. */
function why({ interval95: [low, high], randomizationP: p, metric, seen = 0 }: Verdict): string {
  if (low <= 0 && high >= 0) return "";
  if (seen > 0)
    return `, but a head was trained on the texts of ${counted(seen, metric === "macroF1" ? "row" : "sentence")}`;
  return `, but with predictions swapped at random a difference as large comes up in ${percent(p)} of cases`;
}

const negated = ([low, high]: Interval): Interval => [-high, -low];

/** Number and interval of a head, on a line. */
export const measuredText = ({ value, interval95 }: Measured): string => `${decimals(value)} (${range(interval95)})`;

/** Where two heads are right: all of them, then by label. */
export function agreementLines(
  agreement: Agreement,
  perLabel: Readonly<Record<string, Agreement>>,
  [first, second]: readonly [string, string],
): string[] {
  const head = ["", "both right", `only ${first}`, `only ${second}`, "neither"];
  const cells = (name: string, own: Agreement): string[] => [
    name,
    ...[own.bothRight, own.onlyFirst, own.onlySecond, own.neitherRight].map(count),
  ];
  const labels = Object.keys(perLabel).map((label) => cells(excerpt(label), perLabel[label]));
  const table = [head, cells("all", agreement), ...labels];
  const widths = head.map((_, c) => Math.max(...table.map((line) => line[c].length)));
  return table.map((line) =>
    line
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
      .join("  ")
      .trimEnd(),
  );
}
