import { describe, expect, it } from "vitest";
import { isLabelList, labelCell, labelsIn, listedLabels, refuseBrokenList } from "../../../src/dataset/labelCell.js";

describe("labelsIn()", () => {
  it("parts a cell, trims, and gives each label once; separators alone are no label", () => {
    expect(labelsIn("b | a|b", "|")).toEqual(["b", "a"]);
    expect(labelsIn("|", "|")).toEqual([]);
    expect(labelsIn("a, b", ", ")).toEqual(["a", "b"]);
    expect(labelsIn("a|b", undefined)).toEqual(["a|b"]);
  });

  it("reads a list as a list, whatever the separator", () => {
    for (const separator of [",", "|", "a", undefined]) {
      for (const cell of ['["a,b", "c|d"]', "['a,b', 'c|d']", "('a,b', 'c|d')", '{"a,b": 1, "c|d": true, "x": 0}'])
        expect(labelsIn(cell, separator)).toEqual(["a,b", "c|d"]);
      for (const cell of ["[]", "set()", "{}", '{"a": 0.0}', " [ ] "]) expect(labelsIn(cell, separator)).toEqual([]);
    }
  });

  it("reads back what labelCell() wrote, of odd names too", () => {
    const labels = ["a", '"', "[x]", "a,b", "é", "__proto__"];
    expect(labelsIn(labelCell(labels), "|")).toEqual(labels);
  });
});

describe("listedLabels()", () => {
  it("takes a label of cats from one half on, as a number or a truth value", () => {
    expect(listedLabels('{"a": 1.0, "b": 0.5, "c": 0.49, "d": true, "e": false}')).toEqual(["a", "b", "d"]);
    expect(listedLabels("{'a': 1.0, 'b': 0.0, 'c': True}")).toEqual(["a", "c"]);
    expect(listedLabels('{"a": "high"}')).toBeUndefined();
    expect(listedLabels('{"a": null}')).toBeUndefined();
  });

  it.each(["spam", "[meta]", "(a, b)", '[["a"]]', '[{"a": 1}]', "['a' 'b']", "[", "{a}"])(
    "is undefined for what is no list of labels: %j",
    (cell) => expect(listedLabels(cell)).toBeUndefined(),
  );
});

describe("refuseBrokenList()", () => {
  it("refuses a cell that begins as a list and is none, naming the place", () => {
    const place = { file: "x.csv", line: 3 };
    for (const cell of ["['a' 'b']", '["a"', '[["a"]]', "{'a': }"])
      expect(() => refuseBrokenList(cell, place)).toThrow(expect.objectContaining({ code: "E_LABELS", place }));
    for (const cell of ["[meta]", "[]", "a|b", "['a']", "{x}"]) refuseBrokenList(cell, place);
  });
});

describe("isLabelList()", () => {
  it("is true of lists and objects of labels, not of a number in brackets or words in parentheses", () => {
    expect(['["a"]', "['a', 'b']", "[]", '{"a": 1}', "[1, 2]"].map(isLabelList)).toEqual(Array(5).fill(true));
    expect(["[1]", "(1, 2)", "[meta]", "spam", "1", "{x}"].map(isLabelList)).toEqual(Array(6).fill(false));
  });
});
