import { describe, expect, it } from "vitest";
import { readConll } from "../../../src/corpus/conll.js";
import { decodeText } from "../../../src/corpus/decode/decode.js";
import type { Rejection } from "../../../src/corpus/row.js";

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** Sentences as words with tags, a line each. */
async function sentences(text: string, onReject?: (rejection: Rejection) => void): Promise<string[]> {
  const found: string[] = [];
  const chunks = decodeText(bytesOf(text), "a.conll", {});
  for await (const { words, tags } of readConll(chunks, { file: "a.conll", maxLineLength: 1000, onReject }))
    found.push(words.map((word, i) => `${word}/${tags[i]}`).join(" "));
  return found;
}

describe("readConll()", () => {
  it.each([
    ["# id 17\tdomain=en\nAna _ _ B-x\n", ["Ana/B-x"]],
    ["# sent_id = 4\n# text = Vitamin O\nAna\tB-x\n# inside\nO\tO\n", ["Ana/B-x O/O"]],
    ["#begin document (a); part 000\nAna 0 0 x B-x\n\n#end document\n", ["Ana/B-x"]],
    ["#\nAna B-x\n", ["Ana/B-x"]],
  ])("leaves comments out of %j", async (text, found) => {
    expect(await sentences(text)).toEqual(found);
  });

  it.each([
    ["# O\nAna B-x\n", ["#/O Ana/B-x"]],
    ["#\tO\nAna\tB-x\n", ["#/O Ana/B-x"]],
    ["Ana x\n\n#Oslo y\n#a O\n", ["Ana/x", "#Oslo/y #a/O"]],
    ["Ana NN O B-x\n# NN O O\n", ["Ana/B-x #/O"]],
  ])("keeps words that begin with # in %j", async (text, found) => {
    expect(await sentences(text)).toEqual(found);
  });

  it.each([
    ["Word\tTag\nAna\tx\n", ["Ana/x"]],
    ["\n# a comment\ntoken pos ner_tags\nAna NN B-x\n", ["Ana/B-x"]],
    ["id\tform\tlabel\n1\tAna\tO\n", ["1/O"]],
    ["Ana O\n\nword tag\n", ["Ana/O", "word/tag"]],
    ["word O\ntag B-x\n", ["word/O tag/B-x"]],
  ])("takes a first line that names the columns for no word in %j", async (text, found) => {
    expect(await sentences(text)).toEqual(found);
  });

  it("ends a sentence at -DOCSTART-, which is no word", async () => {
    const text = "-DOCSTART- -X- O O\nAna NN O B-x\n-DOCSTART-\nBea NN O B-x\n\n-DOCSTART- O\n\n";
    expect(await sentences(text)).toEqual(["Ana/B-x", "Bea/B-x"]);
  });

  it.each([
    ["a\tO\n \tO\nb\tO\n\nc\tO\n", 2, "white space"],
    ["a O\n\u00a0 O\n\nc O\n", 2, "white space"],
    ["a O\nb\nb O\n\nc O\n", 2, "no word and tag"],
    ["a\tO\nb\t\n\nc\tO\n", 2, "no word and tag"],
    ["a O\n#b\n\nc O\n", 2, "no word and tag"],
    ["a O\nb B-x\rb O\n\nc O\n", 2, "carriage returns"],
    ["a\tO\nb\tB-x\rb\tO\n\nc\tO\n", 2, "carriage returns"],
  ])("names the line of a bad word in %j, or leaves out its sentence alone", async (text, line, says) => {
    await expect(sentences(text)).rejects.toMatchObject({
      code: "E_CONLL",
      place: { line },
      message: expect.stringContaining(says) as string,
    });
    const rejected: Rejection[] = [];
    expect(await sentences(text, (rejection) => rejected.push(rejection))).toEqual(["c/O"]);
    expect(rejected).toHaveLength(1);
    expect(rejected[0]).toMatchObject({ file: "a.conll", line, reason: expect.stringContaining(says) as string });
  });

  it("leaves out a sentence that does not end, and goes on behind it", async () => {
    const rejected: Rejection[] = [];
    const text = `${"is O\n".repeat(10_001)}\nc O\n`;
    expect(await sentences(text, (rejection) => rejected.push(rejection))).toEqual(["c/O"]);
    expect(rejected.map(({ reason }) => reason)).toEqual(["it has more than 10,000 words"]);
  });
});
