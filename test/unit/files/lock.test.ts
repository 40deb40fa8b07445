import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { nodeFiles, type FileSystem } from "../../../src/files/fileSystem.js";
import { lockFolder, thisProcess, type Owner, type RunLock } from "../../../src/files/lock.js";
import { failingFiles } from "./failingFiles.js";
import { tempFolder } from "./tempFolder.js";

const ME = thisProcess(new Date().toISOString());
const GONE: Owner = { ...ME, pid: spawnSync(process.execPath, ["-e", ""]).pid };

const lock = (folder: string, owner: Owner = ME, files = nodeFiles): Promise<RunLock> =>
  lockFolder(folder, { output: "out.npy", owner, files });
/** The owner in the one claim that is there, which is all there is. */
const holder = async (folder: string): Promise<unknown> => {
  const names = await readdir(folder);
  expect(names).toEqual([expect.stringMatching(/^lock\.\d+\.[\w-]+$/)]);
  return JSON.parse(await readFile(join(folder, names[0]), "utf8"));
};
/** What a process that is not there any more has left. */
const leave = (folder: string, content: string): Promise<void> =>
  writeFile(join(folder, `lock.1.${randomUUID()}`), content);

describe("lockFolder()", () => {
  it("makes the folder, names the owner in it, and leaves no lock when it is released", async () => {
    const folder = join(await tempFolder(), "a/b");
    const held = await lock(folder);
    expect(await holder(folder)).toEqual(ME);
    await held.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses a second owner, naming the first [A08]", async () => {
    const folder = await tempFolder();
    await lock(folder);
    await expect(lock(folder)).rejects.toMatchObject({
      code: "E_LOCKED",
      exitCode: 7,
      message:
        `Cannot write out.npy: process ${process.pid} on ${ME.host} has been writing it since ${ME.started}. ` +
        `Wait for it to end, or choose another output`,
    });
    expect(await holder(folder)).toEqual(ME);
  });

  it("takes over the lock of a process that is gone, also where another one has its pid by now [A08]", async () => {
    for (const dead of [GONE, { ...ME, process: `${ME.process}0` }]) {
      const folder = await tempFolder();
      await leave(folder, JSON.stringify(dead));
      await lock(folder, { ...ME, started: "later" });
      expect(await holder(folder)).toMatchObject({ pid: process.pid, started: "later" });
    }
  });

  it.skipIf(process.platform !== "linux")("takes over the lock of a process that nobody has buried", async () => {
    // The shell's child ends once the shell has become a sleep, which never asks for it.
    const script = 'while [ "$(cat /proc/$$/comm)" != sleep ]; do :; done & echo $!; exec sleep 30';
    const parent = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
    const pid = await new Promise<number>((resolve) => parent.stdout.once("data", (text) => resolve(Number(text))));
    while (!/\) Z /.test(await readFile(`/proc/${pid}/stat`, "utf8"))) await setTimeout(5);
    const folder = await tempFolder();
    await leave(folder, JSON.stringify({ ...ME, pid, process: "" }));
    await lock(folder);
    expect(await holder(folder)).toEqual(ME);
    parent.kill();
  });

  it("takes over the lock of a run from before the machine's last start, where the system tells nothing of processes", async () => {
    const folder = await tempFolder();
    const before = new Date(Date.now() - uptime() * 1000 - 2 * 3_600_000).toISOString();
    await leave(folder, JSON.stringify({ ...ME, process: "", started: before }));
    await lock(folder);
    expect(await holder(folder)).toEqual(ME);
    const later = await tempFolder();
    await leave(later, JSON.stringify({ ...ME, process: "", started: new Date().toISOString() }));
    await expect(lock(later)).rejects.toMatchObject({ code: "E_LOCKED" });
  });

  it("takes over what lost power has left of a lock", async () => {
    for (const left of ["", "{", '{"pid": "x"}']) {
      const folder = await tempFolder();
      await leave(folder, left);
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
    for (let round = 0; round < 8; round++) {
      const folder = await tempFolder();
      if (round % 2 === 1) await leave(folder, JSON.stringify(GONE));
      const asked = Array.from({ length: 8 }, (_, i) => lock(folder, { ...ME, started: `claim ${i}` }));
      const results = await Promise.allSettled(asked);
      const codes = results.map((one) => (one.status === "rejected" ? (one.reason as { code?: string }).code : "held"));
      expect(codes.sort()).toEqual([...Array<string>(7).fill("E_LOCKED"), "held"]);
      const { started } = (await holder(folder)) as Owner;
      expect(results[Number(started.slice("claim ".length))].status).toBe("fulfilled");
    }
  });

  it("is held by one at a time, though each that ends takes the folder with it", { timeout: 60_000 }, async () => {
    const folder = join(await tempFolder(), "run");
    let holders = 0;
    const turn = async (): Promise<void> => {
      const held = await lock(folder).catch(() => undefined);
      if (held === undefined) return turn();
      expect(++holders).toBe(1);
      await setTimeout(5);
      expect(holders--).toBe(1);
      await rename(folder, `${folder}.${randomUUID()}`);
    };
    await Promise.all(Array.from({ length: 6 }, () => turn()));
  });

  it("is asked for anew where a run that ends takes the folder away in that moment", async () => {
    for (const moment of ["rename", "list"] as const) {
      const folder = join(await tempFolder(), "run");
      let ended = false;
      const files: FileSystem = {
        ...nodeFiles,
        [moment]: async (from: string, to: string) => {
          if (!ended) await rename(folder, `${folder}.ended`);
          ended = true;
          return await nodeFiles[moment](from, to);
        },
      };
      await lock(folder, ME, files);
      expect(await holder(folder)).toEqual(ME);
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
