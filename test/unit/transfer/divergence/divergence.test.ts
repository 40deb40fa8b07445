import { describe, expect, it } from "vitest";
import { matrix, takeRows } from "../../../../src/math/matrix.js";
import { divergenceOf } from "../../../../src/transfer/divergence/divergence.js";
import type { DomainRows } from "../../../../src/transfer/divergence/proxyA.js";
import { clouds } from "../../head/toyRows.js";

const domain = (rows: number, seed: number, words = "film was fine"): DomainRows => ({
  texts: Array.from({ length: rows }, (_, r) => `${words} ${seed}${r}`),
  vectors: clouds(rows, 64, { classes: 1, seed }).x,
});

const OPTIONS = { threads: 1, deals: 1 } as const;

describe("divergenceOf", () => {
  it("is nothing between a corpus and itself, in any order", async () => {
    const one = domain(80, 1);
    const found = await divergenceOf(one, one, OPTIONS);
    expect(found.jensenShannon).toBeCloseTo(0, 12);
    expect(found.vocabularySeen).toBe(1);
    expect(found.proxyA).toBeCloseTo(0, 12);
    const back = [...one.texts.keys()].reverse();
    const reversed = { texts: back.map((r) => one.texts[r]), vectors: takeRows(one.vectors, back) };
    expect((await divergenceOf(one, reversed, OPTIONS)).proxyA).toBeCloseTo(0, 12);
  });

  it("counts each text of a side once", async () => {
    const [source, target] = [domain(60, 1), domain(60, 2)];
    const twice = ({ texts, vectors }: DomainRows): DomainRows => ({
      texts: [...texts, ...texts.map((text) => text.toUpperCase())],
      vectors: takeRows(vectors, [...texts.keys(), ...texts.keys()]),
    });
    const once = await divergenceOf(source, target, OPTIONS);
    expect(once.n).toMatchObject({ source: 60, target: 60 });
    expect(await divergenceOf(twice(source), twice(target), OPTIONS)).toEqual(once);
  });

  it("is small between two halves of one corpus", async () => {
    const { texts, vectors } = domain(400, 1);
    const half = (first: boolean): DomainRows => {
      const rows = [...texts.keys()].filter((r) => r % 4 < 2 === first);
      return { texts: rows.map((r) => texts[r]), vectors: takeRows(vectors, rows) };
    };
    const found = await divergenceOf(half(true), half(false), OPTIONS);
    expect(Math.abs(found.proxyA)).toBeLessThan(0.4);
    expect(found.vocabularySeen).toBeCloseTo(3 / 203, 12);
  });

  it("is near its largest where vectors lie apart and no word is shared", async () => {
    const found = await divergenceOf(domain(80, 1), domain(80, 2, "train came late"), OPTIONS);
    expect(found.proxyA).toBeGreaterThan(1.9);
    expect(found.jensenShannon).toBeCloseTo(1, 12);
    expect(found.vocabularySeen).toBe(0);
  });

  it("weighs words by how often they come: hand-made frequencies", async () => {
    const vectors = matrix(1, 2);
    const { jensenShannon, vocabularySeen } = await divergenceOf(
      { texts: ["a a a b"], vectors },
      { texts: ["a c"], vectors },
      OPTIONS,
    );
    // p = (3/4, 1/4, 0), q = (1/2, 0, 1/2), m = (5/8, 1/8, 1/4)
    const wanted =
      (0.75 * Math.log2(0.75 / 0.625) + 0.25 * Math.log2(2) + 0.5 * Math.log2(0.5 / 0.625) + 0.5 * Math.log2(2)) / 2;
    expect(jensenShannon).toBeCloseTo(wanted, 12);
    expect(vocabularySeen).toBe(0.5);
  });

  it("is defined for corpora too small to tell and for texts without words", async () => {
    const few = domain(3, 1);
    expect((await divergenceOf(few, domain(80, 2), OPTIONS)).proxyA).toBe(0);
    const blank: DomainRows = { texts: ["", " "], vectors: matrix(2, 64) };
    const found = await divergenceOf(blank, blank, OPTIONS);
    const n = { source: 1, target: 1, perSideOfProxyA: 1 };
    expect(found).toMatchObject({
      proxyA: 0,
      proxyACentred: 0,
      mmd: 0,
      frechet: 0,
      words: [],
      jensenShannon: 0,
      vocabularySeen: 0,
      n,
      underNull: null,
    });
  });

  it("takes as many rows of the larger side as the smaller has, the same ones for the same seed", async () => {
    const [small, large] = [domain(30, 1), domain(200, 2)];
    const found = await divergenceOf(small, large, OPTIONS);
    expect(await divergenceOf(small, large, OPTIONS)).toEqual(found);
    expect(found.proxyA).toBeGreaterThan(1.5);
  });

  it("knows what each number is for two sides of one corpus: most of it where rows are few", async () => {
    const texts = (n: number, about: string): string[] =>
      Array.from({ length: n }, (_, r) => `${about} ${about}${r % 9} ${(r * 104729) % 991}`);
    const one = { texts: texts(60, "film"), vectors: clouds(60, 8, { classes: 1, seed: 1 }).x };
    const same = { texts: texts(60, "film").reverse(), vectors: clouds(60, 8, { classes: 1, seed: 1 }).x };
    const other = { texts: texts(70, "train"), vectors: clouds(70, 8, { classes: 1, seed: 2, distance: 3 }).x };
    const near = await divergenceOf(one, same, { threads: 1 });
    expect(near.underNull?.jensenShannon.mean).toBeGreaterThan(0.1);
    for (const { p } of Object.values(near.underNull ?? {})) expect(p).toBeGreaterThan(0.05);
    const far = await divergenceOf(one, other, { threads: 1 });
    expect(far.n).toEqual({ source: 60, target: 70, perSideOfProxyA: 60 });
    expect(far.underNull?.proxyA).toMatchObject({ p: 1 / 40 });
    expect(far.underNull?.jensenShannon.p).toBe(1 / 40);
    expect(Math.abs(far.underNull?.proxyA.mean ?? NaN)).toBeLessThan(0.3);
  });

  it("calls one corpus two in no more than 5 % of draws", async () => {
    let called = 0;
    const DRAWS = 10;
    for (let draw = 0; draw < DRAWS; draw++) {
      const side = (seed: number): DomainRows => ({
        texts: Array.from({ length: 50 }, (_, r) => `w${(seed * 50 + r) % 37} w${(seed * 31 + r * r) % 41}`),
        vectors: clouds(50, 2, { classes: 1, distance: 0, seed }).x,
      });
      const { underNull } = await divergenceOf(side(2 * draw + 1), side(2 * draw + 2), { threads: 1, deals: 19 });
      if ((underNull?.proxyA.p ?? 1) <= 0.05) called++;
    }
    // Of 10 draws at 5 %, 5 or more come in fewer than 1 of 10,000.
    expect(called).toBeLessThan(5);
  });
});
