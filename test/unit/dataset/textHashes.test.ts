import { describe, expect, it } from "vitest";
import { textHashes, unhashedRows } from "../../../src/dataset/textHashes.js";

describe("unhashedRows()", () => {
  it("leaves out texts that were hashed, as normalized texts are equal, each row of them", () => {
    const hashes = textHashes(["So good!", "bad", "so GOOD", "👍"]);
    expect(hashes).toHaveLength(3);
    expect(Array.from(hashes)).toEqual([...hashes].sort((a, b) => a - b));
    expect([...unhashedRows(hashes, ["so good", "SO good?!", "good", "👍", "👎", ""])]).toEqual([2, 4, 5]);
  });

  it("keeps all of many others", () => {
    const hashes = textHashes(Array.from({ length: 20_000 }, (_, i) => `known ${i}`));
    expect(
      unhashedRows(
        hashes,
        Array.from({ length: 2000 }, (_, i) => `other ${i}`),
      ),
    ).toHaveLength(2000);
  });

  it("keeps every row where nothing was hashed", () => {
    expect([...unhashedRows(textHashes([]), ["a"])]).toEqual([0]);
  });
});
