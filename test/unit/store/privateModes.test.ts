import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openVectorCache } from "../../../src/store/cache/vectorCache.js";
import { commitFile } from "../../../src/files/commit.js";
import { nodeFiles } from "../../../src/files/fileSystem.js";
import { openModelStore } from "../../../src/store/cache/modelCache.js";
import { outputBytes } from "../../../src/vectors/outputSize.js";
import { sampleVectors } from "../vectors/sample.js";
import { tempFolder } from "../files/tempFolder.js";

const WIDTH = 5;

/** Permissions of everything below a folder, by relative path. */
async function modesIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const modes = names.map(async (name) => [name, ((await stat(join(folder, name))).mode & 0o777).toString(8)]);
  return Object.fromEntries(await Promise.all(modes)) as Record<string, string>;
}

async function fillCache(dir: string): Promise<void> {
  const cache = await openVectorCache(dir, { fingerprint: "0123456789abcdef", width: WIDTH, encoder: "e" });
  await cache.put(["a", "b"], sampleVectors(2, WIDTH));
  await cache.close();
}

describe.skipIf(process.platform === "win32")("for this user alone", () => {
  const umask = process.umask(0); // so that a mode that nobody set is seen
  process.umask(umask);
  afterEach(() => {
    process.umask(umask);
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it.each(["0", "22"])("are a vector cache, its folders and its files, whatever the umask: %s", async (mask) => {
    const folder = await tempFolder();
    process.umask(Number.parseInt(mask, 8));
    await fillCache(join(folder, "new", "vectors"));
    const modes = await modesIn(folder);
    expect(modes).toMatchObject({ new: "700", "new/vectors": "700", "new/vectors/0123456789abcdef": "700" });
    const files = Object.entries(modes).filter(([name]) => /\.(vectors|json)$/.test(name));
    expect(files.map(([, mode]) => mode)).toEqual(["600", "600"]);
  });

  it("are kept models", async () => {
    const folder = await tempFolder();
    process.umask(0);
    await openModelStore(join(folder, "models")).put("k", new Uint8Array(3), null);
    expect(await modesIn(folder)).toEqual({
      models: "700",
      "models/k": "700",
      "models/k/about.json": "600",
      "models/k/model.onnx": "600",
    });
  });

  it("is the sample that doctor --bench writes to judge by", async () => {
    const folder = await tempFolder();
    vi.stubEnv("TMPDIR", folder);
    process.umask(0);
    const { removeFolder } = nodeFiles;
    const modes: Readonly<Record<string, string>>[] = [];
    vi.spyOn(nodeFiles, "removeFolder").mockImplementation(async (path) => {
      modes.push(await modesIn(folder));
      await removeFolder(path);
    });
    const values = [["a"], ["b"]];
    await outputBytes({ vectors: sampleVectors(2, WIDTH), values, rows: 2, columns: ["text"], store: "fp32" });
    const [top] = Object.entries(modes[0]);
    expect(top[0]).toMatch(/^\.headstart-sizes\./);
    expect(top[1]).toBe("700");
    expect(await readdir(folder)).toEqual([]);
  });

  it("is nothing that was there, and nothing that the user named as output", async () => {
    const folder = await tempFolder();
    process.umask(0o22);
    await mkdir(join(folder, "shared"));
    await chmod(join(folder, "shared"), 0o775);
    await fillCache(join(folder, "shared"));
    await commitFile(join(folder, "made", "out.csv"), (file) => file.write("x"));
    expect(await modesIn(folder)).toMatchObject({ shared: "775", made: "755", "made/out.csv": "644" });
  });
});
