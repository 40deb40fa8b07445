import { byLabelsLines } from "../../report/text/byLabels.js";
import type { TaggingEvaluation } from "../../tagging/evaluate.js";
import { intervalNote } from "../../text/intervalNote.js";
import { counted, decimals, percent, range, signed, signedRange } from "../../text/numbers.js";
import type { TaggingDivergence, TaggingTransfer } from "../../transfer/entities/record.js";

const line = (name: string, value: string): string => `${name.padEnd(34)} ${value}`;

/** The numbers of an experiment with entities on a few lines. */
export function transferTaggerLines(
  record: TaggingTransfer & { readonly report: string; readonly head: string | null },
): readonly string[] {
  const { source, target, ceiling, joint, drop, dropInterval95, leakage, verdict, head } = record;
  const { targetWith } = leakage;
  return [
    ...scored("entity F1 in-domain", source),
    ...scored("entity F1 on the target", target),
    ...(targetWith === null
      ? []
      : [
          line(
            "with sentences of the source",
            `${decimals(targetWith.entityF1)}, ${counted(targetWith.n, "sentence")}`,
          ),
        ]),
    line("drop", `${signed(drop)} (95 % ${signedRange(dropInterval95)})`),
    ...scored("trained on the target", ceiling),
    ...scored("trained on source and target", joint),
    line("verdict", `${verdict.call}: ${verdict.because}`),
    ...byLabelsLines(verdict, "tagged target sentences"),
    ...(record.curveTaggers === null ? [] : [line("", `each size with ${record.curveTaggers}`)]),
    ...distanceLines(record.divergence, target),
    line("advice", `${record.advice.strategy}: ${record.advice.because}`),
    ...record.moreAdvice.map(({ strategy, because }) => line("", `${strategy}: ${because}`)),
    intervalNote("sentence"),
    ...(verdict.interval95 === null ? [] : [line("", VERDICT_INTERVAL)]),
    line("report", record.report),
    ...(head === null ? [] : [line("head", head)]),
  ];
}

function scored(name: string, found: TaggingEvaluation | null): readonly string[] {
  if (found === null) return [];
  const { entityF1, interval95, n } = found;
  return [line(name, `${decimals(entityF1)} (95 % ${range(interval95)}), ${counted(n, "sentence")}`)];
}

function distanceLines(
  { proxyA, underNull, entities }: TaggingDivergence,
  { seen, unseen }: TaggingEvaluation,
): readonly string[] {
  const apart =
    underNull === null
      ? "too few sentences to say"
      : `${decimals(proxyA)}, from 0 (like the source) to 2; ${decimals(underNull.proxyA.mean)} for two samples of one corpus`;
  return [
    line("distance (proxy A-distance)", apart),
    line(
      "entity strings of the target",
      `${percent(entities.stringsSeen)} are in the source: F1 ${decimals(seen.f1)} on these, ${decimals(unseen.f1)} on the others`,
    ),
  ];
}

const VERDICT_INTERVAL =
  "its interval holds the draw of target and training sentences; it leaves out that either may come from other places";
