import { describe, expect, it } from "vitest";
import { matrix } from "../../../src/math/matrix.js";
import { seeded } from "../../../src/math/random.js";
import { cosineMeter, restoreVectors, storeVectors } from "../../../src/vectors/storedVectors.js";

const random = seeded(3);
const vectors = matrix(
  20,
  16,
  Float32Array.from({ length: 320 }, () => random() - 0.5),
);

describe("storeVectors()", () => {
  it("keeps fp32 as it is", () => {
    expect(restoreVectors(storeVectors(vectors, "fp32"), 16)).toEqual(vectors.data);
  });

  it("is within half a unit in the last place for fp16, half a scale for int8", () => {
    const half = restoreVectors(storeVectors(vectors, "fp16"), 16);
    vectors.data.forEach((x, i) =>
      expect(Math.abs(half[i] - x)).toBeLessThanOrEqual(Math.abs(x) * 2 ** -11 + 2 ** -25),
    );
    const stored = storeVectors(vectors, "int8");
    const bytes = restoreVectors(stored, 16);
    if (stored.kind !== "int8") throw new Error("kind");
    vectors.data.forEach((x, i) => expect(Math.abs(bytes[i] - x)).toBeLessThanOrEqual(stored.scales[i >> 4] * 0.5001));
    for (let r = 0; r < 20; r++) {
      expect(Math.max(...stored.values.subarray(r * 16, r * 16 + 16).map(Math.abs))).toBe(127);
    }
  });

  it("keeps zero and the tiniest vectors finite", () => {
    const tiny = matrix(2, 2, Float32Array.of(0, 0, 1e-45, 0));
    expect([...restoreVectors(storeVectors(tiny, "int8"), 2)]).toEqual([0, 0, 0, 0]);
  });

  it("does not write to what it is given", () => {
    const copy = vectors.data.slice();
    for (const kind of ["fp16", "int8"] as const) storeVectors(vectors, kind);
    expect(vectors.data).toEqual(copy);
  });
});

describe("cosineMeter()", () => {
  it("tells the mean and the worst row", () => {
    const meter = cosineMeter();
    expect(meter.result()).toBeUndefined();
    const given = matrix(3, 2, Float32Array.of(1, 0, 0, 0, 1, 1));
    meter.add(given, { kind: "fp32", values: Float32Array.of(2, 0, 0, 0, 1, 0) });
    const result = meter.result();
    expect(result?.n).toBe(3);
    expect(result?.min).toBeCloseTo(Math.SQRT1_2, 12);
    expect(result?.mean).toBeCloseTo((2 + Math.SQRT1_2) / 3, 12);
  });
});
