import { describe, expect, it } from "vitest";
import { bridge } from "../../../src/dataset/mapAdvice.js";
import { starMeanings } from "../../../src/dataset/starRatings.js";

describe("starMeanings()", () => {
  it.each([
    [["1", "2", "3", "4", "5"]],
    [["1.0", "2.0", "3.0", "4.0", "5.0"]],
    [["1 star", "2 stars", "3 Stars", "4 stars", "5 stars"]],
  ])("reads %j as negative, neutral and positive, in the spelling that is known", (labels) => {
    const meanings = starMeanings(labels, ["Positive", "negative", "neutral"]);
    expect([...meanings!.values()]).toEqual(["negative", "negative", "neutral", "Positive", "Positive"]);
  });

  it("drops three stars where there is no neutral, in advice that can be copied", () => {
    const advice = bridge(["1", "3", "5"], { known: ["negative", "positive"] });
    expect(advice).toContain('--map "1=negative,3=drop,5=positive"');
  });

  it.each([
    [
      ["0", "1"],
      ["negative", "positive"],
    ],
    [["1"], ["negative", "positive"]],
    [
      ["1", "5"],
      ["good", "bad"],
    ],
    [
      ["1", "5"],
      ["negative", "positive", "spam"],
    ],
  ])("says nothing of %j beside %j", (labels, known) => {
    expect(starMeanings(labels, known)).toBeUndefined();
  });
});
