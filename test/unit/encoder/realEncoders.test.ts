import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { embedTexts } from "../../../src/encoder/embed/embed.js";
import { cosine, matrix, row, type Matrix } from "../../../src/math/matrix.js";
import { decodeNpyHeader } from "../../../src/vectors/npy/header.js";
import { expectSameInAnyCompany, variedTexts } from "./embed/groupings.js";
import { openEncoder } from "./tinyBert.js";

/** A folder with Xenova/all-MiniLM-L6-v2 and Xenova/bge-small-en-v1.5. */
const folder = process.env.HEADSTART_ENCODERS;
const encoderAt = (name: string): string => join(folder ?? "", "Xenova", name);

const GOLDEN = fileURLToPath(new URL("../../golden/sentence-transformers", import.meta.url));

function goldenVectors(name: string): Matrix {
  const bytes = readFileSync(join(GOLDEN, `${name}.npy`));
  const { rows, cols, dataStart } = decodeNpyHeader(bytes);
  return matrix(rows, cols, new Float32Array(Uint8Array.from(bytes.subarray(dataStart)).buffer));
}

const words = "the film was a good one and I would not see it again when 7 o'clock came, said @anna #time".split(" ");

describe("a text's vector of the built-in encoder", () => {
  const texts = variedTexts(16, 60, words);

  it("has the same bits alone and in any company [E01]", async () => {
    const encoder = await openEncoder("headstart-mini", { threads: 1 });
    expect(encoder).toMatchObject({ kind: "built-in", dependsOnBatch: false, precision: "int8" });
    await expectSameInAnyCompany(encoder, texts, "night ".repeat(200));
  });

  it("has the same bits with one thread and two", async () => {
    const [one, two] = [await openEncoder("headstart-mini", { threads: 1 }), await openEncoder("headstart-mini")];
    expect((await embedTexts(two, texts)).vectors).toEqual((await embedTexts(one, texts)).vectors);
  });

  it("is there for each of its layers", async () => {
    const encoder = await openEncoder("headstart-mini", { layer: 1 });
    const last = await openEncoder("headstart-mini");
    const { vectors } = await embedTexts(encoder, ["a good film"]);
    expect(vectors.data).not.toEqual((await embedTexts(last, ["a good film"])).vectors.data);
  });
});

describe.skipIf(!folder)("vectors of real encoders [E05, R22, R29]", () => {
  const { texts, literal } = JSON.parse(readFileSync(join(GOLDEN, "texts.json"), "utf8")) as {
    readonly texts: readonly string[];
    readonly literal: readonly string[];
  };

  it.each([
    ["minilm", "all-MiniLM-L6-v2"],
    ["bge-small", "bge-small-en-v1.5"],
  ])("%s is what sentence-transformers gives, special tokens spelled out in a text too", async (name, hubName) => {
    const encoder = await openEncoder(encoderAt(hubName));
    for (const [file, all] of [
      [name, texts],
      [`${name}-literal`, literal],
    ] as const) {
      const wanted = goldenVectors(file);
      const { vectors } = await embedTexts(encoder, all);
      expect([vectors.rows, vectors.cols]).toEqual([wanted.rows, wanted.cols]);
      const cosines = all.map((_, i) => cosine(row(vectors, i), row(wanted, i)));
      expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.99999);
    }
  });

  it("MiniLM gives 64 texts the same bits alone and in any company [E01]", async () => {
    const encoder = await openEncoder(encoderAt("all-MiniLM-L6-v2"), { maxTokens: 512 });
    await expectSameInAnyCompany(encoder, variedTexts(64, 40, words), "night ".repeat(498));
  });

  it("MiniLM gives the same bits with 1, 2 and 4 threads [E02]", async () => {
    const found: Matrix[] = [];
    for (const threads of [1, 2, 4]) {
      const encoder = await openEncoder(encoderAt("all-MiniLM-L6-v2"), { threads });
      found.push((await embedTexts(encoder, texts.slice(0, 24))).vectors);
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  });

  it("MiniLM in int8 stays near fp32", async () => {
    const some = texts.slice(0, 24);
    const exact = await embedTexts(await openEncoder(encoderAt("all-MiniLM-L6-v2")), some);
    const rounded = await embedTexts(await openEncoder(encoderAt("all-MiniLM-L6-v2"), { precision: "int8" }), some);
    const cosines = some.map((_, i) => cosine(row(exact.vectors, i), row(rounded.vectors, i)));
    expect(Math.min(...cosines)).toBeGreaterThan(0.98);
    expect(Math.max(...cosines)).toBeLessThan(1);
  });
});
