import { DIFFERENCE_THAT_MATTERS } from "./bySize.js";
import { count } from "../../text/numbers.js";
import type { SourceDraws, VerdictBySize, Worth } from "./record.js";

/** Hundredths of F1, with a true minus below 0. */
const points = (difference: number): string =>
  (100 * difference)
    .toFixed(1)
    .replace(/^-(0\.0)$/, "$1")
    .replace("-", "\u2212");

/** By how many points, without a sign: "6.1 (3.9 to 8.2)". */
function amount({ difference, interval95: [low, high] }: VerdictBySize): string {
  return difference < 0
    ? `${points(-difference)} (${points(-high)} to ${points(-low)})`
    : `${points(difference)} (${points(low)} to ${points(high)})`;
}

/** What a neutral call at the first size means, which depends on what the interval of this size alone says. */
function neutralText(
  at: VerdictBySize,
  { sizes, metric }: { readonly sizes: number; readonly metric: string },
): string {
  const [low, high] = at.interval95;
  if (low <= 0 && high >= 0) {
    const found = `${points(at.difference)} points (${points(low)} to ${points(high)})`;
    return `neither helps nor harms as far as these rows tell, ${found} of ${metric}`;
  }
  const isSmall = Math.abs(at.difference) < DIFFERENCE_THAT_MATTERS;
  const does = at.difference > 0 ? "add" : "cost";
  return isSmall
    ? `${does}s ${amount(at)} points of ${metric}, too little to matter`
    : `may ${does} ${amount(at)} points of ${metric}, but among ${count(sizes)} sizes that may be chance`;
}

/** What is counted, and in what the difference is. */
interface Named {
  /** With "more" before it, if need be. */
  readonly labels: string;
  readonly metric: string;
}

const OF_TEXTS: Named = { labels: "target labels", metric: "macro-F1" };

/** The verdict of all sizes in one sentence; empty without sizes. */
export function sentenceOf(byLabels: readonly VerdictBySize[], worth: Worth | null, named = OF_TEXTS): string {
  const runs: VerdictBySize[][] = [];
  for (const at of byLabels) {
    const last = runs.at(-1);
    if (last?.[0].call === at.call) last.push(at);
    else runs.push([at]);
  }
  const [first, ...others] = runs;
  if (first === undefined) return "";
  return [
    opening(first, { worth, isAll: others.length === 0, named, sizes: byLabels.length }),
    ...others.map((run, i) => laterClause(run, i === others.length - 1)),
  ].join("; ");
}

/** What is said behind the sentence where heads take some of the source's rows. */
export const sampledClause = ({ rows, of }: SourceDraws): string =>
  `below all target labels each head takes ${count(rows)} of the source's ${count(of)} rows, weighted up to all`;

function opening(
  run: readonly VerdictBySize[],
  {
    worth,
    isAll,
    named,
    sizes,
  }: { readonly worth: Worth | null; readonly isAll: boolean; readonly named: Named; readonly sizes: number },
): string {
  const [at, end] = [run[0], run[run.length - 1]];
  const { labels, metric } = named;
  const begin = `with ${count(at.n)} ${labels} the source`;
  const still = isAll && run.length > 1 ? `, and with ${count(end.n)} still ${amount(end)}` : "";
  if (at.call === "positive")
    return `${begin} adds ${amount(at)} points of ${metric}${worthText(worth, labels)}${still}`;
  if (at.call === "negative")
    return `${begin} costs ${amount(at)} points of ${metric}${still}${isAll ? ": leave it out" : ""}`;
  const also = isAll && run.length > 1 ? `; no effect is shown with up to ${count(end.n)}` : "";
  return `${begin} ${neutralText(at, { sizes, metric })}${also}`;
}

function worthText(worth: Worth | null, labels: string): string {
  if (worth === null) return "";
  const { targetLabels, interval95 } = worth;
  if (targetLabels === null) return `, worth more ${labels} than there are`;
  if (interval95 === null) return "";
  return `, worth about ${count(targetLabels)} more ${labels} (${count(interval95[0])} to ${count(interval95[1])})`;
}

function laterClause(run: readonly VerdictBySize[], isLast: boolean): string {
  const [at] = run;
  const where = run.length > 1 ? `from ${count(at.n)} on` : `with ${count(at.n)}`;
  switch (at.call) {
    case "positive":
      return `${where} it adds ${amount(at)}`;
    case "negative":
      return `${where} it costs ${amount(at)}${isLast ? ": leave it out" : ""}`;
    case "neutral":
      return `${where} no effect is shown`;
  }
}
