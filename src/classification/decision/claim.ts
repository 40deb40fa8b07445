import { count, counted } from "../../text/numbers.js";
import type { Certified, Counted } from "./fixedSequence.js";
import { exactPercent } from "./goal.js";

/** Confidence of all claims of a rule together: at most 5 % of draws of the dev rows break one of them. */
export const CONFIDENCE = 0.95;

/** What a rule claims of texts drawn like the dev rows, or cannot claim. Plain JSON. */
export interface Claim {
  readonly measure: "precision" | "risk" | "falseAlarms";
  /** Null for all labels together. */
  readonly label: string | null;
  /** Least precision, or largest share of mistakes. */
  readonly bound: number;
  /** Of all claims of the rule together. */
  readonly confidence: number;
  readonly isGranted: boolean;
  /**
   * Dev rows that it rests on, and how many of these are mistakes: predictions, or for false alarms the rows of other
   * labels. Where it is not granted, those that came nearest to it.
   */
  readonly rows: number;
  readonly mistakes: number;
  /** So many such rows with so many mistakes would do; null where it is granted. */
  readonly needed: Counted | null;
  /** Why it is not granted, in words; null where it is. */
  readonly why: string | null;
}

export function claimOf(
  asked: Pick<Claim, "measure" | "label" | "bound">,
  { rows, mistakes, needed }: Certified,
): Claim {
  const tested = { ...asked, confidence: CONFIDENCE, rows, mistakes };
  return {
    ...tested,
    isGranted: needed === null,
    needed,
    why: needed === null ? null : refusal({ ...tested, needed }),
  };
}

type Refused = Omit<Claim, "isGranted" | "why"> & { readonly needed: Counted };

function refusal({ measure, label, bound, confidence, rows, mistakes, needed }: Refused): string {
  const of = label === null ? "" : ` of "${label}"`;
  const goal = {
    precision: `a precision${of} of ${exactPercent(bound)}`,
    risk: `an error rate of at most ${exactPercent(bound)}`,
    falseAlarms: `a share${of} of at most ${exactPercent(bound)} among the texts of other labels`,
  }[measure];
  const [noun, flaw] =
    measure === "falseAlarms" ? ["row of another label", "false alarm"] : [`prediction${of}`, "mistake"];
  const plural = measure === "falseAlarms" ? "rows of other labels" : `predictions${of}`;
  const nouns = (n: number): string => `${count(n)} ${n === 1 ? noun : plural}`;
  const start = `${goal} at ${exactPercent(confidence)} confidence needs`;
  if (needed.mistakes === mistakes && mistakes > 0) {
    return `${start} ${nouns(needed.rows)} with no more than ${counted(mistakes, flaw)}; on the held-out rows so many are among the most certain ${count(rows)}`;
  }
  const wrong = mistakes === 0 ? "" : `, ${count(mistakes)} of them ${mistakes === 1 ? "a mistake" : "mistakes"}`;
  return `${start} ${nouns(needed.rows)} without a ${flaw}; there are ${count(rows)} on the held-out rows${wrong}`;
}
