import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { KeyTable } from "../../../../src/store/cache/keyTable.js";

const keyOf = (n: number): string => createHash("sha256").update(String(n)).digest("binary");

describe("KeyTable", () => {
  it("finds what was put there, the last place of each key, as it grows", () => {
    const table = new KeyTable();
    for (let n = 0; n < 5000; n++) table.set(keyOf(n), n);
    for (let n = 0; n < 5000; n += 3) table.set(keyOf(n), n + 2 ** 30);
    expect(table.size).toBe(5000);
    for (let n = 0; n < 5000; n++) expect(table.get(keyOf(n))).toBe(n % 3 === 0 ? n + 2 ** 30 : n);
    for (let n = 5000; n < 6000; n++) expect(table.get(keyOf(n))).toBeUndefined();
  });

  it("keeps the place 0 and the largest, and keys of zeros or with many bits in common", () => {
    const table = new KeyTable();
    const keys = ["\0".repeat(32), `${"\0".repeat(11)}\u0001`, "\u00ff".repeat(32)];
    keys.forEach((key, i) => table.set(key, [0, 2 ** 31 - 2, 7][i]));
    expect(keys.map((key) => table.get(key))).toEqual([0, 2 ** 31 - 2, 7]);
    expect(table.size).toBe(3);
  });

  it("takes out the keys of some places and finds the others still", () => {
    const table = new KeyTable();
    for (let n = 0; n < 2000; n++) table.set(keyOf(n), n);
    table.remove((place) => place % 2 === 1);
    expect(table.size).toBe(1000);
    for (let n = 0; n < 2000; n++) expect(table.get(keyOf(n))).toBe(n % 2 === 1 ? undefined : n);
  });
});
