import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countEntities, entityScore } from "../../../../src/metrics/entities.js";
import {
  conllevalSpans,
  countIllegal,
  detectScheme,
  strictSpans,
  tagsOf,
} from "../../../../src/tagging/corpus/tagScheme.js";

/** Scores of random tag sequences by seqeval; made by scripts/golden/entities.py. */
const golden: { tags: string[]; pairs: [string, string, number[], number[]][] } = JSON.parse(
  readFileSync(new URL("../../../golden/entities.json", import.meta.url), "utf8"),
);

describe("entities of tags", () => {
  it("score as seqeval scores them, strictly and as conlleval does, on 1,000 random pairs", () => {
    expect(golden.pairs).toHaveLength(1000);
    const tagsOfCode = (code: string): string[] => [...code].map((c) => golden.tags[Number(c)]);
    for (const [truth, predicted, strict, loose] of golden.pairs) {
      const scored = (read: typeof strictSpans): number[] => {
        const { precision, recall, f1 } = entityScore(
          countEntities(read(tagsOfCode(truth)), read(tagsOfCode(predicted))),
        );
        return [precision, recall, f1];
      };
      scored(strictSpans).forEach((value, i) => expect(value).toBeCloseTo(strict[i], 10));
      scored(conllevalSpans).forEach((value, i) => expect(value).toBeCloseTo(loose[i], 10));
    }
  });
});

const ONE = ["O", "B-x", "I-x", "O", "B-y", "B-x"];
const WRITTEN = {
  BIO: ONE,
  IOB1: ["O", "I-x", "I-x", "O", "I-y", "I-x"],
  IOBES: ["O", "B-x", "E-x", "O", "S-y", "S-x"],
  BILOU: ["O", "B-x", "L-x", "O", "U-y", "U-x"],
} as const;

describe("detectScheme()", () => {
  it.each(Object.entries(WRITTEN))("knows %s, which then reads as the same entities", (scheme, tags) => {
    expect(detectScheme([tags])).toBe(scheme);
    expect(countIllegal(tags, scheme as keyof typeof WRITTEN)).toBe(0);
    expect(tagsOf(conllevalSpans(tags), tags.length)).toEqual(ONE);
  });

  it("knows BMES, in which the inside of an entity is M", () => {
    const tags = ["B-x", "M-x", "E-x", "O", "S-y"];
    expect([detectScheme([tags]), countIllegal(tags, "BMES")]).toEqual(["BMES", 0]);
    expect(tagsOf(conllevalSpans(tags), 5)).toEqual(["B-x", "I-x", "I-x", "O", "B-y"]);
  });

  it("takes B that only part neighbors of one label for IOB1", () => {
    expect(detectScheme([["I-x", "B-x", "O"]])).toBe("IOB1");
    expect(conllevalSpans(["I-x", "B-x", "O"])).toHaveLength(2);
  });
});

describe("countIllegal()", () => {
  it.each([
    ["BIO", ["O", "I-x", "I-x", "B-x", "I-y"], 2],
    ["IOBES", ["B-x", "O", "I-x", "E-x", "B-x"], 3],
    ["BILOU", ["L-x", "B-x", "U-x"], 2],
  ] as const)("counts the tags that break the rules of %s", (scheme, tags, illegal) => {
    expect(countIllegal(tags, scheme)).toBe(illegal);
  });

  it("finds nothing in what was repaired", () => {
    const tag = fc.constantFrom("O", "B-x", "I-x", "B-y", "I-y", "E-x", "S-y");
    fc.assert(
      fc.property(fc.array(tag), (tags) => {
        const repaired = tagsOf(conllevalSpans(tags), tags.length);
        expect(countIllegal(repaired, "BIO")).toBe(0);
        expect(strictSpans(repaired)).toEqual(conllevalSpans(tags));
      }),
    );
  });
});

describe("conllevalSpans()", () => {
  it.each(["X-person", "person", "B", "B-"])("refuses %s, saying how tags are written", (tag) => {
    expect(() => conllevalSpans([tag])).toThrow(/one of B, I, E, S, L, U/);
  });
});
