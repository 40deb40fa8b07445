import { describe, expect, it } from "vitest";
import { seenInTraining } from "../../../../src/transfer/experiment/seenInTraining.js";

const SEEN = { normalised: 2, near: 3, share: 0.03, trainAndTarget: 1 };

describe("seenInTraining()", () => {
  it("says the same of sentences as of rows", () => {
    const [rows, sentences] = (["row", "sentence"] as const).map((unit) =>
      seenInTraining(SEEN, { n: 100, hasBoth: true, unit }),
    );
    expect(rows).toEqual([
      "3 of 100 target rows are also in the source (1 as near duplicate): scored without them",
      "1 of 100 target rows is also in the target's training rows: left out where heads trained on these are compared",
    ]);
    expect(sentences).toEqual(rows.map((line) => line.replace(/rows/g, "sentences").replace("heads", "taggers")));
  });

  it("says nothing where nothing was seen, nor of scores where there are none", () => {
    const none = { normalised: 0, near: 0, share: 0, trainAndTarget: 0 };
    expect(seenInTraining(none, { n: 9, hasBoth: false })).toEqual([]);
    const [only, ...others] = seenInTraining(SEEN, { n: 100, hasBoth: true, isScored: false });
    expect(only).toMatch(/: the forecast is without them$/);
    expect(others).toEqual([]);
  });
});
