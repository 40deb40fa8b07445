/**
 * Kills `headstart embed` at random moments, starts it again until it is through, and compares what it wrote with an
 * undisturbed run, byte by byte:
 *
 *     npm run build && node scripts/kill.mjs [kills] [seed]
 *
 * Ends with 1 where anything differs or is left behind. 200 kills take ten minutes on two cores.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seeded } from "../dist/math/random.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ROWS = 2000;
const ENDINGS = ["npy", "parquet", "jsonl", "arrow"];
const [kills = 200, seed = 1] = process.argv.slice(2).map(Number);

const folder = await mkdtemp(join(tmpdir(), "headstart-kill-"));
const random = seeded(seed);

/** One run; killed after `killAfterMs`, if that is given. @returns exit status, null for a killed one, and the time taken */
function embed(output, killAfterMs) {
  const args = ["dist/cli/main.js", "embed", join(folder, "in.csv"), "-o", join(folder, output)];
  const began = performance.now();
  const child = spawn(process.execPath, [...args, "--quiet", "--encoder", "test/fixtures/tiny-bert"], { cwd: ROOT });
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, said, ms: performance.now() - began });
    });
  });
}

const filesOf = async (prefix) => (await readdir(folder)).filter((name) => name.includes(prefix)).sort();

async function bytesOf(prefix) {
  const contents = [];
  for (const name of await filesOf(prefix)) contents.push((await readFile(join(folder, name))).toString("base64"));
  return contents.join("|");
}

const words = ["sun", "rain", "night and day", "tea", "moon", "good film", "it was very bad"];
const rows = Array.from({ length: ROWS }, (_, i) => `${i},${words[i % 7]} ${words[(i * 3) % 7].repeat(i % 5)} ${i}\n`);
await writeFile(join(folder, "in.csv"), `id,text\n${rows.join("")}`);

let [killed, bad] = [0, 0];
for (let round = 0; killed < kills; round++) {
  const end = ENDINGS[round % ENDINGS.length];
  const whole = await embed(`whole.${end}`);
  if (whole.code !== 0) throw new Error(whole.said);
  const wanted = await bytesOf("whole.");
  for (;;) {
    const { code, said } = await embed(`out.${end}`, killed < kills ? random() * whole.ms * 1.1 : undefined);
    if (code === null) killed++;
    // Killed in the last moment, after all was in place: then the output is there, which is what a next run says.
    else if (code !== 0 && !said.includes("E_OUTPUT_EXISTS")) throw new Error(said);
    else break;
  }
  const left = (await filesOf("out.")).filter((name) => name.includes("headstart"));
  const same = (await bytesOf("out.")) === wanted && left.length === 0;
  if (!same) bad++;
  console.log(`${killed} kills, .${end}: ${same ? "the same bytes" : `DIFFERENT, ${left.join(" ")}`}`);
  for (const name of [...(await filesOf("out.")), ...(await filesOf("whole."))]) await rm(join(folder, name));
}
await rm(folder, { recursive: true });
console.log(`${killed} kills, ${bad} differences`);
process.exitCode = bad === 0 ? 0 : 1;
