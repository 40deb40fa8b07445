import { describe, expect, it } from "vitest";
import { requireAligned } from "../../../../src/tagging/corpus/alignment.js";
import { taggedCorpus } from "../../../../src/tagging/corpus/taggedCorpus.js";

const TEXT = "Ana Petrov left Oslo for Lake Garda today";
const ENTITIES = ["Ana Petrov", "Oslo", "Lake Garda"];

/** The text with its entities, each moved. */
function moved(start: number, end: number) {
  const spans = ENTITIES.map((entity) => {
    const at = TEXT.indexOf(entity);
    return { start: Math.max(0, at + start), end: at + entity.length + end, label: "x" };
  });
  return taggedCorpus([{ file: "a.jsonl", raw: [{ line: 7, text: TEXT, spans }] }], {});
}

describe("requireAligned()", () => {
  it.each([
    ["end before their last character", 0, -1, /Add 1 to each end/],
    ["count from 1", 1, 1, /count from 1/],
    ["count from 1, the end included", 1, 0, /count from 1/],
    ["are somewhere", 2, 2, /Check that start and end/],
  ])("refuses entities that %s, with examples and advice", (_, start, end, advice) => {
    const corpus = moved(start, end);
    const error = expect.objectContaining({
      code: "E_TAGS",
      place: { file: "a.jsonl", line: 7 },
      message: expect.stringMatching(advice) as string,
    }) as Error;
    expect(() => requireAligned(corpus)).toThrow(error);
    expect(() => requireAligned(corpus)).toThrow(/3 of 3 begin or end inside a word, such as ".*" \(\d+ to \d+\) in "/);
  });

  it("lets those pass of which at least half are words, and those that overlap", () => {
    expect(() => requireAligned(moved(0, 0))).not.toThrow();
    const spans = [
      { start: 0, end: 10, label: "x" },
      { start: 17, end: 20, label: "x" },
      { start: 0, end: 3, label: "x" },
      { start: 4, end: 10, label: "x" },
    ];
    const corpus = taggedCorpus([{ file: "a.jsonl", raw: [{ line: 1, text: TEXT, spans }] }], {});
    expect(corpus.notices.join()).toMatch(
      /1 entity begins or ends inside a word.*2 entities overlap one as long or longer/,
    );
    expect(() => requireAligned(corpus)).not.toThrow();
  });
});
