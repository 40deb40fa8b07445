import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyLabelMap, parseLabelMap, unusedMapKeys } from "../../../src/dataset/labelMap.js";

describe("parseLabelMap()", () => {
  it("renames and drops, and leaves other labels as they are", () => {
    const map = parseLabelMap("4=positive, neutral = drop ,2=drop");
    expect(["4", "neutral", "2", "0", "toString"].map((label) => applyLabelMap(map, label))).toEqual([
      "positive",
      undefined,
      undefined,
      "0",
      "toString",
    ]);
  });

  it("takes a label with outer spaces by its name in quotes, else by its name without them", () => {
    const map = parseLabelMap('good=positive,"bad "=negative,meh =drop');
    const labels = ["good", "good ", " good", "bad ", "bad", "meh ", "meh"];
    const mapped = ["positive", "positive", "positive", "negative", "bad", undefined, undefined];
    expect(labels.map((label) => applyLabelMap(map, label))).toEqual(mapped);
    expect(unusedMapKeys(map, new Set(["good ", "bad ", "meh"]))).toEqual([]);
  });

  it("takes labels in quotes to the letter", () => {
    const map = parseLabelMap('"a,b"=c,"d=e"="f""g"," h "="drop"');
    expect([...map]).toEqual([
      ["a,b", "c"],
      ["d=e", 'f"g'],
      [" h ", "drop"],
    ]);
  });

  it("reads back any map that was written in quotes", () => {
    const label = fc.string({ unit: "grapheme", minLength: 1 });
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(label, label), { minLength: 1, selector: ([key]) => key }), (pairs) => {
        const written = pairs.map(([key, value]) => `${quoted(key)}=${quoted(value)}`).join(",");
        expect([...parseLabelMap(written)]).toEqual(pairs);
      }),
    );
  });

  it.each([
    "",
    "  ",
    "a",
    "a=",
    "=b",
    "a=b,",
    "a=b,,c=d",
    "a=b=c",
    'a"b=c',
    '"a=b',
    '""=b',
    "a=b,a=c",
    '"a"=b,a=b',
    'a=b c"d',
    "a=...",
  ])("refuses %j", (written) => {
    expect(() => parseLabelMap(written)).toThrow(expect.objectContaining({ code: "E_LABEL_MAP" }));
  });
});

describe("unusedMapKeys()", () => {
  it("names each label of the map that no row has, with the nearest", () => {
    const seen = new Set(["positive", "4"]);
    const warnings = unusedMapKeys(parseLabelMap("4=good,postive=good,xyz=drop"), seen);
    expect(warnings).toEqual([
      'the map names the label "postive", which no row has; did you mean "positive"?',
      'the map names the label "xyz", which no row has',
    ]);
    expect(unusedMapKeys(undefined, seen)).toEqual([]);
  });
});
