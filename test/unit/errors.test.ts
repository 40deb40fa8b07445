import { describe, expect, it } from "vitest";
import { editDistance, excerpt, HeadstartError, nearestName } from "../../src/errors.js";

describe("editDistance()", () => {
  it("counts inserted, deleted, replaced and swapped letters as one edit each", () => {
    expect([editDistance("text", "texts"), editDistance("text", "txt"), editDistance("text", "test")]).toEqual([
      1, 1, 1,
    ]);
    expect([editDistance("label", "lable"), editDistance("", "abc"), editDistance("same", "same")]).toEqual([1, 3, 0]);
    expect(editDistance("kitten", "sitting")).toBe(3);
  });
});

describe("nearestName()", () => {
  it("names the candidate with the fewest edits, whatever its case, and none that is far", () => {
    expect(nearestName("lable", ["text", "Label"])).toBe("Label");
    expect(nearestName("text", ["id", "created"])).toBeUndefined();
  });
});

describe("excerpt()", () => {
  it("escapes control characters and cuts at 80", () => {
    expect(excerpt("a\u001b[2J\n")).toBe("a\\u001b[2J\\u000a");
    expect(excerpt("\u{e0041}")).toBe("\\udb40\\udc41");
    expect(excerpt("x".repeat(200))).toHaveLength(80);
  });
});

describe("HeadstartError", () => {
  it("has the exit status of its code", () => {
    const codes = [
      "E_USAGE",
      "E_CSV_QUOTE",
      "E_HEAD_MISMATCH",
      "E_OUTPUT_WRITE",
      "E_FIELD_TOO_LARGE",
      "E_LOCKED",
    ] as const;
    expect(codes.map((code) => new HeadstartError(code, "").exitCode)).toEqual([2, 3, 4, 5, 6, 7]);
  });
});
