import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, sandbox, startProcess } from "./runCli.js";

describe("npm start", () => {
  it("runs the main job on the corpora that come with the project, and writes the report", async () => {
    const { env } = await sandbox();
    const began = Date.now();
    const { code, stdout } = await startProcess(["scripts/start.mjs"], { cwd: ROOT, env, input: "" }).finished;
    expect(code).toBe(0);
    const numbers = [
      "macro-F1 on held-out tweets",
      "macro-F1 on movie reviews",
      "drop",
      "majority on movie reviews",
      "bag of words on movie reviews",
    ];
    const found = numbers.map((name) => Number(new RegExp(`^${name} +(-?\\d\\.\\d{3})\\b`, "m").exec(stdout)?.[1]));
    const [home, away, drop, majority, words] = found;
    expect(drop).toBeCloseTo(home - away, 2);
    // Better than what it takes no encoder for, on other texts than those it was trained on.
    expect(away).toBeGreaterThan(majority);
    expect(away).toBeGreaterThan(words);
    const report = join(ROOT, "out/tweets-to-movies/report.html");
    expect(stdout).toContain(`Report: ${report}`);
    expect((await stat(report)).mtimeMs).toBeGreaterThan(began - 2000);
    expect(stdout).toMatch(/^Do the tweets help beside labeled reviews\? With \d+ target labels .*\.$/m);
    for (const id of ["curves", "verdict", "adaptation", "forecast", "suggestions"])
      expect(await readFile(report, "utf8")).toContain(`<section id="${id}"`);
    const record = JSON.parse(await readFile(report.replace("report.html", "record.json"), "utf8")) as {
      target: { macroF1: number };
    };
    expect(record.target.macroF1).toBeCloseTo(away, 3);
  }, 300_000);
});
