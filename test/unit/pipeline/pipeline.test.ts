import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { classifierPipeline } from "../../../src/pipeline/classifier.js";
import { encodingOf } from "../../../src/pipeline/encoding.js";
import { loadPipeline } from "../../../src/pipeline/load.js";
import { train } from "../../../src/pipeline/train/train.js";
import type { ClassifierPipeline, TaggerPipeline } from "../../../src/pipeline/pipeline.js";
import type { VectorCache } from "../../../src/store/cache/vectorCache.js";
import { letterEncoder } from "../embedding/letterEncoder.js";
import { QUICK, toyRows, toySentences } from "./toyRows.js";

let folder: string;
let classifier: ClassifierPipeline;
let tagger: TaggerPipeline;
const place = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headstart-pipeline-"));
  const model = await train(toyRows(), { ...QUICK, explainable: true });
  await model.save(place("classifier"));
  await model.close();
  const taggers = await train(toySentences(), { ...QUICK, task: "ner", epochs: 2 });
  await taggers.save(place("tagger"));
  await taggers.close();
  classifier = await loadPipeline(place("classifier"), { kind: "classifier", threads: 1 });
  tagger = await loadPipeline(place("tagger"), { kind: "tagger", threads: 1 });
});
afterAll(async () => {
  await classifier.close();
  await tagger.close();
  await rm(folder, { recursive: true, force: true });
});

describe("loadPipeline()", () => {
  it("refuses a head of another kind than was asked for, naming both", async () => {
    await expect(loadPipeline(place("tagger"), { kind: "classifier" })).rejects.toMatchObject({
      code: "E_HEAD_MISMATCH",
      message: expect.stringMatching(/"tagger", not "classifier"/) as string,
    });
    await expect(loadPipeline("sentiment", { kind: "multi-label" })).rejects.toMatchObject({ code: "E_HEAD_MISMATCH" });
  });

  it("refuses an encoder that the head was not trained with, and a head that is not there", async () => {
    const encoder = "headstart-mini";
    await expect(loadPipeline(place("classifier"), { encoder })).rejects.toMatchObject({ code: "E_HEAD_MISMATCH" });
    await expect(loadPipeline(place("nowhere"))).rejects.toMatchObject({ code: "E_HEAD_MISSING" });
  });
});

describe("predict()", () => {
  it.each([
    ["a sun", /not one text\. Write \["a sun"\]/],
    [{ 0: "a" }, /not an object/],
    [undefined, /not undefined/],
    [["a", 3], /number 2 is a number/],
    [["a", ["b"]], /number 2 is a list/],
  ])("refuses %j, which is no list of texts", async (given, says) => {
    const refusal = { code: "E_USAGE", message: expect.stringMatching(says) as string };
    await expect(classifier.predict(given as string[])).rejects.toMatchObject(refusal);
    await expect(tagger.predict(given as string[])).rejects.toMatchObject(refusal);
  });

  it("gives nothing for no texts", async () => {
    expect(await classifier.predict([])).toEqual([]);
    expect(await tagger.predict([])).toEqual([]);
  });

  it("reports what went through the encoder, of a tagger too", async () => {
    for (const pipeline of [classifier, tagger]) {
      const counts: unknown[] = [];
      await pipeline.predict(["Ada was here"], { onEncoded: (own) => counts.push(own) });
      expect(counts).toEqual([expect.objectContaining({ texts: 1, cached: 0, hasCache: false })]);
    }
  });
});

describe("explain()", () => {
  it("names the label that predict() gives, its words, and the nearest training texts", async () => {
    const text = "a lovely sun";
    const [prediction] = await classifier.predict([text], { explain: true });
    const explanation = await classifier.explain(text);
    expect(prediction.explanation).toEqual(explanation);
    expect(explanation.label).toBe(prediction.label);
    expect(explanation.words.map((word) => text.slice(word.start, word.end)).sort()).toEqual(["a", "lovely", "sun"]);
    expect(explanation.neighbors).toHaveLength(5);
  });

  it("refuses what is no text", async () => {
    await expect(classifier.explain(["a"] as unknown as string)).rejects.toMatchObject({ code: "E_USAGE" });
  });
});

describe("evaluate()", () => {
  it("gives the rows that were predicted wrongly, with their line", async () => {
    const rows = toyRows(10).map(({ text, label }, i) => ({ text: `${text} anew`, label: i === 4 ? "bad" : label }));
    const right = await classifier.predict(rows.map(({ text }) => text));
    const wrong = rows.flatMap(({ label }, i) => (right[i].label === label ? [] : [i + 1]));
    const { mistakes, n, kind } = await classifier.evaluate(rows);
    expect([kind, n]).toEqual(["classifier", 10]);
    expect(mistakes.map(({ line }) => line).sort((a, b) => a - b)).toEqual(wrong);
    expect(wrong).toContain(5);
  });

  it("refuses a label that the head does not know, before anything is embedded", async () => {
    let encoded = false;
    const evaluation = classifier.evaluate([{ text: "a", label: "odd" }], { onProgress: () => (encoded = true) });
    await expect(evaluation).rejects.toMatchObject({ code: "E_LABEL_MAP" });
    expect(encoded).toBe(false);
  });
});

describe("close()", () => {
  /** An encoder and a cache that note their end. */
  function closables(): { readonly parts: Parameters<typeof encodingOf>[0]; readonly closed: string[] } {
    const closed: string[] = [];
    const encoder = { ...letterEncoder().encoder, close: async () => void closed.push("encoder") };
    const cache: VectorCache = {
      size: 0,
      get: (texts) => texts.map(() => undefined),
      put: async () => {},
      close: async () => void closed.push("cache"),
    };
    return { parts: { encoder, openCache: async () => cache }, closed };
  }

  const head = {
    kind: "logistic",
    labels: ["a", "b"],
    weights: new Float32Array(8),
    bias: new Float32Array(2),
  } as never;

  it("ends an encoder that is open, also when nothing was predicted", async () => {
    const { parts, closed } = closables();
    const saved = { name: "own", head, loadNeighbors: async () => undefined } as never;
    await classifierPipeline(saved, parts).close();
    expect(closed).toEqual(["encoder"]);
  });

  it("closes the cache, then the encoder", async () => {
    const { parts, closed } = closables();
    const { open, close } = encodingOf(parts);
    await open();
    await close();
    expect(closed).toEqual(["cache", "encoder"]);
  });

  it("opens no encoder that was never needed", async () => {
    let opened = 0;
    const { parts } = closables();
    await encodingOf({ encoder: async () => (opened++, letterEncoder().encoder), openCache: parts.openCache }).close();
    expect(opened).toBe(0);
  });

  it("ends the encoder where the cache cannot be opened", async () => {
    const { parts, closed } = closables();
    const { open, close } = encodingOf({ ...parts, openCache: () => Promise.reject(new Error("no cache")) });
    await expect(open()).rejects.toThrow("no cache");
    await close();
    expect(closed).toEqual(["encoder"]);
  });

  it("leaves no lock in a cache that nothing was put into", async () => {
    const cache = place("cache");
    const pipeline = await loadPipeline(place("classifier"), { cache, threads: 1 });
    await pipeline.close();
    expect(existsSync(cache)).toBe(false);
  });
});
