import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { vectorsOf } from "../../../src/embedding/cachedEmbed.js";
import { embedTexts } from "../../../src/encoder/embed/embed.js";
import { openVectorCache, type VectorCache } from "../../../src/store/cache/vectorCache.js";
import { counting, fixture, openEncoder } from "../encoder/tinyBert.js";
import { tempFolder } from "../files/tempFolder.js";

const texts = ["a good film", "the food was bad", "", "day", "a good film", "night and day"];

describe("vectorsOf", () => {
  it("is embedTexts() without a cache", async () => {
    const encoder = await openEncoder(fixture("tiny-bert"));
    expect(await vectorsOf(encoder, texts)).toEqual({ ...(await embedTexts(encoder, texts)), cached: 0 });
    expect((await vectorsOf(encoder, [])).vectors.rows).toBe(0);
  });

  it("runs the encoder for new texts alone, and gives the same bits from the cache, in a later run too", async () => {
    const { encoder, texts: through } = counting(await openEncoder(fixture("tiny-bert")));
    const dir = join(await tempFolder(), "cache");
    const open = () => openVectorCache(dir, encoder);
    const cache = await open();
    const first = await vectorsOf(encoder, texts, { cache });
    expect([through(), first.cached]).toEqual([5, 0]);
    const again = await vectorsOf(encoder, texts, { cache });
    expect([through(), again.cached, again.texts]).toEqual([5, 6, 6]);
    expect(again.vectors).toEqual(first.vectors);
    const mixed = await vectorsOf(encoder, ["new text", ...[...texts].reverse(), "bad"], { cache, window: 1 });
    expect([through(), mixed.cached, mixed.texts]).toEqual([7, 6, 8]);
    await cache.close();
    const later = await open();
    const { vectors, cached } = await vectorsOf(encoder, ["new text", ...[...texts].reverse(), "bad"], {
      cache: later,
    });
    expect([through(), cached]).toEqual([7, 8]);
    expect(vectors).toEqual(mixed.vectors);
    expect(vectors).toEqual((await embedTexts(encoder, ["new text", ...[...texts].reverse(), "bad"])).vectors);
    await later.close();
  });

  it("counts empty, cut and unknown the same whether the cache has all texts, some or none", async () => {
    const encoder = await openEncoder(fixture("tiny-bert"), { maxTokens: 8 });
    const odd = [...texts, "good 中 中", "", "day ".repeat(30), "good 中 中"];
    const counts = async (cache?: VectorCache): Promise<object> => {
      const { empty, truncated, unknown, texts: n } = await vectorsOf(encoder, odd, { cache, window: 4 });
      return { empty, truncated, unknown, n };
    };
    const cold = await counts();
    expect(cold).toEqual({ empty: 2, truncated: 1, unknown: 4, n: 10 });
    const cache = await openVectorCache(join(await tempFolder(), "cache"), encoder);
    await vectorsOf(encoder, odd.slice(4, 8), { cache });
    expect(await counts(cache)).toEqual(cold);
    expect(await counts(cache)).toEqual(cold);
    await cache.close();
  });

  it("tells of progress from what the cache had up to all texts", async () => {
    const encoder = await openEncoder(fixture("tiny-bert"));
    const cache = await openVectorCache(join(await tempFolder(), "cache"), encoder);
    await vectorsOf(encoder, texts.slice(0, 2), { cache });
    const counts: number[] = [];
    await vectorsOf(encoder, texts, { cache, batchTokens: 0, onProgress: ({ done }) => counts.push(done) });
    expect(counts[0]).toBeGreaterThan(3);
    expect(counts.at(-1)).toBe(6);
    await cache.close();
  });
});
