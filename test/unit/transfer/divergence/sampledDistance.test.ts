import { describe, expect, it } from "vitest";
import { proxyADistance } from "../../../../src/transfer/divergence/proxyA.js";
import { drawSides, sampledDistance } from "../../../../src/transfer/divergence/sampledDistance.js";
import { seeded } from "../../../../src/math/random.js";
import { clouds } from "../../head/toyRows.js";

const domain = (rows: number, seed: number) => ({
  texts: Array.from({ length: rows }, (_, r) => `row ${r} of ${seed}`),
  vectors: clouds(rows, 16, { classes: 1, seed }).x,
});

describe("sampledDistance()", () => {
  it("is the proxy A-distance of equally many rows of each domain", async () => {
    const domains = [domain(60, 1), domain(90, 2)] as const;
    const rows = drawSides(domains, 60, seeded(3));
    expect(rows.texts.filter((text) => text.endsWith("of 2")).length).toBe(60);
    const sides = Int32Array.from(rows.texts, (text) => (text.endsWith("of 1") ? 0 : 1));
    const distance = await proxyADistance(rows, sides, { seed: 3, threads: 1 });
    expect(await sampledDistance(domains, { seed: 3, threads: 1 })).toBe(distance);
  });

  it("is not known of fewer rows than it needs", async () => {
    const domains = [domain(40, 1), domain(3, 2)] as const;
    expect(await sampledDistance(domains, { seed: 1, threads: 1 })).toBeNull();
    const more = [domain(40, 1), domain(49, 2)] as const;
    expect(await sampledDistance(more, { seed: 1, threads: 1, least: 50 })).toBeNull();
  });
});

describe("drawSides()", () => {
  it("keeps each text with its vector", () => {
    const one = domain(20, 1);
    const { texts, vectors } = drawSides([one, domain(9, 2)], 9, seeded(1));
    texts.slice(0, 9).forEach((text, r) => {
      const from = one.texts.indexOf(text);
      expect(vectors.data.subarray(r * 16, (r + 1) * 16)).toEqual(
        one.vectors.data.subarray(from * 16, (from + 1) * 16),
      );
    });
  });
});
