/** What every format of vectors has to pass where the file is not what it should be. */

import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { HeadstartError } from "../../src/errors.js";
import { readVectors } from "../../src/vectors/reader.js";
import { openVectorWriter } from "../../src/vectors/writer.js";
import { tempFolder } from "../unit/files/tempFolder.js";
import { COLUMNS, sampleValues, sampleVectors } from "../unit/vectors/sample.js";
import { FORMATS, sample, writeAll, type Format } from "./vectorFormats.js";

async function fileOf(name: string, content: Uint8Array | string): Promise<string> {
  const path = join(await tempFolder(), name);
  await writeFile(path, content);
  return path;
}

async function written(ending: Format["ending"], options: Parameters<typeof writeAll>[2] = {}): Promise<string> {
  const path = join(await tempFolder(), `v.${ending}`);
  await writeAll(path, sample(20, 3), options);
  return path;
}

/** Reads what may be damaged: the code of its error, or how many rows it has. */
async function outcomeOf(path: string): Promise<string | number> {
  const outcome: unknown = await readVectors(path).catch((error: unknown) => error);
  if (outcome instanceof HeadstartError) return outcome.code;
  if (outcome instanceof Error) throw outcome;
  return (outcome as Awaited<ReturnType<typeof readVectors>>).vectors.rows;
}

describe.each(FORMATS)("readVectors() of .$ending", ({ ending, endings }) => {
  it.each([
    ["a web page", "<!DOCTYPE html><html>", "an HTML page"],
    ["a git-lfs pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"],
    ["gzip", gzipSync("x"), "gzip data"],
    ["a pickle", Buffer.from("\x80\x04\x95abc", "latin1"), "a Python pickle"],
    ["a zip", Buffer.from("PK\x03\x04abcdefghijkl"), "a zip archive"],
    ["text", "label,text\n1,2\n", "plain text"],
  ])("says that it looks like %s", async (_, content, found) => {
    const path = await fileOf(`v.${ending}`, content);
    const outcome: unknown = await readVectors(path).catch((error: unknown) => error);
    expect(outcome).toMatchObject({
      code: "E_VECTORS_INVALID",
      message: expect.stringContaining(found) as unknown,
      place: { file: path },
    });
  });

  it("says that an empty file is empty, which JSON lines may be", async () => {
    const path = await fileOf(`v.${ending}`, "");
    const outcome: unknown = await readVectors(path).catch((error: unknown) => error);
    const empty = ending === "jsonl" ? { vectors: { rows: 0 } } : { code: "E_VECTORS_INVALID" };
    expect(outcome).toMatchObject(empty);
  });

  it("refuses any of its files that is cut off", async () => {
    for (const own of endings) {
      const path = await written(ending, { store: "int8" });
      const file = path.replace(/\w+$/, own);
      const good = await readFile(file);
      for (let part = 0; part < 20; part++) {
        const cut = Math.floor((good.length * part) / 20);
        // JSON lines end anywhere between two lines.
        if (ending === "jsonl" && (cut === 0 || good[cut - 1] === 10)) continue;
        await writeFile(file, good.subarray(0, cut));
        await expect(readVectors(path), `${own} at ${cut}`).rejects.toMatchObject({ code: "E_VECTORS_INVALID" });
      }
    }
  });

  it("does not wait for whoever writes to a pipe", async () => {
    const path = join(await tempFolder(), `pipe.${ending}`);
    execFileSync("mkfifo", [path]);
    await expect(readVectors(path)).rejects.toMatchObject({ code: "E_VECTORS_INVALID" });
  });

  it("tells a missing file, and a folder", async () => {
    const folder = await tempFolder();
    await expect(readVectors(join(folder, `no.${ending}`))).rejects.toMatchObject({
      code: "E_VECTORS_MISSING",
      exitCode: 4,
    });
    await mkdir(join(folder, `dir.${ending}`));
    await expect(readVectors(join(folder, `dir.${ending}`))).rejects.toMatchObject({ code: "E_VECTORS_INVALID" });
  });
});

describe.each(FORMATS.filter(({ hasChecksum }) => !hasChecksum))(
  "$ending, without a checksum,",
  ({ ending, endings }) => {
    it("gives an error with a code, or as many rows, whichever bit is another", async () => {
      const path = await written(ending);
      for (const own of endings) {
        const file = path.replace(/\w+$/, own);
        const good = await readFile(file);
        for (let at = 0; at < good.length; at += 1 + Math.floor(good.length / 400)) {
          await writeFile(file, good.with(at, good[at] ^ (1 << (at % 8))));
          expect([20, 21, "E_VECTORS_INVALID", "E_NOT_FINITE"], `${own} at ${at}`).toContain(await outcomeOf(path));
        }
        await writeFile(file, good);
      }
    });
  },
);

describe.each(FORMATS.filter(({ hasChecksum }) => hasChecksum))("the checksum of .$ending", ({ ending }) => {
  it("notices any byte that changed, also in its own mark", async () => {
    const path = await written(ending);
    const good = await readFile(path);
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] ^= 0x04;
      await writeFile(path, bad);
      expect(await outcomeOf(path), `byte ${at}`).toBe("E_VECTORS_INVALID");
    }
  });

  it("notices a hole over its mark, and that the mark is cut out", async () => {
    const path = await written(ending);
    const good = await readFile(path);
    const mark = good.lastIndexOf("HSCHECK1");
    const hole = Buffer.from(good).fill(0, mark - 4, mark + 24);
    await writeFile(path, hole);
    await expect(readVectors(path)).rejects.toMatchObject({ code: "E_VECTORS_INVALID" });
    if (ending === "arrow") return; // without it, an Arrow file is that of another program
    await writeFile(path, Buffer.concat([good.subarray(0, mark), good.subarray(mark + 24)]));
    await expect(readVectors(path)).rejects.toMatchObject({
      message: expect.stringContaining("checksum") as unknown,
    });
  });

  it("is found before a footer of any length", async () => {
    const path = join(await tempFolder(), `v.${ending}`);
    const metadata = { large: "x".repeat(5_000_000) };
    const writer = await openVectorWriter(path, { width: 3, columns: COLUMNS, metadata });
    await writer.write(sampleVectors(20, 3), sampleValues(20));
    await writer.commit();
    expect((await readVectors(path)).vectors.rows).toBe(20);
    const bytes = await readFile(path);
    bytes[200] ^= 1;
    await writeFile(path, bytes);
    await expect(readVectors(path)).rejects.toMatchObject({ code: "E_VECTORS_INVALID" });
  });
});
