import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gzipFault, isGzip, unpackedBytes } from "../../../src/formats/gzip.js";
import { tempFolder } from "../files/tempFolder.js";

const CONTENT = Buffer.from("some rows of text\n".repeat(20_000));

async function fileOf(content: Uint8Array): Promise<string> {
  const path = join(await tempFolder(), "file");
  await writeFile(path, content);
  return path;
}

async function bytesOf(path: string, packed: boolean): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of unpackedBytes(path, { packed })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("unpackedBytes()", () => {
  it("gives the bytes of a file, unpacked where they are packed", async () => {
    const [plain, packed] = [await fileOf(CONTENT), await fileOf(gzipSync(CONTENT))];
    expect([await isGzip(plain), await isGzip(packed), await isGzip(await fileOf(Buffer.of(0x1f)))]).toEqual([
      false,
      true,
      false,
    ]);
    expect((await bytesOf(plain, false)).equals(CONTENT)).toBe(true);
    expect((await bytesOf(packed, true)).equals(CONTENT)).toBe(true);
  });

  it.each([
    ["cut", gzipSync(CONTENT).subarray(0, -9), "the compressed data ends too early"],
    ["no gzip", CONTENT, "it is not valid gzip data"],
  ])("fails on what is %s", async (_, content, fault) => {
    const error: unknown = await bytesOf(await fileOf(content), true).catch((cause: unknown) => cause);
    expect(gzipFault(error)).toBe(fault);
  });
});

describe("gzipFault()", () => {
  it("knows nothing of other errors", async () => {
    const error: unknown = await bytesOf(join(await tempFolder(), "none"), true).catch((cause: unknown) => cause);
    expect([error, gzipFault(error), gzipFault("no")]).toEqual([expect.any(Error), undefined, undefined]);
  });
});
