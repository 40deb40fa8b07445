/** What every kind of encoder has to pass. */

import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embedStream, embedTexts, type EmbedOptions } from "../../src/encoder/embed/embed.js";
import type { Encoder, EncoderOptions } from "../../src/encoder/encoder.js";
import { loadEncoder } from "../../src/encoder/load.js";
import { vectorsOf } from "../../src/embedding/cachedEmbed.js";
import { row, takeRows, type Matrix } from "../../src/math/matrix.js";
import { openVectorCache } from "../../src/store/cache/vectorCache.js";
import { tempFolder } from "../unit/files/tempFolder.js";
import { expectSameInAnyCompany, variedTexts } from "../unit/encoder/embed/groupings.js";
import { ENCODERS, WORDS } from "./encoderKinds.js";

const VARIED = variedTexts(40, 30, WORDS);
/** Emoji, right to left, combining marks, lone surrogates, NUL, no text at all. */
const ODD = [
  "",
  " \t\n ",
  "\u200b",
  "👩‍👩‍👧 good 😀",
  "مرحبا good \u202eday",
  "e\u0301\u0323\u0301 na\u0303i\u0308ve",
  "\ud800 day \udc00",
  "good\0day",
  "日本語 £ …",
  "\ufeffbad",
  "[CLS] [PAD] good [SEP]",
];
const TEXTS = [...VARIED, ...ODD];
const MATE = "night ".repeat(60);

const lengthOf = (vectors: Matrix, r: number): number => Math.hypot(...row(vectors, r));

