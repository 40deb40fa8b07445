import { spawn, spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeFiles } from "../../../src/store/fileSystem.js";
import { lockFolder, thisProcess, type Owner, type RunLock } from "../../../src/store/runLock.js";
import { failingFiles } from "./failingFiles.js";
import { tempFolder } from "./tempFolder.js";

const ME = thisProcess("2026-01-02T03:04:05Z");
const GONE: Owner = { ...ME, pid: spawnSync(process.execPath, ["-e", ""]).pid };

const lock = (folder: string, owner: Owner = ME, files = nodeFiles): Promise<RunLock> =>
  lockFolder(folder, { output: "out.npy", owner, files });
const holder = async (folder: string): Promise<unknown> =>
  JSON.parse(await readFile(join(folder, "lock/owner.json"), "utf8"));

describe("lockFolder()", () => {
  it("makes the folder, names the owner in it, and leaves no lock when it is released", async () => {
    const folder = join(await tempFolder(), "a/b");
    const held = await lock(folder);
    expect(await holder(folder)).toEqual(ME);
    await held.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses a second owner, naming the first", async () => {
    const folder = await tempFolder();
    await lock(folder);
    await expect(lock(folder)).rejects.toMatchObject({
      code: "E_LOCKED",
      exitCode: 7,
      message:
        `Cannot write out.npy: process ${process.pid} on ${ME.host} has been writing it since 2026-01-02T03:04:05Z. ` +
        `Wait for it to end, or choose another output`,
    });
    expect(await readdir(folder)).toEqual(["lock"]);
  });

  it("takes over the lock of a process that is gone, also where another one has its pid by now", async () => {
    for (const dead of [GONE, { ...ME, process: `${ME.process}0` }]) {
      const folder = await tempFolder();
      await lock(folder, dead);
      await lock(folder, { ...ME, started: "later" });
      expect(await holder(folder)).toMatchObject({ pid: process.pid, started: "later" });
      expect(await readdir(folder)).toEqual(["lock"]);
    }
  });

  it.skipIf(process.platform !== "linux")("takes over the lock of a process that nobody has buried", async () => {
    // The shell's child ends at once, and the sleep that the shell becomes never asks for it.
    const parent = spawn("sh", ["-c", "true & echo $!; exec sleep 30"], { stdio: ["ignore", "pipe", "ignore"] });
    const pid = await new Promise<number>((resolve) => parent.stdout.once("data", (text) => resolve(Number(text))));
    const folder = await tempFolder();
    await lock(folder, { ...ME, pid, process: "" });
    await lock(folder);
    expect(await holder(folder)).toEqual(ME);
    parent.kill();
  });

  it("takes over what lost power has left of a lock", async () => {
    for (const left of ["", "{", '{"pid": "x"}', undefined]) {
      const folder = await tempFolder();
      await mkdir(join(folder, "lock"));
      if (left !== undefined) await writeFile(join(folder, "lock/owner.json"), left);
      await lock(folder);
      expect(await holder(folder)).toEqual(ME);
    }
  });

  it("leaves a lock of another machine, whose processes it cannot see, and says what to do", async () => {
    const folder = await tempFolder();
    await lock(folder, { ...GONE, host: "elsewhere" });
    const says = `on elsewhere has been writing it since ${GONE.started}. Wait for it to end; if it is surely gone, remove`;
    await expect(lock(folder)).rejects.toThrow(says);
    expect(await holder(folder)).toMatchObject({ host: "elsewhere" });
  });

  it("is given to one of many that ask at once, whether it was free or a dead one's", async () => {
    for (const before of [undefined, GONE]) {
      const folder = await tempFolder();
      if (before !== undefined) await lock(folder, before);
      const asked = Array.from({ length: 8 }, (_, i) => lock(folder, { ...ME, started: `${i}` }));
      const results = await Promise.allSettled(asked);
      const codes = results.map((one) => (one.status === "rejected" ? (one.reason as { code?: string }).code : "held"));
      expect(codes.sort()).toEqual([...Array<string>(7).fill("E_LOCKED"), "held"]);
      const { started } = (await holder(folder)) as Owner;
      expect(results[Number(started)].status).toBe("fulfilled");
    }
  });

  it("says so where the disk does not let it, and leaves nothing", async () => {
    for (let at = 0; ; at++) {
      const folder = join(await tempFolder(), "new");
      const { files, calls } = failingFiles("EACCES", at);
      const failed = await lock(folder, ME, files).catch((error: unknown) => error);
      if (calls.length <= at) break;
      expect(failed).toMatchObject({ code: "E_OUTPUT_WRITE", exitCode: 5 });
      expect(await readdir(folder).catch(() => [])).toEqual([]);
    }
  });
});
