import { describe, expect, it } from "vitest";
import { studentT975 } from "../../../src/math/studentT.js";

describe("studentT975()", () => {
  it.each([
    [3, 3.182, 1],
    [5, 2.5706, 2],
    [7, 2.3646, 2],
    [15, 2.1314, 3],
    [30, 2.0423, 3],
    [1000, 1.9623, 3],
    [Infinity, 1.96, 4],
  ])("of %d degrees of freedom is that of the tables", (freedom, wanted, digits) => {
    expect(studentT975(freedom)).toBeCloseTo(wanted, digits);
  });
});