describe.each(ENCODERS)("an encoder of kind $name", ({ width, options, make, special, emptyLength, ...kind }) => {
  let [path, encoder]: [string, Encoder] = [] as never;
  const opened: Encoder[] = [];
  const open = async (more: EncoderOptions = {}, from = path): Promise<Encoder> => {
    const own = await loadEncoder(from, { threads: 1, ...options, ...more });
    opened.push(own);
    return own;
  };
  const vectorsWith = async (own: Encoder, texts: readonly string[], how: EmbedOptions = {}): Promise<Matrix> =>
    (await embedTexts(own, texts, how)).vectors;

  beforeAll(async () => {
    path = await make(await mkdtemp(join(tmpdir(), "headstart-encoders-")));
    encoder = await open();
  });
  afterAll(async () => {
    for (const own of opened) await own.close();
    await rm(dirname(path), { recursive: true, force: true });
  });

  it("gives vectors of its width, finite, that tell of the text", async () => {
    const { vectors, texts, tokens } = await embedTexts(encoder, TEXTS);
    expect([encoder.width, vectors.cols, vectors.rows, texts]).toEqual([width, width, TEXTS.length, TEXTS.length]);
    expect(vectors.data.every(Number.isFinite)).toBe(true);
    // Those of word vectors are the same for the same words in another order.
    expect(new Set(VARIED.map((_, r) => row(vectors, r).join())).size).toBeGreaterThan(0.9 * VARIED.length);
    expect(tokens).toBeGreaterThan(VARIED.length);
    expect((await embedTexts(encoder, [])).vectors).toEqual({ rows: 0, cols: width, data: new Float32Array(0) });
  });

  it("gives a text the same bits alone, in any batch and order, and beside a long mate [E01, R31]", async () => {
    const alone = await expectSameInAnyCompany(encoder, TEXTS, MATE);
    for (const how of [{ window: 7 }, { batchTokens: 40, window: 3 }, { batchTokens: 0 }, {}] as const)
      expect(await vectorsWith(encoder, TEXTS, how)).toEqual(alone);
  });

  it("gives the same bits with one thread and with two, and after loading again [E02]", async () => {
    const vectors = await vectorsWith(encoder, TEXTS);
    for (const threads of [1, 2]) expect(await vectorsWith(await open({ threads }), TEXTS)).toEqual(vectors);
  });

  it("gives the same bits as a stream, from a cache, and from a cache that has some of the texts", async () => {
    const vectors = await vectorsWith(encoder, TEXTS);
    const streamed: number[] = [];
    for await (const part of embedStream(encoder, TEXTS.values(), { window: 9 })) streamed.push(...part.vectors.data);
    expect(Float32Array.from(streamed)).toEqual(vectors.data);
    const folder = await tempFolder();
    for (const [known, texts] of [
      [0, TEXTS.slice(0, 20)],
      [20, TEXTS],
      [TEXTS.length, [...TEXTS].reverse()],
    ] as const) {
      const cache = await openVectorCache(folder, encoder);
      const found = await vectorsOf(encoder, texts, { cache });
      await cache.close();
      expect(found.cached).toBe(known);
      expect(found.vectors).toEqual(
        takeRows(
          vectors,
          texts.map((text) => TEXTS.indexOf(text)),
        ),
      );
    }
  });

  it("counts texts without tokens, and reads a lone surrogate as U+FFFD, which a cache does too", async () => {
    const { vectors, empty } = await embedTexts(encoder, ["", " \t\n ", "good", ""]);
    expect(empty).toBe(3);
    expect([lengthOf(vectors, 0), lengthOf(vectors, 2)].map((x) => Math.round(1e6 * x) / 1e6)).toEqual([
      emptyLength,
      1,
    ]);
    for (const r of [1, 3]) expect(row(vectors, r)).toEqual(row(vectors, 0));
    const pair = await vectorsWith(encoder, ["day \ud800 bad", "day \ufffd bad"]);
    expect(row(pair, 0)).toEqual(row(pair, 1));
  });

  it("counts what it cuts, and gives the vector of what is left [C14, E06, R24]", async () => {
    const own = await open({ maxTokens: 12 });
    const room = 12 - special;
    expect(own.maxTokens).toBe(12);
    const words = Array.from({ length: 30 }, (_, i) => WORDS[(i * 7) % 10]);
    const cut = (length: number): string => words.slice(0, length).join(" ");
    const { vectors, truncated, tokens } = await embedTexts(own, [room - 1, room, room + 1, 30].map(cut));
    expect([truncated, tokens]).toEqual([2, 4 * 12 - 1]);
    for (const r of [2, 3]) expect(row(vectors, r)).toEqual(row(vectors, 1));
    expect(row(vectors, 0)).not.toEqual(row(vectors, 1));
    expect((await embedTexts(own, ["day ".repeat(20_000)])).truncated).toBe(1);
  });

  it("scales vectors to length 1 unless asked otherwise, and changes nothing else of them", async () => {
    const scaled = await vectorsWith(encoder, VARIED);
    const plain = await vectorsWith(await open({ normalize: false }), VARIED);
    const lengths = VARIED.map((_, r) => lengthOf(plain, r));
    expect(lengths.some((length) => Math.abs(length - 1) > 0.01)).toBe(true);
    VARIED.forEach((_, r) => expect(lengthOf(scaled, r)).toBeCloseTo(1, 5));
    plain.data.forEach((x, i) => expect(scaled.data[i]).toBeCloseTo(x / lengths[Math.floor(i / width)], 5));
  });

  it("puts a prompt before every text", async () => {
    const prompted = await vectorsWith(await open({ prompt: "good " }), ["bad day", "the film"]);
    expect(prompted).toEqual(await vectorsWith(encoder, ["good bad day", "good the film"]));
  });

  it("has a fingerprint that is the same at every load, and another one for each thing that changes a vector", async () => {
    const { fingerprint } = encoder;
    const copy = join(await tempFolder(), basename(path));
    await cp(path, copy, { recursive: true });
    const { pooling, normalize, maxTokens, prompt, precision } = encoder;
    for (const same of [
      await open(),
      await open({ threads: 2 }),
      await open({}, copy),
      await open({ pooling, normalize, maxTokens, prompt, precision }),
    ])
      expect(same.fingerprint).toBe(fingerprint);
    const others = [fingerprint, (await open({}, await make(await tempFolder(), "changed"))).fingerprint];
    for (const own of kind.settings) others.push((await open(own)).fingerprint);
    expect(new Set(others).size).toBe(others.length);
    for (const own of others) expect(own).toMatch(/^[0-9a-f]{64}$/);
  });

  it("gives other vectors with each of its settings", async () => {
    const vectors = await vectorsWith(encoder, TEXTS);
    for (const own of kind.settings) expect(await vectorsWith(await open(own), TEXTS)).not.toEqual(vectors);
  });

  it.each(kind.refused)("refuses %j with %s, naming %s", async (more, code, flag) => {
    await expect(open(more)).rejects.toMatchObject({ code, message: expect.stringContaining(flag) as string });
  });

  it.each([
    [{ threads: 0 }],
    [{ threads: -1 }],
    [{ threads: 1.5 }],
    [{ threads: Number.NaN }],
    [{ maxTokens: 0 }],
    [{ maxTokens: -1 }],
    [{ maxTokens: 4.5 }],
    [{ maxTokens: Number.NaN }],
    [{ maxTokens: Infinity }],
    [{ pooling: "sum" }],
    [{ precision: "fp16" }],
  ])("refuses %j with E_USAGE, which no encoder can do", async (more) => {
    await expect(open(more as EncoderOptions)).rejects.toMatchObject({ code: "E_USAGE" });
  });

  it("may be closed twice, and then says that it is closed", async () => {
    const own = await open();
    await vectorsWith(own, ["good day"]);
    await own.close();
    await own.close();
    await expect(embedTexts(own, ["bad day"])).rejects.toThrow("closed");
    const unused = await open();
    await unused.close();
    await expect(embedTexts(unused, ["bad day"])).rejects.toThrow("closed");
  });

  it("is ended by a signal, with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(embedTexts(encoder, TEXTS, { signal })).rejects.toThrow("enough");
  });
});
