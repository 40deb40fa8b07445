import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { embedStream, embedTexts, type EmbedOptions } from "../../../../src/encoder/embed/embed.js";
import type { Encoder, EncoderOptions } from "../../../../src/encoder/encoder.js";
import { cosine, row, type Matrix } from "../../../../src/math/matrix.js";
import {
  counting,
  fixture,
  folderFrom,
  golden,
  openEncoder,
  type GoldenText,
  type PooledText,
  type PromptedText,
} from "../tinyBert.js";
import { expectSameInAnyCompany, inGroups, variedTexts } from "./groupings.js";

const TINY = fixture("tiny-bert");
const pooled = golden<PooledText>("tiny-bert");
const textsOf = (all: readonly GoldenText[]): string[] => all.map(({ text }) => text);

function expectNear(vectors: Matrix, wanted: readonly (readonly number[])[]): void {
  expect(vectors.rows).toBe(wanted.length);
  wanted.forEach((vector, r) => {
    const own = row(vectors, r);
    expect(own).toHaveLength(vector.length);
    expect(cosine(own, vector)).toBeGreaterThan(0.9999999);
    const scale = Math.max(1, ...vector.map(Math.abs));
    vector.forEach((value, d) => expect(Math.abs(own[d] - value)).toBeLessThan(1e-5 * scale));
  });
}

describe("embedTexts() is what PyTorch gives [E05]", () => {
  const tiny = async (options: EncoderOptions): Promise<Matrix> =>
    (await embedTexts(await openEncoder(TINY, options), textsOf(pooled.texts))).vectors;
  const of = (part: (text: PooledText) => readonly number[]): (readonly number[])[] => pooled.texts.map(part);

  it("by mean pooling, at length 1", async () => {
    expectNear(
      await tiny({}),
      of((text) => text.vector),
    );
  });

  it("by first token and by largest value, at their own length", async () => {
    expectNear(
      await tiny({ pooling: "cls", normalize: false }),
      of((text) => text.cls),
    );
    expectNear(
      await tiny({ pooling: "max", normalize: false }),
      of((text) => text.max),
    );
  });

  it.each([0, 1, 2])("from the hidden states of layer %i", async (layer) => {
    expectNear(
      await tiny({ layer, normalize: false }),
      of((text) => text.layerMeans[layer]),
    );
  });

  it("from the same token ids, cut at the same length", async () => {
    const { tokenizer, maxTokens } = await openEncoder(TINY);
    expect(maxTokens).toBe(pooled.maxTokens);
    for (const { text, ids, truncated } of pooled.texts)
      expect(tokenizer.tokenize(text)).toMatchObject({ ids, truncated });
  });

  it("with the default prompt, with none, and without Normalize", async () => {
    const { texts, maxTokens } = golden<PromptedText>("tiny-bert-cls");
    for (const prompt of ["query", "doc"] as const) {
      const encoder = await openEncoder(fixture("tiny-bert-cls"), prompt === "doc" ? { prompt: "" } : {});
      expect(encoder).toMatchObject({ pooling: "cls", normalize: false, maxTokens });
      const own = texts.filter((text) => text.prompt === prompt);
      for (const { text, ids } of own) expect(encoder.tokenizer.tokenize(text).ids).toEqual(ids);
      expectNear(
        (await embedTexts(encoder, textsOf(own))).vectors,
        own.map((text) => text.vector),
      );
    }
  });

  it("from outputs with other names, without segments and without settings of sentence-transformers", async () => {
    const { texts } = golden<PooledText>("tiny-bert-output-names");
    const { vectors } = await embedTexts(await openEncoder(fixture("tiny-bert-output-names")), textsOf(texts));
    expectNear(
      vectors,
      texts.map((text) => text.vector),
    );
  });
});

const texts = variedTexts(64, 60, ["good", "film", "day", "night", "the", "food", "was", "bad", "x", "time"]);
const mate = "night ".repeat(62);

