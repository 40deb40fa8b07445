import { expect, test } from "vitest";
import { ReusedRows } from "../../../../src/onnx/runtime/bufferPool.js";

test("memory that was given back is taken again, for fewer numbers too", () => {
  const memory = new ReusedRows(8);
  const first = memory.take(8);
  memory.give(first);
  const second = memory.take(6);
  expect(second.buffer).toBe(first.buffer);
  expect(second.length).toBe(6);
  expect(memory.take(6).buffer).not.toBe(first.buffer);
});

test("what is larger, of another size, or one too many is let go", () => {
  const memory = new ReusedRows(8);
  const large = memory.take(9);
  expect(large.length).toBe(9);
  const given = [large, new Float32Array(4), ...Array.from({ length: 4 }, () => new Float32Array(8))];
  for (const data of given) memory.give(data);
  expect(given.map(({ buffer }) => buffer.byteLength)).toEqual([0, 0, 32, 32, 32, 0]);
});

test("no numbers take no memory", () => {
  const memory = new ReusedRows(8);
  expect(memory.take(0).buffer.byteLength).toBe(0);
});
