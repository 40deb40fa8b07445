import { describe, expect, it } from "vitest";
import {
  count,
  counted,
  decimals,
  duration,
  percent,
  range,
  rows,
  signed,
  sizeText,
  tauText,
} from "../../../src/text/numbers.js";

describe("decimals()", () => {
  it("has three of them and no negative zero", () => {
    expect([0.12345, 1, -0.0004, -0.1].map(decimals)).toEqual(["0.123", "1.000", "0.000", "-0.100"]);
    expect(range([0.1, 0.25])).toBe("0.100 to 0.250");
  });
});

describe("signed()", () => {
  it("always has a sign, except for what rounds to zero", () => {
    expect([0.012, -0.012, 0, -0.0004, 0.0004].map(signed)).toEqual(["+0.012", "−0.012", "0.000", "0.000", "0.000"]);
  });
});

describe("count()", () => {
  it("puts commas between thousands", () => {
    expect([0, 999, 1000, 12284, 1234567].map(count)).toEqual(["0", "999", "1,000", "12,284", "1,234,567"]);
    expect([counted(1, "row"), counted(2000, "row"), rows(2000)]).toEqual([
      "1 row",
      "2,000 rows",
      "n\u00a0=\u00a02,000",
    ]);
  });
});

describe("percent()", () => {
  it("says nothing and all only where it is so", () => {
    const shown = [0, 0.0004, 0.034, 0.0999, 0.62, 0.999, 1].map((share) => percent(share).replaceAll("\u00a0", " "));
    expect(shown).toEqual(["0 %", "< 0.1 %", "3.4 %", "10 %", "62 %", "> 99 %", "100 %"]);
  });
});

describe("duration()", () => {
  it("goes from tenths to minutes", () => {
    expect([0.42, 12.4, 200].map(duration)).toEqual(["0.4 s", "12 s", "3 min 20 s"]);
  });
});

describe("sizeText()", () => {
  it("has a tenth of the largest unit that fits", () => {
    expect([0, 999, 1000, 12_300_000, 2e9, 3.25e12].map(sizeText)).toEqual([
      "0 B",
      "999 B",
      "1.0 kB",
      "12.3 MB",
      "2.0 GB",
      "3.3 TB",
    ]);
  });
});

describe("tauText()", () => {
  it("has a minus sign as long as a plus, never before nothing, and a word where there is no order", () => {
    expect([-0.5, 0.123, -0.001, 1, null].map(tauText)).toEqual(["\u22120.50", "0.12", "0.00", "1.00", "not defined"]);
  });
});
