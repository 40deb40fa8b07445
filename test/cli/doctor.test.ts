import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { tempPath } from "../../src/files/tempName.js";
import { csv, expectFailure, jsonOf, sharedSandbox, TINY, type Sandbox } from "./runCli.js";

interface Forecast {
  readonly rows: number;
  readonly rejected: number;
  readonly sampled: number;
  readonly tokens: number;
  readonly disk: Readonly<Record<string, number>>;
}

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
});

const rowsOf = (n: number): string[][] =>
  Array.from({ length: n }, (_, i) => [String(i), `day ${i} ${"sun ".repeat(i % 20)}`]);
const forecastOf = async (file: string): Promise<Forecast> =>
  jsonOf(await box.run(["doctor", "--bench", file, "--bad-rows", "skip", "--json", "--encoder", TINY]))
    .forecast as Forecast;

describe("headstart doctor --bench", () => {
  it.each([
    ["exactly, where the corpus is no larger than the sample", 200, 0],
    ["within 5 %, where it is larger", 3000, 0.05],
  ])("forecasts what headstart embed then counts, %s", async (_, n, tolerance) => {
    const file = await box.write(`${n}.csv`, `${csv(["id", "text"], rowsOf(n))}"one field too few"\n`);
    const { rows, rejected, sampled, tokens, disk } = await forecastOf(file);
    expect([rows, rejected, sampled]).toEqual([n, 1, Math.min(n, 512)]);
    const args = ["--bad-rows", "skip", "--json", "--force", "--encoder", TINY];
    for (const format of ["npy", "parquet"]) {
      const real = jsonOf(await box.run(["embed", file, "-o", `${n}.${format}`, ...args]));
      expect(real.rows).toBe(rows);
      expect(Math.abs(Number(real.tokens) - tokens)).toBeLessThanOrEqual(tolerance * tokens);
      let bytes = (await stat(box.path(`${n}.${format}`))).size;
      if (format === "npy") bytes += (await stat(box.path(`${n}.jsonl`))).size;
      // Parquet also holds the name and the fingerprint of the encoder.
      const named = format === "parquet" ? 400 : 0;
      expect(Math.abs(bytes - disk[format])).toBeLessThanOrEqual(tolerance * bytes + named);
    }
  });

  it("measures lengths and budgets, and names the fastest of these", async () => {
    const { bench, forecast } = jsonOf(await box.run(["doctor", "--bench", "--json", "--encoder", TINY])) as {
      bench: {
        lengths: { tokens: number }[];
        budgets: { batchTokens: number; tokensPerSecond: number }[];
        batchTokens: number;
      };
      forecast?: Forecast;
    };
    expect(forecast).toBeUndefined();
    expect(bench.lengths.map(({ tokens }) => tokens)).toEqual(
      bench.lengths.map(({ tokens }) => tokens).sort((a, b) => a - b),
    );
    const best = Math.max(...bench.budgets.map(({ tokensPerSecond }) => tokensPerSecond));
    expect(bench.budgets.find(({ tokensPerSecond }) => tokensPerSecond === best)?.batchTokens).toBe(bench.batchTokens);
  });

  it("refuses a corpus without --bench", async () => {
    expectFailure(await box.call(["doctor", "a.csv"]), { exit: 2, code: "E_USAGE", says: [/Add --bench/] });
  });
});

describe("headstart doctor", () => {
  it("removes samples that a run which was killed left among the system's temporary files, and nothing else", async () => {
    const temporary = box.path("tmp");
    const own = basename(tempPath("headstart-sizes"));
    const kept = [own, own.replace(".headstart-sizes.", ".other."), "headstart-sizes"];
    const gone = own.replace(`.${process.pid}.`, `.${2 ** 22 + 1}.`); // more than any pid
    for (const name of [...kept, gone]) {
      await mkdir(join(temporary, name), { recursive: true });
      await writeFile(join(temporary, name, "sample.npy"), "x");
    }
    const { code } = await box.run(["doctor", "--encoder", TINY], { env: { TMPDIR: temporary, TEMP: temporary } });
    expect(code).toBe(0);
    expect((await readdir(temporary)).sort()).toEqual(kept.sort());
  });

  it("runs where temporary files cannot be listed", async () => {
    const nowhere = box.path("no/such/folder");
    expect((await box.run(["doctor", "--encoder", TINY], { env: { TMPDIR: nowhere } })).code).toBe(0);
  });
});
