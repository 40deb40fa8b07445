import { describe, expect, it } from "vitest";
import { seeded } from "../../../../src/math/random.js";
import { floatText } from "../../../../src/vectors/jsonl/floatText.js";

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

describe("floatText()", () => {
  it("reads back as the same float32, bit for bit, over all exponents", () => {
    const random = seeded(5);
    for (let i = 0; i < 100_000; i++) {
      bits[0] = random() * 2 ** 32;
      const value = floats[0];
      if (!Number.isFinite(value)) continue;
      expect(Object.is(Math.fround(JSON.parse(floatText(value)) as number), value), `${value}`).toBe(true);
    }
  });

  it("is the shortest such text", () => {
    const random = seeded(6);
    for (let i = 0; i < 20_000; i++) {
      const value = Math.fround((random() - 0.5) * 10 ** (8 - Math.floor(random() * 20)));
      let digits = 1;
      while (Math.fround(Number(value.toPrecision(digits))) !== value) digits++;
      const written = floatText(value)
        .replace(/e.*/, "")
        .replace(/[-.]/g, "")
        .replace(/^0+|0+$/g, "");
      expect(written.length, `${value}`).toBeLessThanOrEqual(digits);
    }
  });

  it("writes plain numbers plainly and keeps the sign of zero", () => {
    const given = [0.1, 0.5, -0.25, 1, 1000, 16777216, 1e-7, 0, -0];
    const texts = ["0.1", "0.5", "-0.25", "1", "1000", "16777216", "1e-7", "0", "-0"];
    expect(given.map((x) => floatText(Math.fround(x)))).toEqual(texts);
  });
});
