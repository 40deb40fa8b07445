import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Encoder } from "../../../../src/encoder/encoder.js";
import { tokenStates } from "../../../../src/encoder/embed/tokenStates.js";
import { row } from "../../../../src/math/matrix.js";
import { openVectorCache, type VectorCache } from "../../../../src/store/cache/vectorCache.js";
import { wordVectorKind, type SubwordPooling } from "../../../../src/tagging/vectors/subwords.js";
import { splitWords } from "../../../../src/tagging/corpus/splitWords.js";
import { contextualVectors } from "../../../../src/tagging/vectors/contextualVectors.js";
import { counting, openEncoder, fixture } from "../../encoder/tinyBert.js";

const sentence = (text: string) => ({ text, words: splitWords(text) });
const SENTENCES = ["the moon over unbelievable Oslo", "", "rain", "the moon over Oslo", "rain"].map(sentence);

let encoder: Encoder;
let folder: string;
beforeAll(async () => {
  encoder = await openEncoder(fixture("tiny-bert"), { layers: [2, 0] });
  folder = await mkdtemp(join(tmpdir(), "headstart-words-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function cached<T>(subwordPooling: SubwordPooling, work: (cache: VectorCache) => Promise<T>): Promise<T> {
  const cache = await openVectorCache(folder, wordVectorKind(encoder, subwordPooling));
  try {
    return await work(cache);
  } finally {
    await cache.close();
  }
}

describe.each(["first", "mean", "first-last"] as const)("wordVectors() with %s subwords", (subwordPooling) => {
  it("gives the same bits with a cache, which a second run takes all sentences from without an encoder call", async () => {
    const plain = await contextualVectors(encoder, SENTENCES, { subwordPooling });
    const first = await cached(subwordPooling, (cache) =>
      contextualVectors(encoder, SENTENCES, { subwordPooling, cache }),
    );
    const spied = counting(encoder);
    const second = await cached(subwordPooling, (cache) =>
      contextualVectors(spied.encoder, SENTENCES, { subwordPooling, cache }),
    );
    expect(spied.runs()).toBe(0);
    expect(second).toMatchObject({ cached: SENTENCES.length, tokens: 0 });
    for (const made of [first, second]) {
      expect(made.vectors).toEqual(plain.vectors);
      expect(made.offsets).toEqual(plain.offsets);
      expect(made.cut).toEqual(plain.cut);
    }
  });

  it("lays layer beside layer, of the subwords that stand for a word", async () => {
    const { vectors, offsets } = await contextualVectors(encoder, SENTENCES, { subwordPooling });
    const pieces = encoder.tokenizer.wordPieces("unbelievable", false).length;
    expect(pieces).toBeGreaterThan(1);
    const ids = encoder.tokenizer.frame(
      SENTENCES[0].words.flatMap(({ text }, i) => encoder.tokenizer.wordPieces(text, i === 0)),
    );
    const { width } = encoder;
    let at = encoder.tokenizer.lead;
    for (const { text } of SENTENCES[0].words.slice(0, 3)) at += encoder.tokenizer.wordPieces(text, false).length;
    let expected: number[] = [];
    await tokenStates(encoder, [ids], {
      take: (_, states) => {
        const token = (state: Float32Array, t: number) => [...state.subarray(t * width, (t + 1) * width)];
        const first = states.flatMap((state) => token(state, at));
        const last = states.flatMap((state) => token(state, at + pieces - 1));
        const all = (state: Float32Array) => Array.from({ length: pieces }, (_, i) => token(state, at + i));
        const mean = states.flatMap((state) =>
          Array.from({ length: width }, (_, d) => all(state).reduce((sum, own) => sum + own[d], 0) / pieces),
        );
        expected = { first, mean, "first-last": [...first, ...last] }[subwordPooling];
      },
    });
    const own = row(vectors, offsets[0] + 3);
    expect(own).toHaveLength(expected.length);
    own.forEach((x, d) => expect(x).toBeCloseTo(expected[d], 5));
  });
});

describe("wordVectors()", () => {
  it("refuses an encoder that was loaded for vectors of whole texts and leaves tokens out", async () => {
    const cls = await openEncoder(fixture("tiny-bert-cls"));
    expect(cls.ports.tokens).toBe(2);
    const refused = {
      code: "E_USAGE",
      message: expect.stringContaining('Load it with the option layers, such as layers: "spread"'),
    };
    await expect(contextualVectors(cls, SENTENCES)).rejects.toMatchObject(refused);
    const spread = await openEncoder(fixture("tiny-bert-cls"), { layers: "spread" });
    expect((await contextualVectors(spread, SENTENCES)).vectors.rows).toBeGreaterThan(0);
  });

  it("embeds only sentences that are new, and a sentence as a whole", async () => {
    await cached("first", (cache) => contextualVectors(encoder, SENTENCES, { cache }));
    const spied = counting(encoder);
    const changed = [...SENTENCES, sentence("the moon over Rome")];
    const made = await cached("first", (cache) => contextualVectors(spied.encoder, changed, { cache }));
    expect(made.cached).toBe(SENTENCES.length);
    expect(spied.texts()).toBe(1);
    expect(made.vectors).toEqual((await contextualVectors(encoder, changed)).vectors);
  });

  it.each([
    [[1, 1], "Cannot take layer 1"],
    [[0, 2, 0], "Cannot take layer 0"],
    [[0, 9], "Cannot take layer 9"],
  ])("has no encoder of layers %j", async (layers, says) => {
    await expect(openEncoder(fixture("tiny-bert"), { layers })).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringContaining(says) as string,
    });
  });
});
