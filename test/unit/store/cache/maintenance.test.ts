import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openVectorCache, type VectorCache } from "../../../../src/store/cache/vectorCache.js";
import { nodeFiles } from "../../../../src/files/commit.js";
import { cleanCache, listCache } from "../../../../src/store/cache/maintenance.js";
import { tempPath } from "../../../../src/files/tempName.js";
import { sampleVectors } from "../../vectors/sample.js";
import { tempFolder } from "../../files/tempFolder.js";

const WIDTH = 5;
const [FIRST, SECOND] = ["first-0123456789", "second-0123456789"];
const texts = (n: number, prefix = "text"): string[] => Array.from({ length: n }, (_, i) => `${prefix} ${i}`);
const open = (dir: string, fingerprint: string, options = {}): Promise<VectorCache> =>
  openVectorCache(dir, { fingerprint, width: WIDTH, ...options });
/** Bytes of a segment of so many vectors. */
const segmentBytes = (n: number): number => 64 + n * (32 + 4 * WIDTH + 4 + 32) + 16;

/** One segment of `n` vectors, as if written `day` days after 1970 began. */
async function fill(
  dir: string,
  { fingerprint, n, day, encoder }: { fingerprint: string; n: number; day: number; encoder?: string },
): Promise<string> {
  const folder = join(dir, fingerprint);
  const before = await readdir(folder).catch((): string[] => []);
  const cache = await open(dir, fingerprint, encoder === undefined ? {} : { encoder });
  await cache.put(texts(n, `day ${day}`), sampleVectors(n, WIDTH));
  await cache.close();
  const added = (await readdir(folder)).find((name) => !before.includes(name) && name.endsWith(".vectors"))!;
  await utimes(join(folder, added), day * 86400, day * 86400);
  return join(folder, added);
}

describe("listCache()", () => {
  it("has nothing of a folder that there is not, and passes over what is no cache", async () => {
    const dir = await tempFolder();
    expect(await listCache(join(dir, "no"))).toEqual([]);
    await mkdir(join(dir, "other-folder"));
    await writeFile(join(dir, "other-folder", "a.txt"), "x");
    expect(await listCache(dir)).toEqual([]);
  });

  it("tells name, vectors, bytes and last use of each encoder, the latest first, and counts damaged files", async () => {
    const dir = await tempFolder();
    await fill(dir, { fingerprint: FIRST, n: 3, day: 1 });
    await fill(dir, { fingerprint: FIRST, n: 4, day: 2 });
    const broken = await fill(dir, { fingerprint: SECOND, n: 2, day: 3, encoder: "mini" });
    await utimes(join(dir, SECOND, "encoder.json"), 5 * 86400, 5 * 86400);
    const first = { fingerprint: FIRST, encoder: undefined, entries: 7, bytes: segmentBytes(3) + segmentBytes(4) };
    const second = { fingerprint: SECOND, encoder: "mini", entries: 2, bytes: segmentBytes(2) };
    expect(await listCache(dir)).toEqual([
      { ...second, lastUsed: "1970-01-06T00:00:00.000Z", damaged: 0 },
      { ...first, lastUsed: "1970-01-03T00:00:00.000Z", damaged: 0 },
    ]);
    await writeFile(broken, (await readFile(broken)).subarray(1));
    await writeFile(join(dir, SECOND, "encoder.json"), "not json");
    const listed = (await listCache(dir)).find(({ fingerprint }) => fingerprint === SECOND);
    expect(listed).toMatchObject({ encoder: undefined, entries: 0, damaged: 1 });
  });
});

