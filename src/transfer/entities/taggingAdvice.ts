import type { ScoreWithInterval } from "../experiment/drop.js";
import { reasonOf, rowsToTrainOn } from "../experiment/advice.js";
import type { Advice } from "../experiment/record.js";
import { DIFFERENCE_THAT_MATTERS } from "../curves/bySize.js";
import { counted, decimals, range, signed, signedRange } from "../../text/numbers.js";
import type { TaggingTransfer } from "./record.js";

/** What advice is drawn from. */
export type TaggingEvidence = Pick<TaggingTransfer, "source" | "target" | "verdict" | "next">;

/** A tagger of the source that finds so little of its own entities has not learned them. */
const HARDLY_LEARNED = 0.1;
/** Sentences to tag where there are none yet. */
const FIRST_SENTENCES = 50;

/** What to do, the most important first, each with its reason; at least one. */
export function taggingAdvice(evidence: TaggingEvidence): readonly [Advice, ...Advice[]] {
  return [onTheStrategy(evidence), ...onMoreSentences(evidence)];
}

function onTheStrategy(evidence: TaggingEvidence): Advice {
  const { source, target, verdict } = evidence;
  if (source.entityF1 < HARDLY_LEARNED)
    return {
      strategy: "another source or encoder",
      because: `even in-domain entity F1 is ${scoreText(source)}: check the tags of the source first`,
    };
  const why = reasonOf(verdict);
  const isSure = verdict.call === "positive" || verdict.call === "negative";
  switch (rowsToTrainOn(evidence)) {
    case "target":
      return {
        strategy: "target alone",
        because: isSure ? why : `the source is not shown to help, and less is simpler: ${why}`,
      };
    case "both":
      return {
        strategy: "add the source",
        because: isSure ? why : `the source is not shown to help, but both together are the better guess: ${why}`,
      };
    case undefined:
      if (verdict.comparable === false)
        return {
          strategy: "map the labels",
          because:
            "source and target do not have the same types of entities, so whether the source helps cannot be judged: the verdict " +
            "names them, and a map",
        };
      return target.entityF1 < source.entityF1 / 2
        ? {
            strategy: "label rows",
            because:
              `on the target entity F1 is ${scoreText(target)}: tag ${FIRST_SENTENCES} sentences of it ` +
              "and pass them as --target-train",
          }
        : {
            strategy: "source as it is",
            because:
              `on the target entity F1 is ${scoreText(target)}; whether its own sentences would do better is not ` +
              `known: ${verdict.because}`,
          };
  }
}

const scoreText = ({ entityF1, interval95 }: { readonly entityF1: number } & Pick<ScoreWithInterval, "interval95">) =>
  `${decimals(entityF1)} (95 % ${range(interval95)})`;

function onMoreSentences({ next }: TaggingEvidence): Advice[] {
  if (next === null || next.interval95[0] <= 0 || next.gain < DIFFERENCE_THAT_MATTERS) return [];
  const { added, gain, interval95 } = next;
  return [
    {
      strategy: "label rows",
      because: `${counted(added, "more tagged sentence")} of the target would bring ${signed(gain)} entity F1 by the learning curve (95 % interval ${signedRange(interval95)})`,
    },
  ];
}
