import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { matrix } from "../../../../src/math/matrix.js";
import { defaultCacheFolder, openVectorCache } from "../../../../src/store/cache/vectorCache.js";
import type { VectorCache } from "../../../../src/store/cache/vectorCache.js";
import { failingFiles } from "../../files/failingFiles.js";
import { sampleVectors } from "../../vectors/sample.js";
import { tempFolder } from "../../files/tempFolder.js";

const FINGERPRINT = "0123456789abcdef";
const WIDTH = 5;
const opened: VectorCache[] = [];
afterEach(async () => {
  for (const cache of opened.splice(0)) await cache.close().catch(() => {});
});
const open = async (dir: string, options = {}): Promise<VectorCache> => {
  const cache = await openVectorCache(dir, { fingerprint: FINGERPRINT, width: WIDTH, ...options });
  opened.push(cache);
  return cache;
};
const texts = (n: number, prefix = "text"): string[] => Array.from({ length: n }, (_, i) => `${prefix} ${i}`);
const rowsOf = (n: number): Float32Array[] => {
  const { data } = sampleVectors(n, WIDTH);
  return Array.from({ length: n }, (_, r) => data.slice(r * WIDTH, (r + 1) * WIDTH));
};

/** A folder with a closed cache of `n` texts, and the path of its only segment. */
async function filled(n: number): Promise<{ dir: string; segment: string }> {
  const dir = await tempFolder();
  const cache = await open(dir);
  await cache.put(texts(n), sampleVectors(n, WIDTH));
  await cache.close();
  const [name] = await readdir(join(dir, FINGERPRINT));
  return { dir, segment: join(dir, FINGERPRINT, name) };
}

/** Makes a segment look as the process left it that died before sealing it. */
async function unseal(segment: string, { pid, bytes }: { pid: number; bytes: number }): Promise<string> {
  const temp = join(segment, "..", `.s.vectors.${pid}.${await hostOf()}-0-00000000-0.tmp`);
  await writeFile(temp, (await readFile(segment)).subarray(0, bytes));
  await rm(segment);
  return temp;
}

async function hostOf(): Promise<string> {
  const { hostname } = await import("node:os");
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 6);
}

const deadPid = (): number => spawnSync(process.execPath, ["-e", ""]).pid;
const RECORD = 32 + WIDTH * 4 + 4;

