import { describe, expect, it } from "vitest";
import { entityShift, sentenceVectors, taggingDivergence } from "../../../../src/transfer/entities/entityShift.js";
import { pickSentences } from "../../../../src/tagging/vectors/embeddedSentences.js";
import { taggedCorpus } from "../../tagging/taggedCorpus.js";

const corpus = taggedCorpus(40);

describe("sentenceVectors()", () => {
  it("are means of the first numbers of the words of a sentence, whatever stands beside it", () => {
    const means = sentenceVectors(corpus, 2);
    const { vectors, offsets } = corpus;
    const rows = Array.from({ length: offsets[2] - offsets[1] }, (_, i) => offsets[1] + i);
    const mean = rows.reduce((sum, w) => sum + vectors.data[w * vectors.cols + 1], 0) / rows.length;
    expect(means.data[1 * 2 + 1]).toBeCloseTo(mean, 6);
    const alone = sentenceVectors(pickSentences(corpus, [1]), 2);
    expect([...alone.data]).toEqual([...means.data.subarray(2, 4)]);
  });

  it("are zeros for a sentence without words", () => {
    const none = { ...corpus, sentences: corpus.sentences.slice(0, 1), offsets: Int32Array.of(0, 0) };
    expect([...sentenceVectors(none, 3).data]).toEqual([0, 0, 0]);
  });
});

describe("entityShift()", () => {
  it("is all seen, in equal shares, for the same sentences", () => {
    const { types, perSentence, stringsSeen, entitiesSeen } = entityShift(corpus.sentences, corpus.sentences);
    expect([stringsSeen, entitiesSeen]).toEqual([1, 1]);
    expect(perSentence.source).toBe(perSentence.target);
    for (const { source, target } of Object.values(types)) expect(source).toBe(target);
    expect(Object.values(types).reduce((sum, { source }) => sum + source, 0)).toBeCloseTo(1, 12);
  });

  it("counts strings without their case, once each and as often as they occur", () => {
    const [first, second] = [corpus.sentences[0], corpus.sentences[1]];
    const shouted = { ...second, text: second.text.toUpperCase() };
    const found = entityShift([first], [first, first, shouted]);
    // "Ada0" three times and, beside it, "Ada1" and "Lake Num1".
    expect(first.tags.filter((tag) => tag.startsWith("B-"))).toHaveLength(1);
    expect(found.stringsSeen).toBeCloseTo(1 / 3, 12);
    expect(found.entitiesSeen).toBeCloseTo(2 / 4, 12);
    expect(entityShift([second], [shouted]).stringsSeen).toBe(1);
  });

  it("has shares of types that one side lacks, and none without entities", () => {
    const plain = { ...corpus.sentences[1], tags: corpus.sentences[1].tags.map(() => "O") };
    const none = { ...plain, written: plain.tags };
    expect(entityShift([none], [none])).toEqual({
      types: {},
      perSentence: { source: 0, target: 0 },
      stringsSeen: 0,
      entitiesSeen: 0,
    });
    expect(entityShift([corpus.sentences[0]], [corpus.sentences[1]]).types).toEqual({
      x: { source: 1, target: 0.5 },
      y: { source: 0, target: 0.5 },
    });
  });
});

describe("taggingDivergence()", () => {
  it("compares sentences by their words and the means of their first layer", async () => {
    const found = await taggingDivergence(corpus, taggedCorpus(40, 2), { layerCount: 2, threads: 1 });
    expect(found).toMatchObject({
      jensenShannon: 0,
      vocabularySeen: 1,
      underNull: null,
      n: { source: 20, target: 20 },
    });
    expect(found.entities.stringsSeen).toBe(1);
  });
});
