import { spawnSync } from "node:child_process";
import { chmod, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkOutputFolder, commitFile, commitTogether, openPending } from "../../../src/files/commit.js";
import { refuseReplacingFile } from "../../../src/files/replacing.js";
import { parseTempName, tempPath } from "../../../src/files/tempName.js";
import { failingFiles } from "./failingFiles.js";
import { tempFolder } from "./tempFolder.js";

const writeNew = (path: string, options = {}): Promise<void> =>
  commitFile(
    path,
    async (file) => {
      await file.write("ne");
      await file.write(Buffer.from("w"));
    },
    options,
  );

/** Number of calls that `commitFile` makes of a disk that does not fail. */
async function callsOf(): Promise<string[]> {
  const { files, calls } = failingFiles("EIO", Infinity);
  await writeNew(join(await tempFolder(), "a.txt"), { files });
  return calls;
}

describe("commitFile()", () => {
  it("writes, brings to the disk, renames, and brings the folder to the disk, in this order", async () => {
    expect(await callsOf()).toEqual(["mkdir", "open", "write", "write", "fsync", "rename", "fsyncDir"]);
  });

  it("leaves the old content or the new one, and no other file, wherever it fails [A04, A10]", async () => {
    for (let at = 0; at < (await callsOf()).length; at++) {
      const folder = await tempFolder();
      const path = join(folder, "a.txt");
      await writeFile(path, "old");
      const { files, calls } = failingFiles("EIO", at);
      await expect(writeNew(path, { files, force: true })).rejects.toMatchObject({
        code: "E_OUTPUT_WRITE",
        exitCode: 5,
      });
      expect(await readFile(path, "utf8")).toBe(calls[at] === "fsyncDir" ? "new" : "old");
      expect(await readdir(folder)).toEqual(["a.txt"]);
    }
  });

  it("does not try an fsync again that failed [A10]", async () => {
    const fsyncAt = (await callsOf()).indexOf("fsync");
    const { files, calls } = failingFiles("EIO", fsyncAt);
    await expect(writeNew(join(await tempFolder(), "a.txt"), { files })).rejects.toThrow("EIO");
    expect(calls.filter((call) => call === "fsync")).toHaveLength(1);
  });

  it("names the path, the errno and what it means [A10]", async () => {
    const path = join(await tempFolder(), "a.txt");
    for (const [errno, meaning] of [
      ["ENOSPC", "the disk is full (ENOSPC)"],
      ["EROFS", "the file system is read-only (EROFS)"],
      ["EACCES", "there is no permission to write there (EACCES)"],
    ] as const) {
      const { files } = failingFiles(errno, 2);
      await expect(writeNew(path, { files })).rejects.toThrow(`Cannot write ${path}: ${meaning}`);
    }
  });

  it("passes on what the callback throws and removes the temporary file", async () => {
    const folder = await tempFolder();
    const failed = commitFile(join(folder, "a.txt"), async (file) => {
      await file.write("half");
      throw new TypeError("ours");
    });
    await expect(failed).rejects.toThrow(TypeError);
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses an existing file, also one that came up meanwhile, unless forced", async () => {
    const folder = await tempFolder();
    const path = join(folder, "a.txt");
    await expect(commitFile(path, async () => writeFile(path, "theirs"))).rejects.toMatchObject({
      code: "E_OUTPUT_EXISTS",
      message: `Cannot write ${path}: it exists; give --force to replace it`,
    });
    expect(await readFile(path, "utf8")).toBe("theirs");
    await expect(refuseReplacingFile(path)).rejects.toMatchObject({ code: "E_OUTPUT_EXISTS" });
    await writeNew(path, { force: true });
    expect(await readFile(path, "utf8")).toBe("new");
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });

  it("creates missing folders, and says so where a part of the path is a file", async () => {
    const folder = await tempFolder();
    await writeNew(join(folder, "b", "c", "a.txt"));
    expect(await readFile(join(folder, "b", "c", "a.txt"), "utf8")).toBe("new");
    await writeFile(join(folder, "file"), "");
    await expect(writeNew(join(folder, "file", "a.txt"))).rejects.toThrow("is a file, not a folder");
    await mkdir(join(folder, "taken"));
    await expect(writeNew(join(folder, "taken"), { force: true })).rejects.toThrow(
      "it is a folder, which is never replaced",
    );
  });

  it("removes what dead runs left in the folder, of whatever output, and nothing of living ones or other machines", async () => {
    const folder = await tempFolder();
    const path = join(folder, "a.txt");
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const mine = basename(tempPath(path));
    const ofPid = (pid: number, name = mine): string => name.replace(`.${process.pid}.`, `.${pid}.`);
    const other = ofPid(dead, basename(tempPath(join(folder, "b.txt"))));
    // The pid of this process, made by another one: as in a container, where every run has pid 1.
    const reused = mine.replace(/-[0-9a-f]{8}-/, "-00000000-");
    const elsewhere = ofPid(dead).replace(/\.[0-9a-f]{6}-/, ".000000-");
    for (const name of [mine, ofPid(dead), ofPid(process.ppid), other, reused, elsewhere]) {
      await writeFile(join(folder, name), "");
    }
    await writeNew(path);
    expect((await readdir(folder)).sort()).toEqual([mine, ofPid(process.ppid), elsewhere, "a.txt"].sort());
  });
});

