import { describe, expect, it } from "vitest";
import { checkLabels, refuseTexts } from "../../../src/dataset/labelSet.js";
import { HeadstartError } from "../../../src/errors.js";

const times = (counts: Record<string, number>): string[] =>
  Object.entries(counts).flatMap(([label, n]) => Array.from({ length: n }, () => label));

function refusal(labels: readonly string[], options = {}): HeadstartError {
  try {
    checkLabels(labels, options);
  } catch (error) {
    if (error instanceof HeadstartError) return error;
  }
  throw new Error("it was not refused");
}

describe("checkLabels() [C11]", () => {
  it("gives the classes by code unit with their counts", () => {
    const got = checkLabels(times({ b: 3, "\uffee": 2, "👍": 2, B: 4, é: 2 }), {});
    expect(got.labels).toEqual(["B", "b", "é", "👍", "\uffee"]);
    expect(got.counts).toEqual([4, 3, 2, 2, 2]);
  });

  it("refuses one class, a rare class, a label a row and more than a thousand classes", () => {
    expect(refusal([]).code).toBe("E_NO_ROWS");
    expect(refusal(times({ spam: 7 })).message).toContain('all 7 rows have the label "spam" (7)');
    expect(refusal(times({ ham: 5, spam: 1 })).message).toContain(
      'fewer than 2 rows have "spam", of "ham" (5), "spam" (1)',
    );
    expect(refusal(["a", "b", "c"]).message).toContain("--label-column");
    const many = times(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`class ${i}`, 2])));
    expect(refusal(many).message).toContain("more than 1000");
    for (const labels of [times({ spam: 7 }), times({ ham: 5, spam: 1 }), ["a", "b"], many]) {
      expect(refusal(labels).code).toBe("E_LABELS");
    }
  });

  it.each([
    [["good", "bad"], "2 rows are too few for 2 labels", "Give 2 rows or more of each label"],
    [["a", "b", "c"], "3 rows are too few for 3 labels", "Give 2 rows or more of each label"],
    [["good"], "there is 1 row, with the label", "Give 2 rows or more of each of two or more labels"],
    [["good", "good", "bad"], 'fewer than 2 rows have "bad"', "Give 2 rows or more of each label"],
    [times({ a: 9, b: 9, c: 1 }), 'fewer than 2 rows have "c"', 'or leave such labels out with --map "c=drop"'],
  ])("says of %j that rows are missing, and how many are needed", (labels, found, advice) => {
    const { message } = refusal(labels);
    expect(message).toContain(found);
    expect(message).toContain(advice);
    expect(message).not.toContain("look like");
  });

  it("advises a map that does what the one in use does too", () => {
    const map = new Map([["5", "good"]]);
    expect(refusal(times({ good: 9, bad: 9, c: 1 }), { map }).message).toContain('--map "5=good,c=drop"');
    const { warnings } = checkLabels(times({ good: 9, Good: 3, bad: 9, Bad: 4 }), { map });
    expect(warnings.at(-1)).toContain('--map "5=good,Bad=bad,Good=good" brings them together');
  });

  it("keeps a class of one row when rows are not to be split", () => {
    expect(checkLabels(times({ ham: 5, spam: 1 }), { minPerClass: 1 }).counts).toEqual([5, 1]);
    expect(refusal(times({ ham: 5, spam: 4 }), { minPerClass: 5 }).message).toContain("fewer than 5");
  });

  it.each([
    ["a slip", { positive: 4000, postive: 3 }, ["postive", "positive"]],
    ["a slip below 0.5 %", { positive: 4000, postive: 19 }, ["postive", "positive"]],
    ["case", { Spam: 2000, spam: 1500 }, ["spam", "Spam"]],
    ["outer spaces", { spam: 20, " spam": 10 }, [" spam", "spam"]],
    ["Unicode form", { "caf\u00e9": 20, "cafe\u0301": 10 }, ["cafe\u0301", "caf\u00e9"]],
    ["numbers", { "1": 20, "1.0": 10 }, ["1.0", "1"]],
  ])("warns of labels that differ by %s, rarer one first, and does not merge them", (_, counts, [rare, common]) => {
    const got = checkLabels(times({ ...counts, other: 50 }));
    expect(got.labels).toHaveLength(3);
    expect(got.warnings).toHaveLength(1);
    const amounts: Record<string, number> = counts;
    expect(got.warnings[0]).toContain(`"${rare}" (${amounts[rare]}) and "${common}" (${amounts[common]})`);
  });

  it.each([
    ["both common", { positive: 4000, postive: 20 }],
    ["short", { "+": 2000, "-": 2 }],
    ["numbered", { topic1: 2000, topic2: 3 }],
    ["numbers", { "1": 2000, "2": 3 }],
    ["far apart", { positive: 2000, negative: 3 }],
  ])("does not warn of labels that are %s", (_, counts) => {
    expect(checkLabels(times(counts)).warnings).toEqual([]);
  });
});

describe("refuseTexts()", () => {
  const found = (labels: readonly string[], options = {}): string => {
    try {
      refuseTexts(labels, options);
      return "";
    } catch (error) {
      if (error instanceof HeadstartError && error.code === "E_LABELS") return error.message;
      throw error;
    }
  };

  it("refuses labels of which nearly every one differs, that are long texts, or that are too many", () => {
    const ids = Array.from({ length: 1000 }, (_, i) => (i < 50 ? "the same" : `row ${i}`));
    expect(found(ids)).toContain("of 1000 labels 951 differ");
    expect(found(times({ spam: 5, ["a long text ".repeat(100)]: 5 }))).toContain("1200 characters");
    expect(found(Array.from({ length: 5000 }, (_, i) => `class ${i % 1001}`))).toContain("more than 1000");
    expect(
      found(
        Array.from({ length: 5000 }, (_, i) => `class ${i % 1001}`),
        { mostClasses: 2000 },
      ),
    ).toBe("");
    for (const labels of [ids, times({ ["x".repeat(1001)]: 3, y: 3 })]) {
      expect(found(labels)).toContain("The labels look like texts or ids: name the right column with --label-column");
    }
  });

  it("lets classes pass: some for few rows, many for many rows, names of sentence length", () => {
    expect(found(["a", "b", "c"])).toBe("");
    expect(found(Array.from({ length: 3000 }, (_, i) => `class ${i % 1000}`))).toBe("");
    expect(found(times({ ["Credit reporting, credit repair services, or other personal reports"]: 9, other: 9 }))).toBe(
      "",
    );
  });
});