describe("cleanCache()", () => {
  it("removes all, those of an encoder by name or fingerprint, or those of before a moment", async () => {
    const cases = [
      [{}, 3],
      [{ encoders: ["mini"] }, 1],
      [{ encoders: [FIRST.slice(0, 8)] }, 2],
      [{ encoders: ["first"] }, 0],
      [{ before: 2.5 * 86400_000 }, 2],
      [{ encoders: [FIRST], before: 1.5 * 86400_000 }, 1],
    ] as const;
    for (const [options, files] of cases) {
      const dir = await tempFolder();
      await fill(dir, { fingerprint: FIRST, n: 1, day: 1 });
      await fill(dir, { fingerprint: FIRST, n: 1, day: 3 });
      await fill(dir, { fingerprint: SECOND, n: 1, day: 2, encoder: "mini" });
      expect(await cleanCache(dir, options)).toEqual({ files, bytes: files * segmentBytes(1) });
      const left = (await listCache(dir)).reduce((sum, { entries }) => sum + entries, 0);
      expect(left).toBe(3 - files);
    }
  });

  it("removes the oldest of all encoders until a size is reached, and no more", async () => {
    const dir = await tempFolder();
    for (const day of [4, 1, 3]) await fill(dir, { fingerprint: FIRST, n: 10, day });
    await fill(dir, { fingerprint: SECOND, n: 10, day: 2 });
    const all = 4 * segmentBytes(10);
    expect(await cleanCache(dir, { maxBytes: all })).toEqual({ files: 0, bytes: 0 });
    expect((await cleanCache(dir, { maxBytes: all - 1 })).files).toBe(1);
    expect((await cleanCache(dir, { maxBytes: 2 * segmentBytes(10) + 5 })).files).toBe(1);
    const cache = await open(dir, FIRST);
    expect(cache.get(["day 1 0", "day 3 0", "day 4 0"]).map((vector) => vector !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
    expect((await listCache(dir)).map(({ fingerprint }) => fingerprint)).toEqual([FIRST]);
  });

  it("leaves alone what a running program writes, whose reader embeds again what is gone", async () => {
    const dir = await tempFolder();
    await fill(dir, { fingerprint: FIRST, n: 3, day: 1 });
    const running = await open(dir, FIRST);
    await running.put(["new"], sampleVectors(1, WIDTH));
    expect(running.size).toBe(4);
    expect((await cleanCache(dir)).files).toBe(1);
    expect((await readdir(join(dir, FIRST))).filter((name) => name.endsWith(".tmp"))).toHaveLength(1);
    expect(running.get(["day 1 0", "new", "day 1 1"])).toEqual([undefined, expect.any(Float32Array), undefined]);
    expect(running.size).toBe(1);
    await running.put(["day 1 0"], sampleVectors(1, WIDTH));
    await running.close();
    expect((await open(dir, FIRST)).get(["new", "day 1 0", "day 1 1"])).toEqual([
      expect.any(Float32Array),
      expect.any(Float32Array),
      undefined,
    ]);
  });

  it("removes what a program that is gone left unfinished", async () => {
    const dir = await tempFolder();
    await fill(dir, { fingerprint: FIRST, n: 3, day: 1 });
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const own = basename(tempPath(join(dir, FIRST, "a.vectors")));
    const left = own.replace(`.${process.pid}.`, `.${pid}.`);
    for (const name of [own, left]) await writeFile(join(dir, FIRST, name), "12345");
    expect(await cleanCache(dir)).toEqual({ files: 2, bytes: segmentBytes(3) + 5 });
    expect(await readdir(join(dir, FIRST))).toEqual([own]);
  });

  it("says which place could not be cleaned", async () => {
    const dir = await tempFolder();
    await fill(dir, { fingerprint: FIRST, n: 1, day: 1 });
    const refused = Object.assign(new Error("EACCES"), { code: "EACCES" });
    const files = { ...nodeFiles, unlink: () => Promise.reject(refused) };
    await expect(cleanCache(dir, { files })).rejects.toMatchObject({ code: "E_OUTPUT_WRITE", exitCode: 5 });
  });
});

describe("openVectorCache() with a limit", () => {
  it("keeps the newest vectors of one run that is larger than the limit", async () => {
    const dir = await tempFolder();
    const all = texts(100);
    const limited = await open(dir, FIRST, { maxBytes: segmentBytes(40) });
    await limited.put(all, sampleVectors(100, WIDTH));
    await limited.close();
    const again = await open(dir, FIRST);
    expect(again.get(all.slice(-20)).every((vector) => vector !== undefined)).toBe(true);
    expect(again.get(all.slice(0, 50)).every((vector) => vector === undefined)).toBe(true);
    await again.close();
  });

  it("lets the oldest go, keeps to the size, and goes on", async () => {
    const dir = await tempFolder();
    await fill(dir, { fingerprint: SECOND, n: 10, day: 1 });
    await fill(dir, { fingerprint: FIRST, n: 10, day: 2 });
    const cache = await open(dir, FIRST, { maxBytes: segmentBytes(10) + segmentBytes(2) });
    await cache.put(["new", "newer"], sampleVectors(2, WIDTH));
    await cache.close();
    const [listed, ...others] = await listCache(dir);
    expect(others).toEqual([]);
    expect(listed).toMatchObject({ fingerprint: FIRST, entries: 12, bytes: segmentBytes(10) + segmentBytes(2) });
    const smaller = await open(dir, FIRST, { maxBytes: 0 });
    expect(smaller.get(["new"])[0]).toBeDefined();
    await smaller.close();
    expect(await listCache(dir)).toEqual([]);
  });
});
