import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import {
  csv,
  hasEnded,
  jsonOf,
  labelledRows,
  sandbox,
  sharedSandbox,
  TINY,
  type Finished,
  type Running,
  type Sandbox,
  succeeded,
} from "./runCli.js";

const WITH_TINY = ["--encoder", TINY];
/** A run that has not stopped by then, however busy the machine, never does. */
const HANGS_MS = 40_000;
const LOOK_EVERY_MS = 20;

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  const rows = Array.from({ length: 200_000 }, (_, i) => `sun rain day ${i},${i % 2}\n`);
  await box.write("big.csv", `text,label\n${rows.join("")}`);
  await box.write("small.csv", csv(["text", "label"], labelledRows(20)));
  succeeded(await box.run(["train", "small.csv", "-o", "head", "--quiet", ...WITH_TINY]));
});

/** Resolves once a file whose name `matches` is in the folder: the run is writing. */
async function appears(folder: string, matches: RegExp, run: Running): Promise<void> {
  while (!(await readdir(folder, { recursive: true }).catch(() => [])).some((name) => matches.test(name))) {
    if (hasEnded(run)) throw new Error(`It ended first: ${(await run.finished).stderr}`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Resolves once a run has said something on stderr. */
async function says(run: Running, pattern: RegExp): Promise<void> {
  let said = "";
  run.process.stderr.on("data", (chunk: Buffer) => (said += chunk));
  while (!pattern.test(said)) {
    if (hasEnded(run)) throw new Error(`It ended first: ${said}`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Resolves once a run waits for a pipe: none of its threads has had anything to do for a while. */
async function waits({ process: child }: Running): Promise<void> {
  if (process.platform !== "linux") return sleep(3000);
  const tasks = `/proc/${child.pid}/task`;
  const stateOf = async (id: string): Promise<string | undefined> =>
    /\) (\w) /.exec(await readFile(`${tasks}/${id}/stat`, "utf8").catch(() => ""))?.[1];
  for (let idle = 0; idle < 20;) {
    const states = await Promise.all((await readdir(tasks)).map(stateOf));
    // One thread is what a process has before its command has begun.
    idle = states.length > 1 && states.every((state) => state === "S") ? idle + 1 : 0;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Sends signals and waits for the end. */
async function stop({ process: child, finished }: Running, ...signals: NodeJS.Signals[]): Promise<Finished> {
  for (const signal of signals) child.kill(signal);
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error("It did not stop"));
    }, HANGS_MS).unref();
  });
  return Promise.race([finished, late]);
}

// Windows has no signals: there kill() ends the process at once.
describe.skipIf(process.platform === "win32")("a signal [A11]", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s stops headstart embed with %i, keeps what is done and says how to go on", async (signal, code) => {
    const kept = `kept-${signal}`;
    const before = await box.files();
    const run = box.start(["embed", "big.csv", "-o", "out.npy", "--cache", kept, ...WITH_TINY]);
    await appears(box.folder, /^out\.npy\.headstart\/00000001\.vectors$/, run);
    const finished = await stop(run, signal);
    expect(finished.code).toBe(code);
    expect(finished.stdout).toBe("");
    expect(finished.stderr).not.toContain("error[");
    expect(finished.stderr).toMatch(
      /[\d,]+ rows are kept in out\.npy\.headstart; the same command goes on from there\n$/,
    );
    const left = (await box.files()).filter((name) => !name.startsWith(kept) && !before.includes(name));
    expect(left.every((name) => /^out\.npy\.headstart(\/(manifest|\d+\.vectors))?$/.test(name))).toBe(true);
    await rm(box.path("out.npy.headstart"), { recursive: true });
    // What was embedded is kept in the cache, whole.
    const segments = (await readdir(box.path(kept), { recursive: true })).filter((name) => name.includes(".vectors"));
    expect(segments.length).toBeGreaterThan(0);
    expect(segments.filter((name) => name.endsWith(".tmp"))).toEqual([]);
    const args = ["embed", "big.csv", "--limit", "100", "-o", `${signal}.npy`, "--cache", kept, "--json"];
    expect(jsonOf(await box.run([...args, ...WITH_TINY])).cached).toBe(100);
  });

  it("stops a run that waits for a pipe, too", async () => {
    const own = await sandbox();
    const run = own.start(["embed", "-", "-o", "out.parquet", ...WITH_TINY]);
    run.process.stdin.write("text\nsun\n");
    await appears(own.folder, /\/\.out\.parquet\..*\.tmp$/, run);
    const { code, stderr } = await stop(run, "SIGTERM");
    expect(code).toBe(143);
    expect(stderr).toContain("nothing is kept, as a pipe cannot be read again");
    expect(await own.files()).toEqual([]);
  });

  it("stops headstart predict between two lines of a pipe", async () => {
    const run = box.start(["predict", "head"]);
    run.process.stdin.write("sun\n");
    await once(run.process.stdout, "data");
    const finished = await stop(run, "SIGINT");
    expect(finished.code).toBe(130);
    expect(finished.stdout.trimEnd().split("\n")).toHaveLength(1);
  });

  it("stops headstart train while it embeds, and predict while it writes", async () => {
    const before = await box.files();
    const train = box.start(["train", "big.csv", "-o", "new-head", ...WITH_TINY]);
    await says(train, /^encoder /m);
    expect((await stop(train, "SIGINT")).code).toBe(130);
    const predict = box.start(["predict", "head", "--input", "big.csv", "-o", "answers.csv"]);
    await appears(box.folder, /^\.answers\.csv\..*\.tmp$/, predict);
    expect((await stop(predict, "SIGTERM")).code).toBe(143);
    expect(await box.files()).toEqual(before);
  });

  it("ends a command that is deaf: behind a pipe that nobody reads or writes", async () => {
    const lines = Array.from({ length: 300_000 }, (_, i) => `good day ${i}\n`).join("");
    spawnSync("mkfifo", [box.path("fifo.csv")]);
    const deaf: readonly (() => Running)[] = [
      // Nobody takes what it prints: it waits in the write.
      () => box.start(["predict", "head", "--quiet"], { input: lines }),
      () => box.start(["embed", "big.csv", "-o", "-", "--to", "csv", "--quiet", ...WITH_TINY]),
      // Nobody writes to what it reads.
      () => box.start(["embed", "fifo.csv", "-o", "fifo.npy", ...WITH_TINY]),
    ];
    const ended = deaf.map(async (start) => {
      const run = start();
      run.process.stdout.pause();
      await waits(run);
      return (await stop(run, "SIGTERM")).code;
    });
    expect(await Promise.all(ended)).toEqual([143, 143, 143]);
  });

  it("ends a run at once when it is the second", async () => {
    const run = box.start(["embed", "big.csv", "-o", "twice.npy", ...WITH_TINY]);
    await appears(box.folder, /\/\.twice\.npy\..*\.tmp$/, run);
    expect((await stop(run, "SIGINT", "SIGTERM", "SIGINT")).code).toBeOneOf([130, 143]);
    // What it could not remove any more, the next run to the same output does.
    const args = ["embed", "small.csv", "-o", "twice.npy", "--json", "--force", ...WITH_TINY];
    expect(jsonOf(await box.run(args)).rows).toBe(20);
    expect((await box.files()).filter((name) => name.includes("twice"))).toEqual(["twice.jsonl", "twice.npy"]);
  });
});

describe("a reader that closes the pipe early", () => {
  /** Closes stdout after its first piece. */
  async function closeEarly({ process: child, finished }: Running): Promise<Finished> {
    await once(child.stdout, "data");
    child.stdout.destroy();
    return finished;
  }

  it.each(["jsonl", "csv", "arrow"])("ends headstart embed -o - --to %s with 0, quietly", async (format) => {
    const args = ["embed", "big.csv", "-o", "-", "--to", format, "--quiet", ...WITH_TINY];
    const { code, stderr } = await closeEarly(box.start(args, { input: "" }));
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("ends headstart predict with 0, quietly", async () => {
    const input = "sun lovely day\n".repeat(100_000);
    const { code, stderr } = await closeEarly(box.start(["predict", "head", "--quiet"], { input }));
    expect([code, stderr]).toEqual([0, ""]);
  });
});
