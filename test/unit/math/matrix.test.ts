import { describe, expect, it } from "vitest";
import { cosine, matrix, row, stackRows, takeRows } from "../../../src/math/matrix.js";

const numbers = matrix(3, 2, Float32Array.of(1, 2, 3, 4, 5, 6));

describe("matrix", () => {
  it("matrix() keeps the array it is given, makes zeros without one, and refuses another length", () => {
    const data = Float32Array.of(1, 2);
    expect(matrix(1, 2, data).data).toBe(data);
    expect([...matrix(2, 2).data]).toEqual([0, 0, 0, 0]);
    expect(() => matrix(2, 2, data)).toThrow(RangeError);
  });

  it("row() is a view, takeRows() a copy in the order asked for", () => {
    expect([...row(numbers, 1)]).toEqual([3, 4]);
    expect(row(numbers, 1).buffer).toBe(numbers.data.buffer);
    const taken = takeRows(numbers, [2, 0, 2]);
    expect(taken).toEqual(matrix(3, 2, Float32Array.of(5, 6, 1, 2, 5, 6)));
    taken.data.fill(0);
    expect([...numbers.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(takeRows(numbers, [])).toEqual(matrix(0, 2));
  });

  it("stackRows() puts rows one after the other and refuses another width", () => {
    const stacked = stackRows(2, [takeRows(numbers, [0]), matrix(0, 2), takeRows(numbers, [2])]);
    expect(stacked).toEqual(matrix(2, 2, Float32Array.of(1, 2, 5, 6)));
    expect(stackRows(4, [])).toEqual(matrix(0, 4));
    expect(() => stackRows(2, [matrix(1, 3)])).toThrow(RangeError);
  });

  it("cosine() is 1, 0 and -1 for same, right and opposite directions, whatever the lengths, and 0 for zero", () => {
    expect(cosine([1, 2], [10, 20])).toBeCloseTo(1, 15);
    expect(cosine([1, 2], [-2, 1])).toBe(0);
    expect(cosine([1, 2], [-3, -6])).toBeCloseTo(-1, 15);
    expect(cosine([0, 0], [1, 2])).toBe(0);
  });
});
