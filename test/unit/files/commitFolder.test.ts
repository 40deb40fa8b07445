import { spawnSync } from "node:child_process";
import { mkdir, readFile, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MARK } from "../../../src/files/folderMark.js";
import { commitFolder, restoreFolder } from "../../../src/files/commitFolder.js";
import { tempPath } from "../../../src/files/tempName.js";
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

const writeOld = (path: string): Promise<void> => commitFolder(path, (temp) => writeFile(join(temp, "a"), "old"));

/** Everything in a folder, with what is in its files. */
async function contents(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    found[path] = entry.isFile() ? await readFile(path, "utf8") : "";
  }
  return found;
}

/** The calls that make the temporary folder and its mark. */
const FILLING = ["mkdir", "mkdir", "open", "write"];

describe("restoreFolder()", () => {
  it("puts back what a crash left moved aside where nothing took its place, and else removes it", async () => {
    for (const taken of [false, true]) {
      const parent = await tempFolder();
      const path = join(parent, "out");
      await writeOld(path);
      const dead = spawnSync(process.execPath, ["-e", ""]).pid;
      await rename(path, tempPath(path, "old").replace(`.${process.pid}.`, `.${dead}.`));
      if (taken) await writeNew(join(parent, "new")).then(() => rename(join(parent, "new"), path));
      await restoreFolder(path);
      expect(await readdir(parent)).toEqual(["out"]);
      expect(await readFile(join(path, "a"), "utf8")).toBe(taken ? "new" : "old");
    }
  });
});

describe("commitFolder()", () => {
  it("brings every file and folder to the disk before the rename", async () => {
    const { files, calls } = failingFiles("EIO", Infinity);
    const path = join(await tempFolder(), "out");
    await writeNew(path, { files });
    expect(calls).toEqual([...FILLING, "fsync", "fsync", "fsync", "fsyncDir", "fsyncDir", "rename", "fsyncDir"]);
    expect(await readFile(join(path, "sub", "b"), "utf8")).toBe("new too");
  });

  it("leaves the old folder or the new one, complete, wherever it fails", async () => {
    const replacing = [...FILLING, "fsync", "fsync", "fsync", "fsyncDir", "fsyncDir", "rename", "rename", "fsyncDir"];
    for (let at = 0; at < replacing.length; at++) {
      const parent = await tempFolder();
      const path = join(parent, "out");
      await writeOld(path);
      const { files, calls } = failingFiles("ENOSPC", at);
      await expect(writeNew(path, { files, force: true })).rejects.toMatchObject({ code: "E_OUTPUT_WRITE" });
      const last = at === replacing.length - 1;
      expect(calls[at]).toBe(replacing[at]);
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
    expect((await readdir(path)).sort()).toEqual([MARK, "a", "sub"]);
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

  it("replaces no folder that it did not write, nor one that holds anything else, whatever it is", async () => {
    const foreign: readonly ((path: string) => Promise<unknown>)[] = [
      async (path) => {
        await mkdir(path);
        await writeFile(join(path, "train.csv"), "text,label\n");
      },
      async (path) => {
        await writeOld(path);
        await writeFile(join(path, "notes.txt"), "mine");
      },
      async (path) => {
        await writeOld(path);
        await mkdir(join(path, "empty"));
      },
      async (path) => {
        await writeOld(path);
        await rm(join(path, "a"));
        await symlink("/", join(path, "a"));
      },
      async (path) => {
        await writeOld(path);
        await rm(join(path, MARK));
      },
      async (path) => {
        await writeOld(path);
        await writeFile(join(path, MARK), "{");
      },
      async (path) => {
        await writeOld(`${path}-real`);
        await symlink(`${path}-real`, path);
      },
      (path) => writeFile(path, "a file"),
      (path) => symlink("nowhere", path),
    ];
    for (const make of foreign) {
      const parent = await tempFolder();
      const path = join(parent, "out");
      await make(path);
      const before = await contents(parent);
      for (const force of [false, true]) {
        await expect(writeNew(path, { force })).rejects.toMatchObject({ exitCode: 5 });
        await expect(writeNew(path, { force })).rejects.not.toThrow("--force");
      }
      expect(await contents(parent)).toEqual(before);
    }
  });

  it("replaces a report of before there were marks, unless anything else is in it, and no head without a mark", async () => {
    const record = JSON.stringify({ headstart: "0.1.0", verdict: { call: "neutral" }, report: "report.html" });
    const path = join(await tempFolder(), "out");
    await mkdir(path);
    for (const name of ["report.html", "mine.csv"]) await writeFile(join(path, name), "");
    await writeFile(join(path, "record.json"), record);
    await expect(writeNew(path, { force: true })).rejects.toThrow("it holds mine.csv");
    await rm(join(path, "mine.csv"));
    await writeNew(path, { force: true });
    expect((await readdir(path)).sort()).toEqual([MARK, "a", "sub"]);
    const head = join(await tempFolder(), "head");
    await mkdir(head);
    await writeFile(join(head, "headstart.json"), '{"format": "headstart-head"}');
    await writeFile(join(head, "README.md"), "my notes");
    await expect(writeNew(head, { force: true })).rejects.toThrow("which headstart did not write");
    expect(await readFile(join(head, "README.md"), "utf8")).toBe("my notes");
  });

  it("replaces an empty folder, and what file managers put into its own", async () => {
    const parent = await tempFolder();
    const path = join(parent, "out");
    await mkdir(path);
    await writeNew(path, { force: true });
    await writeFile(join(path, ".DS_Store"), "");
    await writeNew(path, { force: true });
    expect((await readdir(path)).sort()).toEqual([MARK, "a", "sub"]);
  });

  it("never replaces the working folder, a home folder, a root, or a folder that holds one of them", async () => {
    const parent = await tempFolder();
    const path = join(parent, "out");
    await writeOld(path);
    await mkdir(join(path, "a-home"));
    const program = `
      import { commitFolder } from ${JSON.stringify(new URL("../../../dist/files/commitFolder.js", import.meta.url).href)};
      for (const path of JSON.parse(process.argv[1])) {
        const error = await commitFolder(path, async () => {}, { force: true }).then(() => "replaced", (e) => e.message);
        console.log(error);
      }`;
    const run = (paths: readonly string[], cwd: string, HOME: string): string[] => {
      const args = ["--input-type=module", "-e", program, JSON.stringify(paths)];
      const { stdout, stderr } = spawnSync(process.execPath, args, {
        cwd,
        env: { ...process.env, HOME },
        encoding: "utf8",
      });
      expect(stderr).toBe("");
      return stdout.trimEnd().split("\n");
    };
    const before = await contents(parent);
    const working = run([path, ".", parent, "/"], path, "/nowhere");
    expect(working.map((line) => /: (it is [^:]*|it is a folder that is not replaced: .*)\./.test(line))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(working.slice(0, 3).every((line) => line.includes("it is or holds the working folder"))).toBe(true);
    expect(working[3]).toContain("it is a root folder");
    const home = run([path, join(path, "a-home")], parent, join(path, "a-home"));
    expect(home.every((line) => line.includes("it is or holds a home folder"))).toBe(true);
    expect(await contents(parent)).toEqual(before);
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
