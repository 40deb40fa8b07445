import { describe, expect, it } from "vitest";
import { rowGradients } from "../../../../src/tagging/model/rowGradients.js";

describe("rowGradients()", () => {
  it("adds up the gradients of the words that have a row, for each row that any has", () => {
    const rowsOfWords = [Int32Array.of(3, 1), new Int32Array(0), Int32Array.of(3)];
    const gradients = Float32Array.of(1, 2, 10, 20, 100, 200);
    const { rows, data } = rowGradients(rowsOfWords, gradients, { size: 5, width: 2 });
    expect([...rows]).toEqual([3, 1]);
    expect([...data]).toEqual([101, 202, 1, 2]);
  });
});
