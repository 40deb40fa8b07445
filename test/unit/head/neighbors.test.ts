import { describe, expect, it } from "vitest";
import { tensorShelf } from "../../../src/head/file/artifactTensors.js";
import { buildNeighborIndex, nearestNeighbors } from "../../../src/head/neighbors.js";
import { readNeighborIndex, writeNeighborIndex } from "../../../src/head/file/neighbors.js";
import { cosine, matrix, row } from "../../../src/math/matrix.js";
import { clouds } from "./toyRows.js";

const { x, y } = clouds(80, 8, { classes: 2, distance: 1, seed: 1 });
const texts = Array.from(y, (label, r) => `text ${r} of ${label} 😀`);
const rows = { texts, y, vectors: x };

describe("buildNeighborIndex()", () => {
  it("keeps one of equal texts, and as many as are asked for, by the seed", async () => {
    const doubled = { ...rows, texts: texts.map((text, r) => (r % 2 === 1 ? texts[r - 1].toUpperCase() : text)) };
    const kept = await buildNeighborIndex(doubled, { threads: 1 });
    expect(kept.texts).toEqual(texts.filter((_, r) => r % 2 === 0));
    expect([...kept.y]).toEqual([...y].filter((_, r) => r % 2 === 0));
    const few = await buildNeighborIndex(rows, { most: 10, seed: 3, threads: 1 });
    expect(few.texts).toHaveLength(10);
    expect(await buildNeighborIndex(rows, { most: 10, seed: 3, threads: 1 })).toEqual(few);
    expect((await buildNeighborIndex(rows, { most: 10, seed: 4, threads: 1 })).texts).not.toEqual(few.texts);
  });

  it("survives its file to the bit, and says what is wrong with a broken one", async () => {
    const kept = await buildNeighborIndex(rows, { threads: 1 });
    const file = tensorShelf(writeNeighborIndex(kept), "n");
    const shape = { rows: 80, width: 8, classes: 2 };
    expect(readNeighborIndex(file, shape)).toEqual(kept);
    expect(() => readNeighborIndex(file, { ...shape, width: 9 })).toThrow(
      '"vectors" is U8 [80, 8], expected U8 [80, 9]',
    );
    expect(() => readNeighborIndex(file, { ...shape, rows: 79 })).toThrow('"labels" is I32 [80], expected I32 [79]');
    expect(() => readNeighborIndex(file, { ...shape, classes: 1 })).toThrow(/labels that the head has not/);
  });
});

describe("locate()", () => {
  it("finds the ten nearest by cosine, nearest first", async () => {
    const kept = await buildNeighborIndex(rows, { threads: 1 });
    const query = matrix(
      1,
      8,
      row(x, 17).map((v) => 3 * v + 0.01),
    );
    const [{ nearest, distance }] = await nearestNeighbors(kept, query, { threads: 1 });
    const exact = texts.map((_, r) => cosine(row(x, r), query.data));
    const best = [...exact.keys()].sort((a, b) => exact[b] - exact[a]);
    expect(nearest).toHaveLength(10);
    expect(nearest[0].row).toBe(17);
    // 8 bits blur cosines by less than a hundredth.
    nearest.forEach(({ similarity }, i) => expect(Math.abs(similarity - exact[best[i]])).toBeLessThan(0.01));
    expect(distance).toBeCloseTo(1 - nearest.reduce((sum, n) => sum + n.similarity, 0) / 10, 6);
  });

  it("puts a text far from all at the hundredth percentile, one amid them low", async () => {
    const kept = await buildNeighborIndex(rows, { threads: 1 });
    const away = matrix(
      1,
      8,
      row(x, 0).map((_, c) => -kept.y.reduce((sum, __, r) => sum + x.data[r * 8 + c], 0)),
    );
    const [far] = await nearestNeighbors(kept, away, { threads: 1 });
    expect(far.percentile).toBe(100);
    const places = await nearestNeighbors(kept, x, { threads: 1 });
    // Rows that were kept have themselves as a neighbor, and so lie nearer than when they are left out.
    const mean = places.reduce((sum, { percentile }) => sum + percentile, 0) / places.length;
    expect(mean).toBeLessThan(50);
    expect([...kept.distances]).toEqual([...kept.distances].sort((a, b) => a - b));
  });
});