describe("openVectorCache()", () => {
  it("gives back bit for bit what was put, in this run and in the next [E07]", async () => {
    const dir = await tempFolder();
    const cache = await open(dir);
    expect(cache.get(["text 0"])).toEqual([undefined]);
    await cache.put(texts(50), sampleVectors(50, WIDTH));
    const check = (from: VectorCache): void => {
      expect(from.size).toBe(50);
      const found = from.get([...texts(50).reverse(), "other", "text 3"]);
      expect(found.slice(0, 50).reverse()).toEqual(rowsOf(50));
      expect(found.slice(50)).toEqual([undefined, rowsOf(50)[3]]);
      expect(Object.is(found[49]?.[0], -0)).toBe(true);
    };
    check(cache);
    await cache.close();
    check(await open(dir));
  });

  it("distinguishes texts by their bytes: canonical forms, case, the empty text [E07]", async () => {
    const dir = await tempFolder();
    const odd = ["é", "e\u0301", "A", "a", "", " ", "a ", "__proto__"];
    const cache = await open(dir);
    await cache.put(odd, sampleVectors(odd.length, WIDTH));
    await cache.close();
    expect((await open(dir)).get(odd)).toEqual(rowsOf(odd.length));
  });

  it("keeps the first vector of a text, within a call and over calls", async () => {
    const dir = await tempFolder();
    const cache = await open(dir);
    await cache.put(["a", "a", "b"], sampleVectors(3, WIDTH));
    await cache.put(["b", "c"], sampleVectors(2, WIDTH));
    expect(cache.size).toBe(3);
    expect(cache.get(["a", "b"])).toEqual([rowsOf(3)[0], rowsOf(3)[2]]);
    await cache.close();
    const again = await open(dir);
    await again.put(["a"], matrix(1, WIDTH));
    await again.close();
    expect((await readdir(join(dir, FINGERPRINT))).length).toBe(1);
    expect((await open(dir)).get(["a", "b"])).toEqual([rowsOf(3)[0], rowsOf(3)[2]]);
  });

  it("hands out and takes in copies", async () => {
    const cache = await open(await tempFolder());
    const given = sampleVectors(1, WIDTH);
    const done = cache.put(["a"], given);
    given.data.fill(9);
    await done;
    cache.get(["a"])[0]?.fill(7);
    expect(cache.get(["a"])).toEqual(rowsOf(1));
  });

  it("gives vectors in any order: runs forwards, runs backwards, leaps, the last again and again", async () => {
    const { dir } = await filled(5_000);
    const cache = await open(dir);
    const wanted = rowsOf(5_000);
    const walk = fc.tuple(fc.nat(4_999), fc.integer({ min: -1, max: 1 }), fc.integer({ min: 1, max: 2_000 }));
    fc.assert(
      fc.property(fc.array(walk, { minLength: 1, maxLength: 8 }), (walks) => {
        const order = walks.flatMap(([start, step, count]) =>
          Array.from({ length: count }, (_, i) => start + i * step).filter((at) => at >= 0 && at < 5_000),
        );
        const found = cache.get(order.map((at) => `text ${at}`));
        expect(found.every((vector, i) => vector!.every((x, c) => Object.is(x, wanted[order[i]][c])))).toBe(true);
      }),
      { numRuns: 40 },
    );
    await cache.close();
  });

  it("goes on over several segments, put without waiting", async () => {
    const dir = await tempFolder();
    const cache = await open(dir);
    const n = 40_000;
    const data = Float32Array.from({ length: n * WIDTH }, (_, i) => i);
    const puts: Promise<void>[] = [];
    for (let start = 0; start < n; start += 9_000) {
      const end = Math.min(n, start + 9_000);
      puts.push(
        cache.put(texts(n).slice(start, end), matrix(end - start, WIDTH, data.slice(start * WIDTH, end * WIDTH))),
      );
    }
    await Promise.all(puts);
    const check = (found: readonly (Float32Array | undefined)[]): void => {
      expect(found.every((vector, r) => vector?.[0] === r * WIDTH && vector[4] === r * WIDTH + 4)).toBe(true);
    };
    check(cache.get(texts(n)));
    await cache.close();
    expect(await readdir(join(dir, FINGERPRINT))).toHaveLength(3);
    check((await open(dir)).get(texts(n)));
  });

  it("lets two write at once, each seeing the other's after it closed", async () => {
    const dir = await tempFolder();
    const [one, two] = [await open(dir), await open(dir)];
    await one.put(["a"], sampleVectors(1, WIDTH));
    await two.put(["b", "a"], sampleVectors(2, WIDTH));
    const third = await open(dir);
    expect(third.size).toBe(0);
    await one.close();
    await two.close();
    expect((await open(dir)).get(["a", "b"])).toEqual([expect.any(Float32Array), rowsOf(2)[0]]);
    expect((await readdir(join(dir, FINGERPRINT))).every((name) => name.endsWith(".vectors"))).toBe(true);
  });

  it("takes over what a dead process left, without its torn last record", async () => {
    const { dir, segment } = await filled(10);
    await unseal(segment, { pid: deadPid(), bytes: 64 + 7 * RECORD + 11 });
    const cache = await open(dir);
    expect(cache.get(texts(10))).toEqual([...rowsOf(10).slice(0, 7), undefined, undefined, undefined]);
    await cache.close();
    const names = await readdir(join(dir, FINGERPRINT));
    expect(names).toHaveLength(1);
    expect(names[0]).toMatch(/^[^.].*\.vectors$/);
    expect((await open(dir)).size).toBe(7);
  });

  it("drops the leftover of another width, and leaves that of a living process alone", async () => {
    const { dir, segment } = await filled(3);
    const temp = await unseal(segment, { pid: deadPid(), bytes: 1000 });
    expect((await open(dir, { width: 6 })).size).toBe(0);
    expect(await readdir(join(dir, FINGERPRINT))).toEqual([]);
    const other = await filled(3);
    const living = await unseal(other.segment, { pid: process.ppid, bytes: 1000 });
    expect((await open(other.dir)).size).toBe(0);
    expect(await readFile(living)).toBeInstanceOf(Buffer);
    expect(temp).not.toBe(living);
  });

  it("notices every flipped byte of a segment and names the file [A07]", async () => {
    const { dir, segment } = await filled(3);
    const good = await readFile(segment);
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] ^= 0x10;
      await writeFile(segment, bad);
      const outcome: unknown = await open(dir)
        .then((cache) => cache.get(texts(3)))
        .catch((error: unknown) => error);
      expect(outcome, `byte ${at}`).toMatchObject({
        code: "E_CACHE_INVALID",
        exitCode: 4,
        place: { file: segment },
        message: expect.stringContaining("Delete this file") as unknown,
      });
    }
  });

  it("notices a segment that is cut off at any byte, or has one more", async () => {
    const { dir, segment } = await filled(2);
    const good = await readFile(segment);
    for (let length = 0; length < good.length; length++) {
      await writeFile(segment, good.subarray(0, length));
      await expect(open(dir), `${length}`).rejects.toMatchObject({ code: "E_CACHE_INVALID" });
    }
    await writeFile(segment, Buffer.concat([good, Buffer.alloc(1)]));
    await expect(open(dir)).rejects.toMatchObject({ code: "E_CACHE_INVALID" });
  });

  it("refuses a declared row count before it allocates for it", async () => {
    const { dir, segment } = await filled(1);
    const bad = await readFile(segment);
    bad.writeUInt32LE(0xffffffff, bad.length - 16);
    await writeFile(segment, bad);
    await expect(open(dir)).rejects.toThrow("declares 4294967295 rows");
  });

  it("refuses segments of another width or fingerprint", async () => {
    const { dir, segment } = await filled(1);
    await expect(open(dir, { width: 6 })).rejects.toThrow("have width 5, those of this encoder 6");
    const other = await open(dir, { fingerprint: "fedcba9876543210" });
    expect(other.size).toBe(0);
    await rename(segment, join(dir, "fedcba9876543210", "x.vectors"));
    await expect(open(dir, { fingerprint: "fedcba9876543210" })).rejects.toThrow("of another encoder");
  });

  it("makes a safe folder name of any fingerprint", async () => {
    const dir = await tempFolder();
    for (const fingerprint of ["../../up", "", "A".repeat(5_000), "a/b", "."]) {
      await (await open(dir, { fingerprint })).close();
    }
    expect((await readdir(dir)).every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
    expect(await readdir(dir)).toHaveLength(5);
  });

  it("gives up the segment of a failed write, and goes on with a fresh one", async () => {
    for (const at of [1, 2, 3, 4, 5, 6, 7]) {
      const dir = await tempFolder();
      const { files } = failingFiles("ENOSPC", at);
      const cache = await open(dir, { files });
      // mkdir of the cache; mkdir, open, write of header, write of records; write of the seal, fsync, rename.
      const first = cache.put(["a"], sampleVectors(1, WIDTH)).then(() => cache.close());
      await expect(first).rejects.toMatchObject({ code: "E_OUTPUT_WRITE" });
      expect(await readdir(join(dir, FINGERPRINT))).toEqual([]);
      if (at > 4) continue;
      expect(cache.get(["a"])).toEqual([undefined]);
      await cache.put(["b", "a"], sampleVectors(2, WIDTH));
      await cache.close();
      expect((await open(dir)).get(["b", "a"])).toEqual(rowsOf(2));
    }
  });

  it("refuses shapes that do not fit, numbers that are not finite, and use after close", async () => {
    const cache = await open(await tempFolder());
    expect(() => cache.put(["a"], matrix(1, 4))).toThrow(RangeError);
    expect(() => cache.put(["a"], matrix(2, WIDTH))).toThrow(RangeError);
    expect(() => cache.put(["a"], matrix(1, WIDTH, Float32Array.of(1, 2, NaN, 4, 5)))).toThrow("not finite");
    await cache.close();
    await cache.close();
    expect(() => cache.get(["a"])).toThrow("closed");
    await expect(openVectorCache("x", { fingerprint: "f", width: 0 })).rejects.toThrow(RangeError);
  });
});

describe("defaultCacheFolder()", () => {
  it("is in XDG_CACHE_HOME where that is set, else below the home folder", () => {
    expect(defaultCacheFolder({ XDG_CACHE_HOME: "/c" })).toBe(join("/c", "headstart", "vectors"));
    expect(defaultCacheFolder({})).toMatch(/headstart.vectors$/);
  });
});
