// @ts-check
/** Peak memory by the number of rows, over a stub encoder, and with MiniLM. */

import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measure } from "./measure.mjs";

const ROWS = [100_000, 1_000_000];
const ENDINGS = ["npy", "parquet"];

/** @param {{ readonly corpus: string, readonly minilm: string }} options */
export async function benchMemory({ corpus, minilm }) {
  const scratch = mkdtempSync(join(tmpdir(), "headstart-bench-"));
  try {
    console.log("| run | rows | texts/s | peak memory |\n| --- | --- | --- | --- |");
    for (const rows of ROWS) {
      const file = join(scratch, `${rows}.csv`);
      await writeCorpus(file, rows);
      for (const ending of ENDINGS)
        print(`stub encoder, .${ending}`, measure(["memoryRun.mjs", file, `${file}.${ending}`]));
    }
    for (const limit of [2048, 12_284]) {
      print("MiniLM, .npy", measure(["ours.mjs", corpus, minilm, String(limit), join(scratch, "minilm.npy")]));
    }
    console.log("");
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {string} run @param {{ rows: number, textsPerSecond: number, peakMB: number }} measured */
const print = (run, { rows, textsPerSecond, peakMB }) =>
  console.log(`| ${run} | ${rows} | ${textsPerSecond.toFixed(0)} | ${peakMB.toFixed(0)} MB |`);

const WORDS = "the train was late again and nobody told us why but we loved every minute".split(" ");

/** @param {string} file @param {number} rows */
async function writeCorpus(file, rows) {
  const to = createWriteStream(file);
  to.write("id,text\n");
  for (let i = 0; i < rows; i++) {
    const words = Array.from({ length: 3 + ((i * 7) % 6) }, (_, k) => WORDS[(i * 31 + k * k) % WORDS.length]);
    if (!to.write(`${i},${words.join(" ")} ${i}\n`)) await once(to, "drain");
  }
  to.end();
  await once(to, "close");
}
