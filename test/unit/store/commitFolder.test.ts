import { spawnSync } from "node:child_process";
import { mkdir, readFile, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commitFolder } from "../../../src/store/commitFolder.js";
import { tempPath } from "../../../src/store/tempName.js";
import { failingFiles } from "./failingFiles.js";
import { tempFolder } from "./tempFolder.js";

const writeNew = (path: string, options = {}): Promise<void> =>
  commitFolder(
    path,
    async (temp) => {
      await writeFile(join(temp, "a"), "new");
      await mkdir(join(temp, "sub"));
      await writeFile(join(temp, "sub", "b"), "new too");
    },
    options,
  );

async function writeOld(path: string): Promise<void> {
  await mkdir(path);
  await writeFile(join(path, "a"), "old");
}

describe("commitFolder()", () => {
  it("brings every file and folder to the disk before the rename", async () => {
    const { files, calls } = failingFiles("EIO", Infinity);
    const path = join(await tempFolder(), "out");
    await writeNew(path, { files });
    expect(calls).toEqual(["mkdir", "mkdir", "fsync", "fsync", "fsyncDir", "fsyncDir", "rename", "fsyncDir"]);
    expect(await readFile(join(path, "sub", "b"), "utf8")).toBe("new too");
  });

  it("leaves the old folder or the new one, complete, wherever it fails", async () => {
    for (let at = 0; at < 9; at++) {
      const parent = await tempFolder();
      const path = join(parent, "out");
      await writeOld(path);
      const { files, calls } = failingFiles("ENOSPC", at);
      await expect(writeNew(path, { files, force: true })).rejects.toMatchObject({ code: "E_OUTPUT_WRITE" });
      const last = at === 8;
      expect(calls[at]).toBe(
        ["mkdir", "mkdir", "fsync", "fsync", "fsyncDir", "fsyncDir", "rename", "rename", "fsyncDir"][at],
      );
      expect(await readFile(join(path, "a"), "utf8")).toBe(last ? "new" : "old");
      const others = (await readdir(parent)).filter((name) => name !== "out");
      expect(others.length).toBe(last ? 1 : 0);
    }
  });

  it("replaces with force and refuses without", async () => {
    const parent = await tempFolder();
    const path = join(parent, "out");
    await writeOld(path);
    await expect(writeNew(path)).rejects.toMatchObject({ code: "E_OUTPUT_EXISTS" });
    await writeNew(path, { force: true });
    expect((await readdir(path)).sort()).toEqual(["a", "sub"]);
    expect(await readdir(parent)).toEqual(["out"]);
  });

  it("puts back what a crash between the two renames left moved aside, before it asks what exists", async () => {
    const parent = await tempFolder();
    const path = join(parent, "out");
    await writeOld(path);
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    await rename(path, tempPath(path, "old").replace(`.${process.pid}.`, `.${dead}.`));
    await expect(writeNew(path)).rejects.toMatchObject({ code: "E_OUTPUT_EXISTS" });
    expect(await readdir(parent)).toEqual(["out"]);
    expect(await readFile(join(path, "a"), "utf8")).toBe("old");
  });

  it("removes the temporary folder when the callback fails, and tells a full disk as an output error", async () => {
    const parent = await tempFolder();
    const full = Object.assign(new Error("full"), { code: "ENOSPC" });
    const failing = (error: Error): Promise<void> => commitFolder(join(parent, "out"), () => Promise.reject(error));
    await expect(failing(full)).rejects.toMatchObject({ code: "E_OUTPUT_WRITE" });
    await expect(failing(new TypeError("ours"))).rejects.toThrow(TypeError);
    expect(await readdir(parent)).toEqual([]);
  });
});
