import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readLabeled } from "../../../src/dataset/labeledCorpus.js";
import { embedTexts } from "../../../src/encoder/embed/embed.js";
import { cosine, row } from "../../../src/math/matrix.js";
import { openEncoder } from "./tinyBert.js";

const FOLDER = fileURLToPath(new URL("../../../data/encoders/headstart-mini", import.meta.url));
const corpora = process.env.HEADSTART_CORPORA;

describe("the built-in encoder's folder", () => {
  it("has at most 22 MB in all its files", () => {
    const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).map((name) =>
      statSync(join(FOLDER, name)),
    );
    const bytes = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
    expect(bytes).toBeGreaterThan(1e6);
    expect(bytes).toBeLessThanOrEqual(22e6);
  });

  it("has a card that says whose child it is and under which license, and the notice has that license", () => {
    const card = readFileSync(join(FOLDER, "README.md"), "utf8");
    const [, front] = card.split(/^---$/m);
    const fields = new Map(Array.from(front.matchAll(/^(\w+): (.+)$/gm), ([, name, value]) => [name, value] as const));
    expect(Object.fromEntries(fields)).toMatchObject({
      license: "mit",
      language: "en",
      library_name: "transformers.js",
      pipeline_tag: "feature-extraction",
      base_model: "BAAI/bge-small-en-v1.5",
    });
    for (const heading of ["What it was trained on", "How good it is", "Limits", "How to make it again"]) {
      expect(card).toContain(`\n## ${heading}\n`);
    }
    const notice = readFileSync(new URL("../../../NOTICE", import.meta.url), "utf8");
    expect(notice).toContain("bge-small-en-v1.5");
    expect(notice).toContain("Permission is hereby granted, free of charge");
  });
});

describe("the built-in encoder", () => {
  const texts = [
    "I loved it",
    "a complete waste of time, sadly",
    "FREE entry! Text WIN to 80082",
    "Zoë's café — naïve?",
  ];

  it("gives in transformers.js what it gives here", async () => {
    const { env, pipeline } = await import("@xenova/transformers");
    env.allowRemoteModels = false;
    env.localModelPath = "";
    const extract = await pipeline("feature-extraction", FOLDER, { dtype: "fp32" });
    const { vectors } = await embedTexts(await openEncoder("headstart-mini"), texts);
    for (const [i, text] of texts.entries()) {
      const other = await extract(text, { pooling: "cls", normalize: true });
      expect(other.dims).toEqual([1, vectors.cols]);
      expect(cosine(row(vectors, i), other.data as Float32Array)).toBeGreaterThan(0.99999);
    }
    await extract.dispose();
  });

  it.skipIf(!corpora)("gives 512 texts of four corpora the same bits alone and in mixed batches", async () => {
    const files = [
      "tweets/tweeteval-sentiment.val.csv",
      "movies/sst2.val.csv",
      "movies/rt-polarity.csv",
      "spam/sms-spam.csv",
    ];
    const four = await Promise.all(files.map((file) => readLabeled([join(corpora!, file)], { limit: 128 })));
    const all = four.flatMap((corpus) => corpus.texts);
    expect(all).toHaveLength(512);
    const mixed = all.map((_, i) => all[(i * 37) % all.length]);
    const encoder = await openEncoder("headstart-mini");
    const { vectors } = await embedTexts(encoder, mixed, { batchTokens: 2048 });
    const alone = await embedTexts(encoder, mixed, { batchTokens: 1 });
    expect(alone.vectors.data).toEqual(vectors.data);
  });
});
