import { describe, expect, it } from "vitest";
import { editDistance, excerpt, HeadstartError, nearestName } from "../../src/errors.js";
import { seeded } from "../../src/math/random.js";

describe("editDistance()", () => {
  it("counts inserted, deleted, replaced and swapped letters as one edit each", () => {
    expect([editDistance("text", "texts"), editDistance("text", "txt"), editDistance("text", "test")]).toEqual([
      1, 1, 1,
    ]);
    expect([editDistance("label", "lable"), editDistance("", "abc"), editDistance("same", "same")]).toEqual([1, 3, 0]);
    expect(editDistance("kitten", "sitting")).toBe(3);
  });

  it("is that of the whole matrix, up to the most that is asked for", () => {
    const random = seeded(7);
    const word = (): string =>
      Array.from({ length: Math.floor(random() * 9) }, () => "abc"[Math.floor(random() * 3)]).join("");
    for (let i = 0; i < 3000; i++) {
      const [a, b, most] = [word(), word(), Math.floor(random() * 5)];
      expect([a, b, editDistance(a, b)]).toEqual([a, b, wholeMatrix(a, b)]);
      expect([a, b, most, editDistance(a, b, most)]).toEqual([a, b, most, Math.min(most + 1, wholeMatrix(a, b))]);
    }
  });

  it("takes texts of any length, of which a whole matrix would not fit into memory", () => {
    const text = "a long text where a label belongs. ".repeat(3000);
    expect(editDistance(`${text}x${text}`, `${text}y${text}`, 1)).toBe(1);
    expect(editDistance(text, text.toUpperCase(), 20)).toBe(21);
  });
});

/** Edits by the recurrence itself, every place of the matrix. */
function wholeMatrix(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      rows[i][j] = Math.min(
        rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1),
        rows[i - 1][j] + 1,
        rows[i][j - 1] + 1,
        swapped ? rows[i - 2][j - 2] + 1 : Infinity,
      );
    }
  }
  return rows[a.length][b.length];
}

describe("nearestName()", () => {
  it("names the candidate with the fewest edits, whatever its case, and none that is far", () => {
    expect(nearestName("lable", ["text", "Label"])).toBe("Label");
    expect(nearestName("text", ["id", "created"])).toBeUndefined();
  });

  it("looks at the start of names that no one types", () => {
    const long = "a text of forty thousand characters ".repeat(1200);
    expect(nearestName(long, ["label", `b${long}`])).toBe(`b${long}`);
    expect(nearestName("label", [long, "lable"])).toBe("lable");
  });
});

describe("excerpt()", () => {
  it("escapes control characters and cuts at 80 [C17]", () => {
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
