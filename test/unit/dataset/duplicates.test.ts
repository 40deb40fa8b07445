import { describe, expect, it } from "vitest";
import {
  duplicateGroups,
  duplicatesBetween,
  firstOfEachText,
  normalizedText,
} from "../../../src/dataset/duplicates.js";

describe("normalizedText()", () => {
  it.each([
    ["case, punctuation and spaces", "  Hello,\tWORLD!! ", "hello world"],
    ["links and mentions", "@user see HTTPS://t.co/Ab1?x=y now www.example.com/z @Émile_2", "see now"],
    ["entities", "R&amp;B &lt;3 &quot;it&#39;s&quot;", "r b 3 it s"],
    ["compatibility forms", "ﬁne Ｆｕｌｌ ①", "fine full 1"],
    ["letters of all scripts with their marks", "Ça va? ภาษาไทย हिन्दी", "ça va ภาษาไทย हिन्दी"],
  ])("leaves out %s", (_, text, expected) => {
    expect(normalizedText(text)).toBe(expected);
  });

  it("keeps an address that is no mention, and a text of which nothing would be left", () => {
    expect(normalizedText("write a@b.com")).toBe("write a b com");
    expect(normalizedText(" 👍👍 ")).toBe("👍👍");
    expect(normalizedText("@user")).toBe("@user");
    expect(normalizedText("")).toBe("");
  });

  it("is the same for composed and decomposed letters", () => {
    expect(normalizedText("cafe\u0301")).toBe(normalizedText("caf\u00e9"));
  });
});

describe("firstOfEachText()", () => {
  it("is one row a group, the first of it", () => {
    const texts = ["a b", "c", "A  b!", "👍", "👎", "c.", "d"];
    const groups = duplicateGroups(texts);
    const firsts = [...new Set(groups)].map((group) => groups.indexOf(group));
    expect([...firstOfEachText(texts)]).toEqual(firsts);
    expect([...firstOfEachText([])]).toEqual([]);
  });
});

describe("duplicateGroups()", () => {
  it("numbers groups by first appearance", () => {
    expect([...duplicateGroups(["a b", "c", "A  b!", "👍", "👎", "c."])]).toEqual([0, 1, 0, 2, 3, 1]);
  });

  it("is not confused by texts called like object methods", () => {
    expect([...duplicateGroups(["__proto__", "constructor", "toString"])]).toEqual([0, 1, 2]);
  });
});

describe("overlap()", () => {
  it("finds exact and normalized copies by their index in the target", () => {
    const found = duplicatesBetween(["One text.", "another"], ["new", "One text.", "one TEXT", "Another"]);
    expect([found.rows, [...found.exact], [...found.normalized]]).toEqual([4, [1], [1, 2, 3]]);
  });

  it("finds every planted copy in ten thousand texts, and nothing else [I01]", () => {
    const source = Array.from({ length: 10_000 }, (_, i) => `text number ${i * 7919} of the source`);
    const exact = source.slice(0, 100);
    const normalized = source.slice(100, 200).map((text) => `@you ${text.toUpperCase()}!!! http://t.co/x`);
    const fresh = Array.from({ length: 5000 }, (_, i) => `text number ${i * 7919 + 1} of the source`);
    const found = duplicatesBetween(source, [...exact, ...normalized, ...fresh]);
    expect([found.exact.length, found.normalized.length]).toEqual([100, 200]);
  });
});