describe("a text's vector", () => {
  it("has the same bits alone, in batches of 2, 8, 32, in another order and beside a text of full length [E01, R31]", async () => {
    const encoder = await openEncoder(TINY);
    const vectors = await expectSameInAnyCompany(encoder, texts, mate);
    expect(new Set(texts.map((_, i) => row(vectors, i).join())).size).toBe(64);
  });

  it.each(["fp32", "int8"] as const)("has the same bits with 1, 2 and 4 threads in %s [E02]", async (precision) => {
    const found: Matrix[] = [];
    for (const threads of [1, 2, 4]) {
      const encoder = await openEncoder(TINY, { threads, precision });
      found.push((await embedTexts(encoder, texts)).vectors);
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  });

  it("depends on its batch with dynamic-int8 where that is allowed: the tests above can fail [E03, E04, R01, R04]", async () => {
    const encoder = await openEncoder(fixture("dynamic-int8"));
    const alone = await inGroups(encoder, texts, 1);
    const together = (await embedTexts(encoder, texts, { allowBatchDependence: true })).vectors;
    const differences = alone.data.map((value, i) => Math.abs(value - together.data[i]));
    expect(Math.max(...differences)).toBeGreaterThan(1e-4);
    const { encoder: counted, runs } = counting(encoder);
    expect((await embedTexts(counted, texts)).vectors).toEqual(alone);
    expect(runs()).toBe(64);
  });
});

describe("embed", () => {
  async function* stream(all: readonly string[]): AsyncGenerator<string> {
    for (const text of all) {
      await Promise.resolve();
      yield text;
    }
  }
  const collect = async (encoder: Encoder, all: readonly string[], options: EmbedOptions) => {
    const parts = [];
    for await (const part of embedStream(encoder, stream(all), options)) parts.push(part);
    return parts;
  };

  it("gives windows in input order that make up the whole", async () => {
    const encoder = await openEncoder(TINY);
    const parts = await collect(encoder, texts, { window: 10, batchTokens: 100 });
    expect(parts.map((part) => [part.texts, part.vectors.rows])).toEqual([
      ...Array.from({ length: 6 }, () => [10, 10]),
      [4, 4],
    ]);
    const all = await embedTexts(encoder, texts);
    expect(parts.flatMap((part) => [...part.vectors.data])).toEqual([...all.vectors.data]);
    expect(parts.reduce((sum, part) => sum + part.tokens, 0)).toBe(all.tokens);
  });

  it("gives nothing for no texts, and embedTexts() an empty matrix", async () => {
    const encoder = await openEncoder(TINY);
    expect(await collect(encoder, [], {})).toEqual([]);
    expect(await embedTexts(encoder, [])).toEqual({
      vectors: { rows: 0, cols: 32, data: new Float32Array(0) },
      texts: 0,
      tokens: 0,
      truncated: 0,
      empty: 0,
      unknown: 0,
    });
  });

  it("puts equal texts of a window through the encoder once and gives each its vector [R54]", async () => {
    const { encoder, texts: through } = counting(await openEncoder(TINY));
    const repeated = ["good", "bad", "good", "good", "food", "bad"];
    const { vectors, tokens } = await embedTexts(encoder, repeated);
    expect(through()).toBe(3);
    expect(tokens).toBe(9);
    const each = await inGroups(encoder, repeated, 1);
    expect(vectors).toEqual(each);
  });

  it("keeps batches within the token budget", async () => {
    const { encoder, runs } = counting(await openEncoder(TINY));
    await embedTexts(encoder, ["day", "night", "food", "good film"], { batchTokens: 6 });
    expect(runs()).toBe(3); // 2 of 3 tokens, 1 of 3, 1 of 4
  });

  it("counts empty texts and gives them the encoder's own vector, finite and of length 1 [C13, R32]", async () => {
    const encoder = await openEncoder(TINY);
    const blank = ["", " \t\n ", "\u200b", "day", "[PAD]", ""];
    const { vectors, empty } = await embedTexts(encoder, blank);
    expect(empty).toBe(4);
    for (let r = 0; r < blank.length; r++) expect(Math.hypot(...row(vectors, r))).toBeCloseTo(1, 6);
    expect(row(vectors, 0)).toEqual(row(vectors, 1));
    expect(row(vectors, 4)).not.toEqual(row(vectors, 0));
  });

  it("counts the texts it cuts, repeated ones too, and works at the limit and around it [C14, E06, R24, R25, R51, R53]", async () => {
    const encoder = await openEncoder(TINY);
    const { truncated, vectors } = await embedTexts(
      encoder,
      [61, 62, 63, 500, 63].map((words) => "day ".repeat(words)),
    );
    expect(truncated).toBe(3);
    expect(row(vectors, 2)).toEqual(row(vectors, 1));
    expect(row(vectors, 0)).not.toEqual(row(vectors, 1));
  });

  it("tells of progress up to the number of texts, never backwards", async () => {
    const encoder = await openEncoder(TINY);
    const counts: number[] = [];
    const options = { window: 16, batchTokens: 64, onProgress: ({ done }: { done: number }) => counts.push(done) };
    await embedTexts(encoder, [...texts, ...texts.slice(60)], options);
    expect(counts.at(-1)).toBe(68);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(counts.length).toBeGreaterThan(5);
  });

  it("stops between batches when it is aborted, with the signal's reason", async () => {
    const { encoder, runs } = counting(await openEncoder(TINY));
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(new Error("enough"));
    const options = { batchTokens: 0, signal: controller.signal, onProgress };
    await expect(embedTexts(encoder, texts, options)).rejects.toThrow("enough");
    const sent = runs();
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(texts.length / 2);
    await expect(embedTexts(encoder, texts, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    expect(runs()).toBe(sent);
  });

  it("gives every window while the next ones are under way, and stops when its reader does", async () => {
    const { encoder, texts: sent } = counting(await openEncoder(TINY));
    const many = Array.from({ length: 4000 }, (_, i) => `day ${i}`);
    let read = 0;
    const source = (function* () {
      for (const text of many) {
        read++;
        yield text;
      }
    })();
    const sizes: number[] = [];
    for await (const { vectors } of embedStream(encoder, source, { window: 512 })) {
      sizes.push(vectors.rows);
      if (sizes.length === 2) break;
    }
    expect(sizes).toEqual([64, 128]);
    expect(read).toBeLessThan(2000);
    const after = sent();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sent()).toBe(after);
  });

  it("passes on a failure of its source after the windows before it", async () => {
    const encoder = await openEncoder(TINY);
    async function* source(): AsyncGenerator<string> {
      for (let i = 0; i < 300; i++) yield `day ${i}`;
      throw new Error("the disk is gone");
    }
    const run = async (): Promise<void> => {
      for await (const part of embedStream(encoder, source())) expect([64, 128]).toContain(part.texts);
    };
    await expect(run()).rejects.toThrow("the disk is gone");
  });

  it("refuses vectors that are not finite, naming the text [R52]", async () => {
    const encoder = await openEncoder(TINY);
    const broken: Encoder = {
      ...encoder,
      session: {
        ...encoder.session,
        run: async (inputs, wanted) => {
          const outputs = await encoder.session.run(inputs, wanted);
          if (inputs.get("input_ids")?.dims[1] === 3) outputs.get("last_hidden_state")!.data[0] = Number.NaN;
          return outputs;
        },
      },
    };
    await expect(
      embedTexts(broken, ["good film", "the food", "day", "bad time"], { batchTokens: 0 }),
    ).rejects.toMatchObject({
      code: "E_NOT_FINITE",
      message: expect.stringContaining('the text "day"'),
    });
  });

  it("refuses token vectors of another width than the encoder's files say", async () => {
    const encoder = await openEncoder(TINY);
    await expect(embedTexts({ ...encoder, width: 16 }, ["day"])).rejects.toMatchObject({
      code: "E_ENCODER_INVALID",
      message: expect.stringMatching(/32.*16/),
    });
  });

  it("fails with E_ENCODER_INVALID where tokenizer and model do not belong together", async () => {
    const json = await readFile(join(TINY, "tokenizer.json"), "utf8");
    const { day } = (JSON.parse(json) as { model: { vocab: Record<string, number> } }).model.vocab;
    const other = json.replace(`"day":${day}`, '"day":5000');
    expect(other).not.toBe(json);
    const encoder = await openEncoder(await folderFrom("tiny-bert", { "tokenizer.json": other }));
    await expect(embedTexts(encoder, ["good day"])).rejects.toMatchObject({ code: "E_ENCODER_INVALID" });
  });
});
