import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embedTexts } from "../../../src/encoder/embed/embed.js";
import { loadEncoder } from "../../../src/encoder/load.js";
import { readVectors } from "../../../src/vectors/reader.js";
import { hasPython, PYTHON } from "../vectors/python.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const JOB = join(ROOT, "scripts/spark/embed.py");
const MAIN = join(ROOT, "dist/cli/main.js");
const TINY = join(ROOT, "test/fixtures/tiny-bert");
const TEXTS = ["the sun is up", "", 'she said "no", twice', "two\nlines", "fog é 😀"];
const ROWS = Array.from({ length: 60 }, (_, i) => [String(i), `${TEXTS[i % 5]}${i % 5 === 1 ? "" : ` ${i}`}`]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headstart-spark-"));
  const lines = ROWS.map(([id, text]) => `${id},"${text.replaceAll('"', '""')}"\n`);
  await writeFile(join(folder, "in.csv"), `id,text\n${lines.join("")}`);
  // Ends as a process does whose machine runs out of memory, once; then it is headstart.
  const wrapper = `import { existsSync, writeFileSync } from "node:fs";
const mark = new URL("died", import.meta.url);
if (!existsSync(mark)) { writeFileSync(mark, ""); process.kill(process.pid, "SIGKILL"); }
else await import(${JSON.stringify(MAIN)});`;
  await writeFile(join(folder, "dies-once.mjs"), wrapper);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs the job with two tasks at a time, each of which Spark tries so many times. */
async function job(output: string, { tries, flags }: { tries: number; flags: readonly string[] }): Promise<Ended> {
  const args = [JOB, join(folder, "in.csv"), join(folder, output), "--partitions", "2", ...flags];
  const env = {
    ...process.env,
    PYSPARK_PYTHON: PYTHON,
    PYSPARK_DRIVER_PYTHON: PYTHON,
    SPARK_LOCAL_IP: "127.0.0.1",
    PYSPARK_SUBMIT_ARGS: `--master local[2,${tries}] --conf spark.ui.enabled=false pyspark-shell`,
  };
  const child = spawn(PYTHON, args, { env });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, said }));
  });
}

describe.skipIf(!hasPython("pyspark", "pyarrow"))("scripts/spark/embed.py", () => {
  it("gives the vectors of headstart embed bit for bit, though a headstart was killed on the way", async () => {
    const headstart = `${process.execPath} ${join(folder, "dies-once.mjs")}`;
    const { code, said } = await job("out", { tries: 3, flags: ["--headstart", headstart, "--encoder", TINY] });
    if (code !== 0) throw new Error(said);
    expect(await readdir(folder)).toContain("died");
    const found = new Map<string, readonly [text: string | null, vector: readonly number[]]>();
    for (const name of (await readdir(join(folder, "out"))).filter((file) => file.endsWith(".parquet"))) {
      const { vectors, columns, values } = await readVectors(join(folder, "out", name));
      expect(columns).toEqual(["id", "text"]);
      values.forEach(([id, text], r) => found.set(id!, [text, [...vectors.data.subarray(r * 32, (r + 1) * 32)]]));
    }
    const encoder = await loadEncoder(TINY);
    const { vectors } = await embedTexts(
      encoder,
      ROWS.map(([, text]) => text),
    );
    await encoder.close();
    expect(found.size).toBe(ROWS.length);
    ROWS.forEach(([id, text], r) =>
      expect(found.get(id)).toEqual([text, [...vectors.data.subarray(r * 32, (r + 1) * 32)]]),
    );
  }, 300_000);

  it("fails with what headstart said, and commits nothing", async () => {
    const { code, said } = await job("none", {
      tries: 1,
      flags: ["--headstart", `${process.execPath} ${MAIN}`, "--encoder", "no/such"],
    });
    expect(code).not.toBe(0);
    expect(said).toContain("HeadstartFailed");
    expect(said).toMatch(/ended with 4:\s+.*error\[E_/s);
    expect(await readdir(join(folder, "none")).catch(() => [])).not.toContain("_SUCCESS");
  }, 300_000);
});
