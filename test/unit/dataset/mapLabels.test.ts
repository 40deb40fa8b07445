import { describe, expect, it } from "vitest";
import { labelIndices, labelSpace, project } from "../../../src/dataset/mapLabels.js";
import { parseLabelMap } from "../../../src/dataset/labelMap.js";

const head = ["negative", "neutral", "positive"];

describe("labelSpace and project", () => {
  it("leave everything as it is without a map", () => {
    const space = labelSpace(head, undefined);
    expect(space).toEqual({ labels: head, target: Int32Array.of(0, 1, 2) });
    const p = Float64Array.of(0.2, 0.3, 0.5);
    expect([...project(p, space)]).toEqual([0.2, 0.3, 0.5]);
  });

  it("renormalize when a label is dropped: p+ / (p+ + p-)", () => {
    const space = labelSpace(head, parseLabelMap("neutral=drop"));
    expect(space.labels).toEqual(["negative", "positive"]);
    const p = project(Float64Array.of(0.2, 0.5, 0.3, 0.1, 0.9, 0), space);
    [0.4, 0.6, 1, 0].forEach((value, i) => expect(p[i]).toBeCloseTo(value, 14));
  });

  it("sum when labels merge, and take a new name in the place of its first label", () => {
    const space = labelSpace(head, parseLabelMap("neutral=other,negative=other"));
    expect(space).toEqual({ labels: ["other", "positive"], target: Int32Array.of(0, 0, 1) });
    const p = project(Float64Array.of(0.2, 0.5, 0.3), space);
    [0.7, 0.3].forEach((value, i) => expect(p[i]).toBeCloseTo(value, 14));
  });

  it("pass over labels of the map that the head does not have", () => {
    expect(labelSpace(head, parseLabelMap("4=positive,2=drop"))).toEqual(labelSpace(head, undefined));
  });

  it("give equal chances where all probability was dropped", () => {
    const space = labelSpace(head, parseLabelMap("neutral=drop"));
    expect([...project(Float64Array.of(0, 1, 0), space)]).toEqual([0.5, 0.5]);
  });

  it("do not write to the probabilities, and sum to 1", () => {
    const p = Float64Array.of(0.2, 0.5, 0.3);
    const projected = project(p, labelSpace(head, parseLabelMap("negative=drop")));
    expect([...p]).toEqual([0.2, 0.5, 0.3]);
    expect(projected[0] + projected[1]).toBeCloseTo(1, 15);
  });

  it.each(["negative=drop,neutral=drop", "negative=a,neutral=a,positive=a"])(
    "refuse a map that leaves fewer than two labels: %s",
    (map) => {
      expect(() => labelSpace(head, parseLabelMap(map))).toThrow(expect.objectContaining({ code: "E_LABEL_MAP" }));
    },
  );
});

describe("labelIndices", () => {
  it("finds each label's index, of odd names too", () => {
    const names = ["__proto__", "toString", "", "b"];
    expect([...labelIndices(names, ["b", "", "__proto__", "toString", "b"], "x.csv")]).toEqual([3, 2, 0, 1, 3]);
  });

  it("lists the labels that the head does not know, each once, the first five, with a map to bridge them", () => {
    const of = ["a", "spam", "spam", "ham", "c", "d", "e", "f", "negative"];
    expect(() => labelIndices(head, of, "mail.csv")).toThrow(
      expect.objectContaining({
        code: "E_LABEL_MAP",
        message: expect.stringMatching(
          /mail\.csv.*"a", "spam", "ham", "c", "d" and 2 more.*"negative", "neutral".*--map/,
        ),
        place: { file: "mail.csv" },
      }),
    );
  });
});
