import { describe, expect, it } from "vitest";
import { csvLine } from "../../../../src/formats/csv.js";
import { matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";
import { suggestionsFile } from "../../../../src/transfer/suggest/suggestions.js";
import { suggestRows, type Pool } from "../../../../src/transfer/suggest/suggestRows.js";

/** Rows around as many corners as there are sizes, and heads that know nothing of them. */
function clusters(sizes: readonly number[]): Pool & { readonly corner: readonly number[] } {
  const random = seeded(3);
  const corner = sizes.flatMap((n, c) => Array.from({ length: n }, () => c));
  const data = corner.flatMap((c) => sizes.map((_, j) => (j === c ? 10 : 0) + random()));
  return {
    corner,
    texts: corner.map((c, i) => `row ${i} of ${c}`),
    vectors: matrix(corner.length, sizes.length, Float32Array.from(data)),
    probabilities: new Float64Array(2 * corner.length).fill(0.5),
  };
}

describe("suggestRows()", () => {
  it("takes one row of each cluster, that of the largest first", () => {
    const pool = clusters([5, 40, 20, 10]);
    const rows = suggestRows(pool, { count: 4, labeled: [], seed: 1 });
    expect([...rows].map((r) => pool.corner[r])).toEqual([1, 2, 3, 0]);
  });

  it("takes no text twice, and none that has a label", () => {
    const pool = clusters([6, 6]);
    const texts = pool.texts.map((text, i) => (i < 4 ? "The same!" : text));
    const rows = suggestRows({ ...pool, texts }, { count: 50, labeled: ["ROW 5 of 0", "unknown"], seed: 1 });
    expect([...rows].sort((a, b) => a - b)).toEqual([0, 4, 6, 7, 8, 9, 10, 11]);
  });

  it("gives the same rows for the same seed, and none of an empty pool", () => {
    const pool = clusters([9, 9, 9]);
    const options = { count: 5, labeled: [], seed: 4, weigh: "uncertainty" } as const;
    expect(suggestRows(pool, options)).toEqual(suggestRows(pool, options));
    expect(suggestRows({ ...clusters([]), vectors: matrix(0, 3) }, options)).toHaveLength(0);
  });
});

describe("suggestionsFile()", () => {
  it("has an empty label, and names of its own for what the columns of the corpus are called", () => {
    const row = { file: "b.csv", line: 7, text: 'so, "good"', predicted: "bad", probability: 0.61234 };
    const file = suggestionsFile({ textColumn: "line", labelColumn: "predicted", rows: [row] });
    expect(file).toBe(
      csvLine(["line", "predicted", "file", "suggested_line", "suggested_predicted", "probability"]) +
        csvLine(['so, "good"', null, "b.csv", 7, "bad", "0.612"]),
    );
  });
});
