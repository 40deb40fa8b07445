import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinWords } from "../../../../src/tagging/corpus/joinWords.js";
import { splitWords, type WordRule } from "../../../../src/tagging/corpus/splitWords.js";
import { aligningRule, fittingRule } from "../../../../src/tagging/corpus/wordRule.js";

const RULES: readonly WordRule[] = ["words", "parts", "characters", "segments", "runs"];
const cut = (text: string, rule?: WordRule): string =>
  splitWords(text, rule)
    .map((word) => word.text)
    .join("|");

describe("splitWords()", () => {
  it("keeps addresses, names, tags, emoji and abbreviations whole", () => {
    const text = "@ann didn't see https://a.b/c?d, U.S. #tag 👨‍👩‍👧 Dr. Li's 3.5% :)";
    expect(cut(text)).toBe("@ann|did|n't|see|https://a.b/c?d|,|U.S.|#tag|👨‍👩‍👧|Dr.|Li|'s|3.5%|:)");
  });

  it.each(RULES)("puts everything but white space into exactly one word by the rule %s", (rule) => {
    const unit = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("王", "กำ", "カー", "서", "l'", "-", "https://a.b/", "😀", " "),
    );
    fc.assert(
      fc.property(fc.array(unit), (parts) => {
        const text = parts.join("");
        let at = 0;
        for (const { start, end, text: own } of splitWords(text, rule)) {
          expect(text.slice(at, start).trim()).toBe("");
          expect(text.slice(start, end)).toBe(own);
          at = end;
        }
        expect(text.slice(at).trim()).toBe("");
      }),
    );
  });

  it("makes each letter with its marks a word in scripts without spaces, beside words of others", () => {
    expect(cut("李娜在ABC公司。")).toBe("李|娜|在|ABC|公|司|。");
    expect(cut("ไปกรุง 5kg")).toBe("ไ|ป|ก|รุ|ง|5kg");
    expect(cut("サーバー")).toBe("サ|ー|バ|ー");
    expect(cut("서울에서 왔다")).toBe("서울에서|왔다");
    expect(cut("见https://a.b/x李娜 #李娜")).toBe("见|https://a.b/x|李|娜|#|李|娜");
  });

  it("leaves runs of such letters to heads of earlier versions, and all else as it was", () => {
    expect(cut("李娜在ABC公司。", "runs")).toBe("李娜在ABC公司|。");
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
        expect(splitWords(text)).toEqual(splitWords(text, "runs"));
      }),
    );
  });

  it.each([
    ["l'Italie", "Italie"],
    ["qu'Oslo", "Oslo"],
    ["Oslo-based", "Oslo"],
    ["#Quito", "Quito"],
    ["@ann", "ann"],
    ["5kg", "kg"],
    ["5kg", "5"],
    ["in the U.S.", "U.S"],
    ["in the U.S.", "U.S."],
    ["Acme Inc.", "Inc"],
    ["COVID-19", "COVID"],
    ["COVID-19", "COVID-19"],
    ["New York's", "New York"],
    ["Müller-Lüdenscheidt", "Müller"],
    ["Ankara'da", "Ankara"],
    ["서울에서", "서울"],
    ['"Paris"', "Paris"],
    ["(Berlin)", "Berlin"],
    ["李娜在广州", "广州"],
  ])("by parts lets %s have an entity %s", (text, entity) => {
    const start = text.indexOf(entity);
    const words = splitWords(text, "parts");
    expect(words.some((word) => word.start === start)).toBe(true);
    expect(words.some((word) => word.end === start + entity.length)).toBe(true);
  });
});

describe("joinWords()", () => {
  it.each([
    [["Ana", "left", "."], "Ana left ."],
    [["李娜", "在", "ABC", "公司", "。"], "李娜在 ABC 公司。"],
    [["李", "在", "A", "B", "2", "0", "年"], "李在AB20年"],
    [["서울", "에서"], "서울 에서"],
    [["ไป", "กรุง"], "ไปกรุง"],
  ])("writes %j as their script has it", (words, text) => {
    const joined = joinWords(words);
    expect(joined.text).toBe(text);
    expect(joined.words.map(({ start, end }) => text.slice(start, end))).toEqual(words);
  });
});

describe("fittingRule()", () => {
  const words = (...sentences: string[]): string[][] => sentences.map((sentence) => sentence.split("|"));

  it("tells how texts are cut from sentences of words", () => {
    expect(fittingRule(words("Ana|saw|the|Oslo-based|firm|'s|#tag"))).toBe("words");
    expect(fittingRule(words("the|Oslo|-|based|firm", "L'|Italie|est|belle"))).toBe("parts");
    expect(fittingRule(words("李|娜|在|广|州"))).toBe("words");
    expect(fittingRule(words("李|娜|买|i|P|h|o|n|e|1|5"))).toBe("characters");
    expect(fittingRule(words("我们|喜欢|北京", "我们|离开|广州"))).toBe("segments");
  });

  it("holds to words where a few names alone speak for another rule", () => {
    const many = Array.from({ length: 500 }, () => "Ana lives in Oslo".split(" "));
    expect(fittingRule([...many, ["北京"]])).toBe("words");
  });

  it("finds the rule again by which texts were cut", () => {
    const texts = ["Oslo-based l'Italie, 5kg of it", "李娜在2020年买了iPhone"];
    for (const rule of ["words", "parts"] as const)
      expect(fittingRule(texts.map((text) => splitWords(text, rule).map((word) => word.text)))).toBe(rule);
  });
});

describe("aligningRule()", () => {
  const spanned = (text: string, entity: string) => {
    const start = text.indexOf(entity);
    return { text, spans: [{ start, end: start + entity.length, label: "x" }] };
  };

  it("takes parts of words only where that aligns more entities", () => {
    expect(aligningRule([spanned("in Oslo-based firms", "Oslo-based")])).toBe("words");
    expect(aligningRule([spanned("in Oslo-based firms", "Oslo")])).toBe("parts");
    expect(aligningRule([spanned("서울에서 왔다", "서울")])).toBe("parts");
    expect(aligningRule([spanned("李娜在广州", "广州")])).toBe("words");
    expect(aligningRule([spanned("preParis", "Paris")])).toBe("words");
    const whole = Array.from({ length: 300 }, () => spanned("in Oslo", "Oslo"));
    expect(aligningRule([...whole, spanned("in Oslo-based firms", "Oslo")])).toBe("words");
  });
});
