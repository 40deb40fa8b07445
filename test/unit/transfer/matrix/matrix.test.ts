import { describe, expect, it } from "vitest";
import { parseLabelMap } from "../../../../src/dataset/labelMap.js";
import { transferMatrix } from "../../../../src/transfer/matrix/matrix.js";
import type { MatrixCell, MatrixResult } from "../../../../src/transfer/matrix/record.js";
import { cloud, flipped } from "./clouds.js";

const named = (name: string, rows: ReturnType<typeof cloud>) => ({ name, rows });
const cellOf = ({ cells }: MatrixResult, source: string, target: string): MatrixCell =>
  cells.find((cell) => cell.source === source && cell.target === target)!;

describe("transferMatrix()", () => {
  it("gives every ordered pair of domains once, and each domain by itself", async () => {
    const result = await transferMatrix(
      ["a", "b", "c"].map((name, seed) => named(name, cloud(60, { seed }))),
      { seed: 1, threads: 1 },
    );
    expect(result.domains.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(result.cells.map(({ source, target }) => source + target)).toEqual(["ab", "ac", "ba", "bc", "ca", "cb"]);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    for (const { n, p, macroF1, interval95 } of result.cells) {
      expect(n).toBe(12);
      expect(p).toBeGreaterThan(0);
      expect(interval95![0]).toBeLessThanOrEqual(macroF1!);
      expect(interval95![1]).toBeGreaterThanOrEqual(macroF1!);
    }
    expect(cellOf(result, "a", "b").distance).toBeNull();
  });

  it("finds no drop to a copy of the domain, and calls a source with flipped labels harmful", async () => {
    const own = cloud(160, { seed: 3 });
    const other = flipped(cloud(640, { seed: 4 }));
    const result = await transferMatrix([named("own", own), named("copy", own), named("flipped", other)], {
      seed: 1,
      threads: 1,
    });
    const copy = cellOf(result, "own", "copy");
    expect(copy.drop).toBe(0);
    expect(copy.macroF1).toBe(result.domains[1].macroF1);
    expect(["positive", "neutral"]).toContain(copy.call);
    const cell = cellOf(result, "flipped", "own");
    expect(cell).toMatchObject({ call: "negative", because: expect.stringContaining("lowers macro-F1") });
    expect(cell.p).toBeLessThan(0.05);
    expect(cell.drop).toBeGreaterThan(0.4);
    expect(result.summary.targets.find(({ target }) => target === "own")).toMatchObject({
      best: "copy",
      harmed: ["flipped"],
    });
    expect(result.summary.sources.at(-1)?.source).toBe("flipped");
  });

  it("is the same whatever the order of the domains, with one distance both ways", async () => {
    const domains = [
      named("a", cloud(160, { seed: 5 })),
      named("b", cloud(200, { seed: 6, moved: 4 })),
      named("c", cloud(160, { seed: 7, moved: 1 })),
    ];
    const [one, other] = [
      await transferMatrix(domains, { seed: 2, threads: 1 }),
      await transferMatrix([...domains].reverse(), { seed: 2, threads: 1 }),
    ];
    expect(cellOf(one, "a", "b").distance).toBe(cellOf(one, "b", "a").distance);
    expect(cellOf(one, "a", "b").distance).toBeGreaterThan(cellOf(one, "a", "c").distance!);
    for (const cell of one.cells) {
      const same = cellOf(other, cell.source, cell.target);
      expect(same).toMatchObject({ macroF1: cell.macroF1, drop: cell.drop, distance: cell.distance, call: cell.call });
    }
  });

  it("gives no number for domains whose labels differ, and says with which map they can be compared", async () => {
    const b = cloud(60, { seed: 9 });
    const labels = b.labels.map((label, r) => (r % 3 === 0 ? "maybe" : label));
    const result = await transferMatrix(
      [named("a", cloud(60, { seed: 8 })), named("b", { ...b, labels }), named("c", cloud(60, { seed: 10 }))],
      { seed: 1, threads: 1, map: parseLabelMap("x=drop") },
    );
    expect(cellOf(result, "a", "b")).toMatchObject({
      macroF1: null,
      accuracy: null,
      drop: null,
      forecast: null,
      call: "unknown",
      because: expect.stringMatching(/^not comparable: b has labels .*"maybe".*--map "x=drop,maybe=drop"/),
    });
    expect(cellOf(result, "a", "c").macroF1).not.toBeNull();
    expect(result.summary.agreement?.n).toBe(2);
    expect(result.summary.targets[1]).toMatchObject({ target: "b", best: null, helped: [] });
  });

  it("says of the forecasts how far they were off, and that they are no test where their width was fitted", async () => {
    const domains = [12, 13, 14].map((seed) => named(`d${seed}`, cloud(60, { seed })));
    const { cells, summary } = await transferMatrix(domains, { seed: 1, threads: 1 });
    const off = cells.map(({ accuracy, forecast }) => Math.abs(accuracy! - forecast!.accuracy));
    const mean = off.reduce((sum, error) => sum + error, 0) / off.length;
    expect(summary.agreement).toMatchObject({ n: 6, meanAbsoluteError: expect.closeTo(mean, 12) });
    const said = summary.says.at(-1)!;
    expect(said).toContain(`off by ${(100 * mean).toFixed(1)} points of accuracy on average`);
    expect(said).toMatch(/of 6 pairs inside .* the width was fitted on ten domains .* is no test on those/);
  });

  it("scores no row of which the source has a near duplicate, and warns of many", async () => {
    const [a, b] = [cloud(100, { seed: 11 }), cloud(100, { seed: 12 })];
    const shared = { ...b, texts: b.texts.map((text, r) => (r < 50 ? a.texts[99 - r] : text)) };
    const result = await transferMatrix([named("a", a), named("b", shared)], { seed: 1, threads: 1 });
    const { n } = cellOf(result, "a", "b");
    expect(n).toBeLessThan(20);
    expect(n).toBeGreaterThan(0);
    expect(result.warnings.join("\n")).toMatch(/^a to b: .* near duplicates/m);
  });

  it("warns of a copy of a domain, and of two domains says nothing of which is the better source", async () => {
    const rows = cloud(60, { seed: 3 });
    const { warnings, summary } = await transferMatrix([named("own", rows), named("copy", rows)], {
      seed: 1,
      threads: 1,
    });
    expect(warnings.filter((one) => one.includes("not a transfer experiment"))).toHaveLength(2);
    expect(summary.says.join("; ")).not.toMatch(/on average the head|rank correlation/);
    expect(summary.agreement?.n).toBe(2);
  });

  it("rarely calls a source that adds nothing, all pairs together", async () => {
    const domains = [0, 1, 2].map((d) => named(`d${d}`, cloud(400, { seed: 100 + d })));
    const { cells } = await transferMatrix(domains, { seed: 1, threads: 1 });
    expect(cells.filter(({ call }) => call !== "neutral")).toEqual([]);
  });
});
