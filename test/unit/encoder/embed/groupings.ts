/** One set of texts through an encoder in different company. */

import { expect } from "vitest";
import { embedTexts } from "../../../../src/encoder/embed/embed.js";
import type { Encoder } from "../../../../src/encoder/encoder.js";
import { stackRows, takeRows, type Matrix } from "../../../../src/math/matrix.js";
import { seeded, shuffled } from "../../../../src/math/random.js";

/** `n` different texts of 1 to `longest` of these words, the same every time. */
export function variedTexts(n: number, longest: number, words: readonly string[]): string[] {
  const random = seeded(17);
  const texts = new Set<string>();
  while (texts.size < n) {
    const length = 1 + ((texts.size * 13) % longest);
    texts.add(Array.from({ length }, () => words[Math.floor(random() * words.length)]).join(" "));
  }
  return [...texts];
}

/** Vectors of texts that go through the encoder `size` at a time, in this order, each group in one batch. */
export async function inGroups(encoder: Encoder, texts: readonly string[], size: number): Promise<Matrix> {
  const parts: Matrix[] = [];
  for (let at = 0; at < texts.length; at += size) {
    const group = texts.slice(at, at + size);
    parts.push(
      (await embedTexts(encoder, group, { batchTokens: 1e9, allowBatchDependence: !encoder.dependsOnBatch })).vectors,
    );
  }
  return stackRows(encoder.width, parts);
}

/** Texts that also go through beside a long mate, four at a time: that is what takes long. */
const WITH_MATE = 16;

/**
 * Checks that texts get the same bits alone, in batches of 2, 8 and 32, in another order, and padded to the length of
 * `mate`.
 *
 * @returns their vectors
 */
export async function expectSameInAnyCompany(
  encoder: Encoder,
  texts: readonly string[],
  mate: string,
): Promise<Matrix> {
  const alone = await inGroups(encoder, texts, 1);
  const same = (vectors: Matrix, wanted: Matrix, company: string): void => {
    const differing = vectors.data.filter((value, i) => !Object.is(value, wanted.data[i])).length;
    expect(`${differing} of ${vectors.data.length} numbers differ ${company}`).toBe(
      `0 of ${wanted.data.length} numbers differ ${company}`,
    );
  };
  for (const size of [2, 8, 32]) same(await inGroups(encoder, texts, size), alone, `in batches of ${size}`);
  const order = shuffled(texts.length, seeded(5));
  const mixed = Array.from(order, (i) => texts[i]);
  same(await inGroups(encoder, mixed, 8), takeRows(alone, order), "in another order");
  for (let at = 0; at < Math.min(WITH_MATE, texts.length); at += 4) {
    const group = texts.slice(at, at + 4);
    const rows = group.map((_, i) => i);
    const padded = takeRows(await inGroups(encoder, [...group, mate], group.length + 1), rows);
    const own = rows.map((i) => at + i);
    same(padded, takeRows(alone, own), `beside a long mate, from text ${at}`);
  }
  return alone;
}
