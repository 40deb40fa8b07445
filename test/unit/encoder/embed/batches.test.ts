import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encoderInputs, planBatches } from "../../../../src/encoder/embed/batches.js";

const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 });
const budget = fc.integer({ min: 0, max: 200 });

describe("planBatches", () => {
  it("has every text in exactly one batch", () => {
    fc.assert(
      fc.property(lengths, budget, (all, most) => {
        const seen = planBatches(all, most).flatMap((batch) => [...batch.texts]);
        expect(seen.sort((a, b) => a - b)).toEqual(all.map((_, i) => i));
      }),
    );
  });

  it("pads each batch to its longest text and keeps to the budget unless a text is alone [R52]", () => {
    fc.assert(
      fc.property(lengths, budget, (all, most) => {
        for (const { texts, tokens } of planBatches(all, most)) {
          expect(texts.length).toBeGreaterThan(0);
          expect(tokens).toBe(Math.max(...Array.from(texts, (i) => all[i])));
          expect(texts.length === 1 || texts.length * tokens <= most).toBe(true);
        }
      }),
    );
  });

  it("costs no more than any other cut of the sorted texts, a batch counting as 16 tokens", () => {
    const few = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(few, budget, (all, most) => {
        const sorted = all.toSorted((a, b) => a - b);
        const cost = (sizes: readonly number[]): number => {
          let [sum, end] = [0, 0];
          for (const size of sizes) {
            end += size;
            sum += size === 1 || size * sorted[end - 1] <= most ? 16 + size * sorted[end - 1] : Infinity;
          }
          return sum;
        };
        // Each bit says whether a batch ends behind that text.
        const cuts = Array.from({ length: 2 ** (all.length - 1) }, (_, bits) => {
          const sizes = [1];
          for (let i = 0; i < all.length - 1; i++) {
            if ((bits >> i) % 2 === 1) sizes.push(1);
            else sizes[sizes.length - 1]++;
          }
          return cost(sizes);
        });
        expect(cost(planBatches(all, most).map(({ texts }) => texts.length))).toBe(Math.min(...cuts));
      }),
    );
  });

  it("cuts a window of equal texts into as few batches as fit, and one of two lengths between them", () => {
    const sizes = (all: readonly number[]): number[] => planBatches(all, 100).map(({ texts }) => texts.length);
    expect(sizes(Array.from({ length: 25 }, () => 10))).toEqual([10, 10, 5]);
    expect(sizes([...Array.from({ length: 6 }, () => 10), ...Array.from({ length: 3 }, () => 30)])).toEqual([6, 3]);
  });

  it("goes from short to long, equal lengths in the order given, and depends on the lengths alone", () => {
    fc.assert(
      fc.property(lengths, budget, (all, most) => {
        const batches = planBatches(all, most);
        const order = batches.flatMap((batch) => [...batch.texts]);
        const sorted = all.map((_, i) => i).sort((a, b) => all[a] - all[b] || a - b);
        expect(order).toEqual(sorted);
        expect(planBatches(Int32Array.from(all), most)).toEqual(batches);
      }),
    );
  });
});

describe("encoderInputs", () => {
  it("pads at the end with the id for it and masks the padding", () => {
    const tokens = [[5, 6, 7], [1], [8, 9]].map((ids) => ({ ids, truncated: false, empty: false, unknown: 0 }));
    const batch = { texts: Int32Array.of(2, 0), tokens: 4 };
    const ports = { ids: "i", mask: "m", segments: "s", hidden: "h", width: 1 };
    const { mask, feeds } = encoderInputs(batch, tokens, { ports, padId: 77 });
    expect(mask).toEqual(BigInt64Array.of(1n, 1n, 0n, 0n, 1n, 1n, 1n, 0n));
    const dims = [2, 4];
    const [i, m, s] = [
      ["i", { data: BigInt64Array.of(8n, 9n, 77n, 77n, 5n, 6n, 7n, 77n), dims }],
      ["m", { data: mask, dims }],
      ["s", { data: new BigInt64Array(8), dims }],
    ] as const;
    expect([...feeds]).toEqual([i, m, s]);
    const two = encoderInputs(batch, tokens, { ports: { ...ports, segments: undefined }, padId: 77 });
    expect([...two.feeds]).toEqual([i, m]);
  });
});
