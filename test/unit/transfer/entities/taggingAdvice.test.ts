import { describe, expect, it } from "vitest";
import type { TaggingEvaluation } from "../../../../src/tagging/evaluate.js";
import type { Verdict } from "../../../../src/transfer/experiment/record.js";
import { taggingAdvice, type TaggingEvidence } from "../../../../src/transfer/entities/taggingAdvice.js";

const scored = (entityF1: number): TaggingEvaluation =>
  ({ entityF1, interval95: [entityF1 - 0.05, entityF1 + 0.05], n: 100 }) as unknown as TaggingEvaluation;

const verdict = (call: Verdict["call"], difference: number | null, more: Partial<Verdict> = {}): Verdict => ({
  call,
  difference,
  interval95: difference === null ? null : [difference - 0.02, difference + 0.02],
  because: "so it was measured",
  ...more,
});

const advised = (more: Partial<TaggingEvidence>): readonly string[] =>
  taggingAdvice({
    source: scored(0.7),
    target: scored(0.5),
    verdict: verdict("unknown", null),
    next: null,
    ...more,
  }).map(({ strategy }) => strategy);

describe("taggingAdvice()", () => {
  it.each([
    ["positive", 0.05, "add the source"],
    ["negative", -0.05, "target alone"],
    ["neutral", 0.02, "add the source"],
    ["neutral", 0, "target alone"],
  ] as const)("for a verdict that is %s, %d, is to %s", (call, difference, strategy) => {
    expect(advised({ verdict: verdict(call, difference) })).toEqual([strategy]);
  });

  it("says of a neutral verdict that no help is shown", () => {
    const [{ because }] = taggingAdvice({
      source: scored(0.7),
      target: scored(0.5),
      verdict: verdict("neutral", 0.02),
      next: null,
    });
    expect(because).toMatch(/^the source is not shown to help, .*: so it was measured$/);
  });

  it("without a verdict is to map types, to tag sentences where little is found, or to take the source as it is", () => {
    expect(advised({ verdict: verdict("unknown", null, { comparable: false }) })).toEqual(["map the labels"]);
    expect(advised({ target: scored(0.2) })).toEqual(["label rows"]);
    expect(advised({})).toEqual(["source as it is"]);
  });

  it("first doubts a source that is not learned in-domain", () => {
    expect(advised({ source: scored(0.06), verdict: verdict("positive", 0.1) })).toEqual(["another source or encoder"]);
  });

  it("adds more sentences where the curve shows that they bring what matters", () => {
    const next = { added: 100, gain: 0.03, interval95: [0.01, 0.05] } as const;
    expect(advised({ next })).toEqual(["source as it is", "label rows"]);
    expect(advised({ next: { ...next, interval95: [-0.01, 0.05] } })).toHaveLength(1);
    expect(advised({ next: { ...next, gain: 0.005 } })).toHaveLength(1);
  });
});
