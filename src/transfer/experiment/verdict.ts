import type { Evaluated } from "../../classification/evaluate.js";
import { pairedBootstrap } from "../../metrics/paired.js";
import type { Verdict } from "./record.js";
import { signed, signedRange } from "../../text/numbers.js";

export const UNKNOWN_VERDICT: Verdict = {
  call: "unknown",
  difference: null,
  interval95: null,
  because: "without labeled training rows of the target there is nothing to compare the source's help with",
};

/**
 * Whether adding the source to the target's training rows helped: the paired bootstrap interval of the difference in
 * macro-F1 lies above zero, below it, or contains it.
 *
 * @param ceiling  trained on the target's rows alone
 * @param joint    trained on those and the source; same rows evaluated
 * @see Wang et al. 2019 (negative transfer gap): https://arxiv.org/abs/1811.09751
 */
export function judge(ceiling: Evaluated, joint: Evaluated, seed: number): Verdict {
  // The source may bring labels that the target's own rows have not: predicting these counts as a mistake.
  const labels = [...new Set([...ceiling.labels, ...joint.labels])];
  const aligned = Int32Array.from(joint.predicted, (p) => labels.indexOf(joint.labels[p]));
  const { difference, interval95 } = pairedBootstrap(ceiling.truth, [aligned, ceiling.predicted], {
    classes: labels.length,
    seed,
    groups: ceiling.groups,
  });
  const [low, high] = interval95;
  const range = signedRange(interval95);
  if (low > 0)
    return {
      call: "positive",
      difference,
      interval95,
      because: `adding the source raised macro-F1 on the target by ${signed(difference)} (95 % interval ${range})`,
    };
  if (high < 0)
    return {
      call: "negative",
      difference,
      interval95,
      because: `adding the source lowered macro-F1 on the target by ${signed(difference)} (95 % interval ${range})`,
    };
  return {
    call: "neutral",
    difference,
    interval95,
    because: `adding the source changed macro-F1 on the target by ${signed(difference)}, and the 95 % interval ${range} contains zero`,
  };
}
