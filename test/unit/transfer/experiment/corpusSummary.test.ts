import { describe, expect, it } from "vitest";
import { corpusNotices } from "../../../../src/transfer/experiment/corpusSummary.js";

describe("corpusNotices()", () => {
  it("says of which files each notice is, once", () => {
    const nul = "1 row with a NUL character, kept as it is";
    const a = { files: ["a.csv", "b.csv"], notices: [nul] };
    const c = { files: ["c.csv"], notices: [nul, "the header of c.csv has no name"] };
    expect(corpusNotices([a, undefined, c, c])).toEqual([
      `a.csv, b.csv: ${nul}`,
      `c.csv: ${nul}`,
      "the header of c.csv has no name",
    ]);
  });
});
