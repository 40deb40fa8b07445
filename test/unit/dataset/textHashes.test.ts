import { describe, expect, it } from "vitest";
import { seenTexts, textHashes } from "../../../src/dataset/textHashes.js";

describe("seenTexts()", () => {
  it("counts texts that were hashed, as normalized texts are equal, each row of them", () => {
    const hashes = textHashes(["So good!", "bad", "so GOOD", "👍"]);
    expect(hashes).toHaveLength(3);
    expect(Array.from(hashes)).toEqual([...hashes].sort((a, b) => a - b));
    expect(seenTexts(hashes, ["so good", "SO good?!", "good", "👍", "👎", ""])).toBe(3);
  });

  it("finds none of many others", () => {
    const hashes = textHashes(Array.from({ length: 20_000 }, (_, i) => `known ${i}`));
    expect(
      seenTexts(
        hashes,
        Array.from({ length: 2000 }, (_, i) => `other ${i}`),
      ),
    ).toBe(0);
  });

  it("cannot tell without hashes", () => {
    expect(seenTexts(undefined, ["a"])).toBeNull();
    expect(seenTexts(textHashes([]), ["a"])).toBe(0);
  });
});
