import { describe, expect, it } from "vitest";
import { rememberWords } from "../../../../src/encoder/tokenizer/memoize.js";

describe("rememberWords()", () => {
  it("finds a word once, and what is too long to come again each time", () => {
    const asked: string[] = [];
    const find = rememberWords((word) => (asked.push(word), word.length));
    const long = "x".repeat(65);
    expect(["sun", long, "sun", long].map(find)).toEqual([3, 65, 3, 65]);
    expect(asked).toEqual(["sun", long, long]);
  });

  it("starts empty when it is full, and gives the same results", () => {
    let finds = 0;
    const find = rememberWords((word) => (finds++, Number(word)));
    for (let i = 0; i < 100_000; i++) find(`${i}`);
    expect(find("7")).toBe(7);
    expect(finds).toBe(100_000);
    find("100000");
    expect(find("7")).toBe(7);
    expect(finds).toBe(100_002);
  });
});
