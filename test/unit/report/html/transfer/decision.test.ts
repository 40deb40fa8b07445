import { describe, expect, it } from "vitest";
import { toText } from "../../../../../src/report/html/html.js";
import { decision, sentence } from "../../../../../src/report/html/transfer/decision.js";
import { unlabeledReport } from "../../../../../src/report/html/transfer/unlabeledReport.js";
import type { Advice, TransferRecord, Verdict } from "../../../../../src/transfer/experiment/record.js";
import { unbalanced } from "../pageTags.js";
import { richRecord } from "./richRecord.js";

const plain = (record: TransferRecord): string =>
  toText(decision(record))
    .replace(/<[^>]*>/g, "")
    .replace(/&nbsp;|\u00a0/g, " ")
    .replace(/\s+/g, " ");

const decided = (strategy: Advice["strategy"], call: Verdict["call"], difference: number): string => {
  const { verdict } = richRecord();
  const interval95 = [difference - 0.02, difference + 0.02] as const;
  return plain(
    richRecord({ advice: { strategy, because: "of this" }, verdict: { ...verdict, call, difference, interval95 } }),
  );
};

describe("decision()", () => {
  it.each([
    [
      "target alone",
      "negative",
      -0.05,
      "Train on app-reviews-train.csv alone: adding tweets.csv lowers macro-F1 on app-reviews.csv by 0.050 (95 % interval 0.030 to 0.070).",
    ],
    [
      "target alone",
      "neutral",
      -0.01,
      "Train on app-reviews-train.csv alone: adding tweets.csv is not shown to help (macro-F1 on app-reviews.csv −0.010, 95 % interval −0.030 to +0.010).",
    ],
    [
      "add the source",
      "positive",
      0.05,
      "Train on both: adding tweets.csv to app-reviews-train.csv raises macro-F1 on app-reviews.csv by 0.050 (95 % interval 0.030 to 0.070).",
    ],
    [
      "add the source",
      "neutral",
      0.015,
      "Train on both: adding tweets.csv to app-reviews-train.csv is not shown to help, but it is the better guess (macro-F1 on app-reviews.csv +0.015, 95 % interval −0.005 to +0.035).",
    ],
  ] as const)("says what to do, and claims an effect only where there is one: %s, %s", (strategy, call, by, words) => {
    expect(decided(strategy, call, by)).toBe(words);
  });

  it("names the scores where nothing else is known", () => {
    expect(decided("source as it is", "unknown", 0)).toMatch(
      /use the head of tweets\.csv as it is: .* in-domain, 0\.\d+/,
    );
    expect(decided("another source or encoder", "unknown", 0)).toContain("not shown to do better than guessing");
    expect(decided("map the labels", "unknown", 0)).toContain("a comparison would mislead");
    // The head of the record does better than guessing: it is the rows that say too little.
    expect(decided("label rows", "unknown", 0)).toBe("Label other rows of app-reviews.csv: of this.");
  });

  it("asks for labels where the target has none, with the forecast and its interval", () => {
    const record = { ...richRecord({ advice: { strategy: "label rows", because: "there are none" } }), target: null };
    expect(plain(record)).toContain("is only forecast, as 0.702 (95 % interval 0.630 to 0.774)");
    const page = unlabeledReport(record);
    expect(unbalanced(page)).toEqual([]);
    for (const id of ["todo", "forecast", "shares", "suggestions", "making"]) expect(page).toContain(`id="${id}"`);
    expect(page).not.toContain('id="mistakes"');
  });

  it("shows advice of a kind it does not know by its name and reason", () => {
    expect(decided("ask someone" as Advice["strategy"], "unknown", 0)).toBe("ask someone: of this.");
  });
});

describe("sentence()", () => {
  it("begins with a capital and ends once", () => {
    expect(["no more", "why?", "Done.", ""].map(sentence)).toEqual(["No more.", "Why?", "Done.", ""]);
  });
});
