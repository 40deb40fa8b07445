import { appendFile, readFile, rename, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../src/math/random.js";
import { expectFailure, hasEnded, jsonOf, sandbox, TINY, type Running, type Sandbox, succeeded } from "./runCli.js";

const ROWS = 3000;
const WITH_TINY = ["--encoder", TINY, "--bad-rows", "skip"];
const HEADER = "id,text\n";
/** Every 500th row is malformed. */
const LINES = Array.from({ length: ROWS }, (_, i) =>
  i % 500 === 7 ? `${i}\n` : `${i},"good film ${i}, ${"the night and day ".repeat(i % 9)}"\n`,
);
const REJECTED = 6;

const outputs = (name: string): string[] => (name.endsWith(".npy") ? [name, name.replace(".npy", ".jsonl")] : [name]);
const kept = (output: string): string => `${output}.headstart`;

async function bytesOf(box: Sandbox, output: string): Promise<string[]> {
  const files = [...outputs(output), `${output}.rejects.jsonl`];
  return Promise.all(files.map((file) => readFile(box.path(file), "base64")));
}

async function corpus(): Promise<Sandbox> {
  const box = await sandbox();
  await box.write("in.csv", HEADER + LINES.join(""));
  return box;
}

/** Resolves once the manifest of a run names `shards` shards, or the run is over. */
async function keeps(box: Sandbox, output: string, shards: number, run: Running): Promise<void> {
  for (;;) {
    const manifest = await readFile(box.path(`${kept(output)}/manifest`), "utf8").catch(() => "");
    // The first line says what the run depends on.
    if (hasEnded(run) || manifest.split("\n").length - 2 >= shards) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A run that was killed with `shards` shards kept, in a sandbox with its corpus; one that was done before does not count. */
async function killed(output: string, { shards = 3 } = {}): Promise<Sandbox> {
  for (;;) {
    const box = await corpus();
    const run = box.start(["embed", "in.csv", "-o", output, ...WITH_TINY], { input: "" });
    await keeps(box, output, shards, run);
    run.process.kill("SIGKILL");
    const { code, stderr } = await run.finished;
    if (code !== 0 && code !== 137) throw new Error(`It ended with ${code}: ${stderr}`);
    if ((await box.files()).includes(`${kept(output)}/manifest`)) return box;
  }
}

/** The files of undisturbed runs. */
const whole: Record<string, string[]> = {};
beforeAll(async () => {
  for (const end of ["npy", "parquet", "jsonl"]) {
    const box = await corpus();
    succeeded(await box.run(["embed", "in.csv", "-o", `out.${end}`, ...WITH_TINY]));
    whole[end] = await bytesOf(box, `out.${end}`);
  }
}, 180_000);

describe("headstart embed, killed at random moments and started again", () => {
  it.each(["npy", "parquet", "jsonl"])(
    "ends with the bytes of an undisturbed run, .%s [A01]",
    async (end) => {
      const output = `out.${end}`;
      const args = ["embed", "in.csv", "-o", output, "--json", ...WITH_TINY];
      const random = seeded(end.length);
      const box = await corpus();
      for (let kill = 0; kill < 3; kill++) {
        const run = box.start(args, { input: "" });
        await keeps(box, output, kill + 1, run);
        await new Promise((resolve) => setTimeout(resolve, 300 * random()));
        run.process.kill("SIGKILL");
        await run.finished;
      }
      const { code, stdout, stderr } = await box.run(args);
      // A kill may have come after the end; then the output is there, and is not overwritten.
      const ended = code === 0 ? (JSON.parse(stdout) as { rows: number; rejected: number }) : undefined;
      expect([ended?.rows ?? ROWS - REJECTED, ended?.rejected ?? REJECTED]).toEqual([ROWS - REJECTED, REJECTED]);
      expect(code === 0 || /E_OUTPUT_EXISTS/.test(stderr)).toBe(true);
      expect(await bytesOf(box, output)).toEqual(whole[end]);
      expect(await box.files()).toEqual(["in.csv", ...outputs(output), `${output}.rejects.jsonl`].sort());
    },
    180_000,
  );
});

describe("headstart embed after a kill", { timeout: 180_000 }, () => {
  it("tells how many rows were there already", async () => {
    const box = await killed("out.npy");
    const { stdout, stderr } = await box.run(["embed", "in.csv", "-o", "out.npy", ...WITH_TINY]);
    const [, rows] = /(\d+) resumed\)/.exec(stdout) ?? [];
    expect(Number(rows)).toBeGreaterThanOrEqual(64 + 128 + 256);
    expect(stderr).toContain(`going on with out.npy.headstart: ${Number(rows).toLocaleString("en")} rows are embedded`);
    expect(await bytesOf(box, "out.npy")).toEqual(whole.npy);
  });

  it("refuses another command, naming what is other, keeps what is there, and starts anew with --force [A05]", async () => {
    const box = await killed("out.npy", { shards: 1 });
    const args = ["embed", "in.csv", "-o", "out.npy", ...WITH_TINY];
    for (const [flag, value, says] of [
      ["--pooling", "max", /--pooling was mean when the run began and is max now/],
      ["--max-tokens", "9", /--max-tokens was 64 when the run began and is 9 now/],
      ["--store", "int8", /--store was "fp32" when the run began and is "int8" now/],
      ["--quote", '"', /--quote was not given when the run began and is "\\"" now/],
      ["--delimiter", ",", /--delimiter was not given when the run began and is "," now/],
      ["--limit", "5", /--limit was not given when the run began and is 5 now/],
    ] as const) {
      const refused = await box.call([...args, flag, value]);
      expectFailure(refused, { exit: 4, code: "E_RESUME_MISMATCH", says: [says, /--force$/m] });
    }
    expect(await box.files()).toContain("out.npy.headstart/00000000.vectors");
    expect(jsonOf(await box.run([...args, "--limit", "5", "--force", "--json"]))).toMatchObject({
      rows: 5,
      resumed: 0,
    });
  });

  it("refuses an input that has grown, or that has changed and kept its size and time [A05, A06]", async () => {
    const box = await killed("out.npy", { shards: 1 });
    const args = ["embed", "in.csv", "-o", "out.npy", ...WITH_TINY];
    await appendFile(box.path("in.csv"), "3000,new\n");
    const says = [/in\.csv was \d+ bytes with sha256 \w+ when the run began and is \d+ bytes/];
    expectFailure(await box.call(args), { exit: 4, code: "E_RESUME_MISMATCH", says });
    await writeFile(box.path("in.csv"), HEADER + LINES.join("").replace("good", "done"));
    await utimes(box.path("in.csv"), 1e9, 1e9);
    expectFailure(await box.call(args), { exit: 4, code: "E_RESUME_MISMATCH", says });
    // The same content under a new time is the same input, and so is another way to its file.
    await writeFile(box.path("in.csv"), HEADER + LINES.join(""));
    const other = args.map((arg) => (arg === "in.csv" ? "./in.csv" : arg));
    expect((await box.run(other)).stdout).toContain("resumed)");
  });

  it("starts anew where the input was a pipe, and cleans up", async () => {
    const box = await sandbox();
    const args = ["embed", "-", "-o", "out.npy", ...WITH_TINY];
    const run = box.start(args);
    run.process.stdin.write(HEADER + LINES.slice(0, 2000).join(""));
    while (!(await box.files()).some((name) => name.endsWith(".tmp"))) await new Promise((r) => setTimeout(r, 20));
    run.process.kill("SIGKILL");
    await run.finished;
    expect((await box.files()).filter((name) => name.endsWith(".vectors"))).toEqual([]);
    const { stdout } = succeeded(await box.run(args, { input: HEADER + LINES.join("") }));
    expect(stdout).not.toContain("resumed");
    expect((await bytesOf(box, "out.npy")).slice(0, 2)).toEqual(whole.npy.slice(0, 2));
  });

  it("redoes with --repair what is damaged [A07]", async () => {
    const box = await killed("out.npy", { shards: 2 });
    await box.write("out.npy.headstart/00000001.vectors", "damaged");
    const args = ["embed", "in.csv", "-o", "out.npy", ...WITH_TINY];
    const says = [/out\.npy\.headstart\/00000001\.vectors: its sha256 is \w{64} where \w{64} was written/];
    expectFailure(await box.call(args), { exit: 4, code: "E_CHECKSUM", says });
    expect(jsonOf(await box.run([...args, "--repair", "--json"])).resumed).toBeGreaterThanOrEqual(64);
    expect(await bytesOf(box, "out.npy")).toEqual(whole.npy);
  });
});

describe("two runs to one output", { timeout: 180_000 }, () => {
  it("do not mix: the second ends with 7 and names the first [A08]", async () => {
    const box = await corpus();
    const first = box.start(["embed", "-", "-o", "out.npy", ...WITH_TINY]);
    first.process.stdin.write(HEADER);
    while (!(await box.files()).some((file) => file.startsWith("out.npy.headstart/lock.")))
      await new Promise((r) => setTimeout(r, 20));
    const says = [new RegExp(`process ${first.process.pid} on ${hostname()} has been writing it since 20\\d\\d-`)];
    for (const force of [[], ["--force"]]) {
      const second = await box.call(["embed", "in.csv", "-o", "out.npy", ...force, ...WITH_TINY]);
      expectFailure(second, { exit: 7, code: "E_LOCKED", says });
    }
    first.process.stdin.end("1,the sun\n");
    expect((await first.finished).stdout).toContain("1 row in = 1 out");
  });
});

describe("an error in the input", { timeout: 180_000 }, () => {
  it("leaves nothing behind where no shard was kept before it came", async () => {
    const box = await corpus();
    const run = box.start(["embed", "in.csv", "-o", "out.npy", "--encoder", TINY], { input: "" });
    expectFailure(await run.finished, { exit: 3, code: "E_CSV_FIELDS", says: [/in\.csv:9/] });
    expect(await box.files()).toEqual(["in.csv"]);
  });

  it("costs none of the rows before it: with the row mended, or skipped, the run goes on", async () => {
    const box = await sandbox();
    const lines = LINES.filter((_, i) => i % 500 !== 7);
    await box.write("whole.csv", HEADER + lines.join(""));
    succeeded(await box.run(["embed", "whole.csv", "-o", "whole.npy", "--encoder", TINY]));
    for (const mended of [true, false]) {
      const output = mended ? "mended.npy" : "skipped.npy";
      const args = ["embed", "in.csv", "-o", output, "--encoder", TINY];
      await box.write("in.csv", `${HEADER}${lines.slice(0, -1).join("")}short\n`);
      const late = await box.run(args);
      expectFailure(late, { exit: 3, code: "E_CSV_FIELDS" });
      const rows = /([\d,]+) rows are kept in \w+\.npy\.headstart; once the input is right, the same command goes on/;
      const keptRows = Number(rows.exec(late.stderr)?.[1].replace(",", ""));
      expect(keptRows).toBeGreaterThan(0);
      // What the vectors depend on has to be as it was even so.
      const refused = await box.call([...args, "--max-tokens", "9"]);
      expectFailure(refused, { exit: 4, code: "E_RESUME_MISMATCH", says: [/--max-tokens was 64/] });
      if (mended) await box.write("in.csv", HEADER + lines.join(""));
      const flags = mended ? [] : ["--bad-rows", "skip"];
      expect(jsonOf(await box.run([...args, ...flags, "--json"])).resumed).toBe(keptRows);
      const wanted = await readFile(box.path("whole.npy"));
      const found = await readFile(box.path(output));
      const bytes = mended ? wanted : wanted.subarray(128, wanted.length - (wanted.length - 128) / lines.length);
      expect((mended ? found : found.subarray(128)).equals(bytes)).toBe(true);
      expect(await box.files()).not.toContain(`${output}.headstart`);
    }
  });

  it("does rows anew that are others than they were", async () => {
    const box = await sandbox();
    const lines = LINES.filter((_, i) => i % 500 !== 7);
    const args = ["embed", "in.csv", "-o", "out.npy", "--encoder", TINY];
    await box.write("in.csv", `${HEADER}${lines.join("")}short\n`);
    expectFailure(await box.call(args), { exit: 3, code: "E_CSV_FIELDS" });
    expect(await box.files()).toContain("out.npy.headstart/00000000.vectors");
    await box.write("in.csv", HEADER + lines.toReversed().join(""));
    expect(jsonOf(await box.run([...args, "--json"]))).toMatchObject({ rows: lines.length, resumed: 0 });
    await box.write("whole.csv", HEADER + lines.toReversed().join(""));
    succeeded(await box.run(["embed", "whole.csv", "-o", "whole.npy", "--encoder", TINY]));
    expect((await readFile(box.path("out.npy"))).equals(await readFile(box.path("whole.npy")))).toBe(true);
  });

  it("keeps what is there when the file cannot be looked at again", async () => {
    const box = await corpus();
    const args = ["embed", "in.csv", "-o", "out.npy", ...WITH_TINY];
    const run = box.start(args, { input: "" });
    await keeps(box, "out.npy", 1, run);
    await rename(box.path("in.csv"), box.path("moved.csv"));
    const moved = await run.finished;
    if (moved.code === 0) return; // it was read and done before
    expectFailure(moved, { exit: 3, code: "E_INPUT_UNREADABLE", says: [/in\.csv/] });
    await rename(box.path("moved.csv"), box.path("in.csv"));
    expect(jsonOf(await box.run([...args, "--json"])).resumed).toBeGreaterThan(0);
    expect(await bytesOf(box, "out.npy")).toEqual(whole.npy);
  });
});