describe("PendingFile", () => {
  it("patches only bytes that were written", async () => {
    const path = join(await tempFolder(), "a.txt");
    const file = await openPending(path);
    await file.write("0000 rows");
    await file.patch(Buffer.from("0042"), 0);
    await expect(file.patch(Buffer.from("xx"), 8)).rejects.toThrow(RangeError);
    await commitTogether([file]);
    expect(await readFile(path, "utf8")).toBe("0042 rows");
    expect(file.bytes).toBe(9);
  });
});

describe("commitTogether()", () => {
  it("takes the first name back when the second cannot be given, but keeps what was replaced", async () => {
    for (const force of [false, true]) {
      const folder = await tempFolder();
      if (force) await writeFile(join(folder, "a"), "old");
      // mkdir and open twice, write twice, fsync twice, then the first rename.
      const { files, calls } = failingFiles("EIO", 9);
      const [a, b] = [await openPending(join(folder, "a"), { files }), await openPending(join(folder, "b"), { files })];
      await a.write("new");
      await b.write("new");
      await expect(commitTogether([a, b], { files, force })).rejects.toThrow("EIO");
      expect(calls[9]).toBe("rename");
      expect(await readdir(folder)).toEqual(force ? ["a"] : []);
    }
  });
});

describe("checkOutputFolder()", () => {
  it("accepts folders that are missing, and creates none", async () => {
    const folder = await tempFolder();
    await checkOutputFolder(join(folder, "x", "y", "a.txt"));
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses a path through a file", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "file"), "");
    await expect(checkOutputFolder(join(folder, "file", "x", "a.txt"))).rejects.toMatchObject({
      code: "E_OUTPUT_WRITE",
    });
  });

  it.skipIf(process.getuid?.() === 0)("refuses a folder without permission to write", async () => {
    const folder = await tempFolder();
    await chmod(folder, 0o500);
    await expect(checkOutputFolder(join(folder, "a.txt"))).rejects.toMatchObject({ code: "E_OUTPUT_WRITE" });
  });
});

describe("parseTempName()", () => {
  it("reads names made by tempPath() and no others", () => {
    expect(parseTempName(basename(tempPath("/x/a.b.parquet")))).toEqual({
      name: "a.b.parquet",
      kind: "tmp",
      stale: false,
    });
    expect(parseTempName(basename(tempPath("/x/a", "old")))).toMatchObject({ name: "a", kind: "old" });
    for (const name of ["a.tmp", ".a.tmp", ".a.1.x.tmp", ".gitignore"]) expect(parseTempName(name)).toBeUndefined();
  });
});
