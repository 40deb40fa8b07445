import { describe, expect, it } from "vitest";
import { seeded } from "../../../src/math/random.js";
import { thresholdText } from "../../../src/text/numbers.js";

describe("thresholdText()", () => {
  it("shows three decimals where these are exact, and more where rounding would tell a lie", () => {
    expect([0.5, 0.9, 0.99, 1, 0].map(thresholdText)).toEqual(["0.500", "0.900", "0.990", "1.000", "0.000"]);
    expect(thresholdText(0.99998)).toBe("0.99998");
    expect(Number(thresholdText(1 - 2 ** -53))).toBeLessThan(1);
  });

  it("gives what selects the same rows when it is copied: never less, and hardly more", () => {
    const random = seeded(1);
    for (let i = 0; i < 2000; i++) {
      const threshold = i % 2 === 0 ? random() : 1 - random() ** 8;
      const copied = Number(thresholdText(threshold));
      expect(copied).toBeGreaterThanOrEqual(threshold);
      expect(copied - threshold).toBeLessThanOrEqual(Math.min(threshold, 1 - threshold) / 1000);
    }
  });
});
