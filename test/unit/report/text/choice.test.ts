import { describe, expect, it } from "vitest";
import type { ChoiceScore } from "../../../../src/classification/decision/choice.js";
import { choiceLines } from "../../../../src/report/text/choice.js";

const claim = {
  measure: "risk",
  label: null,
  bound: 0.2,
  confidence: 0.95,
  isGranted: true,
  rows: 897,
  mistakes: 159,
  needed: null,
  why: null,
} as const;

/** What a rule reaches on rows where so many of its predictions are right. */
const reached = (accuracy: number, interval95: readonly [number, number]): ChoiceScore => ({
  goal: "at most 20 % of the predictions wrong",
  thresholds: { a: 0, b: 0.6 },
  below: "abstain",
  coverage: 0.9,
  accuracy,
  interval95,
  precision: { a: accuracy, b: accuracy },
  cost: 0.1,
  costs: null,
  claims: [claim],
});

describe("choiceLines()", () => {
  it("say what is claimed, on what that rests, and what is reached here with its interval", () => {
    const text = choiceLines({ choice: reached(0.85, [0.8, 0.9]) }).join("\n");
    expect(text).toContain("at most 20 %, at 95 % confidence: 159 of 897 predictions");
    expect(text).toContain("(95 % 0.800 to 0.900)");
    expect(text).not.toContain("contradict");
  });

  it("say that rows contradict a claim only where the whole interval does", () => {
    expect(choiceLines({ choice: reached(0.69, [0.569, 0.797]) }).join("\n")).toContain("these rows contradict that");
    expect(choiceLines({ choice: reached(0.7, [0.55, 0.81]) }).join("\n")).not.toContain("contradict");
  });
});
