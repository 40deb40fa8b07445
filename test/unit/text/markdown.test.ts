import { describe, expect, it } from "vitest";
import { plain } from "../../../src/text/markdown.js";

describe("plain()", () => {
  it("leaves no markup and one line", () => {
    expect(plain("a|b\n# *c* <i>[d](e)</i>")).toBe("a\\|b \\# \\*c\\* \\<i\\>\\[d\\](e)\\</i\\>");
  });
});
