import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { closingLine, COUNTS_FILE } from "../../../scripts/vitest-reporter.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Counts that the reporter leaves of a run of vitest on these test files. */
async function countsOf(files: Readonly<Record<string, string>>): Promise<unknown> {
  const dir = await mkdtemp(join(tmpdir(), "headstart-reporter-"));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
    const counts = join(dir, "counts.json");
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const reporter = join(ROOT, "scripts/vitest-reporter.mjs");
    const args = [vitest, "run", "--root", dir, "--globals", "--passWithNoTests", "--reporter", reporter];
    await new Promise<void>((done) => {
      execFile(process.execPath, args, { env: { ...process.env, [COUNTS_FILE]: counts } }, () => done());
    });
    return JSON.parse(await readFile(counts, "utf8"));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

describe("the counting reporter", () => {
  it("counts tests, and as one failed each a file that does not load and a group whose set-up fails", async () => {
    const counts = await countsOf({
      "a.test.mjs": `it("passes", () => {}); it("fails", () => { throw new Error("no") }); it.skipIf(true)("skipped", () => {});
        it.each([1, 2])("row %i", () => {});`,
      "b.test.mjs": `throw new Error("does not load")`,
      "c.test.mjs": `describe("group", () => { beforeAll(() => { throw new Error("no") }); it("never runs", () => {}); });`,
    });
    expect(counts).toEqual({ passed: 3, failed: 3, skipped: 2 });
  });

  it("counts an error outside every test as one failed", async () => {
    const counts = await countsOf({
      "a.test.mjs": `it("passes", async () => { setTimeout(() => { throw new Error("stray") }); await new Promise((r) => setTimeout(r, 50)); });`,
    });
    expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it("counts nothing where there are no tests", async () => {
    expect(await countsOf({})).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

describe("closingLine()", () => {
  it("names skipped tests only where there are some", () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 0 }, 0)).toBe("3 passed, 0 failed");
    expect(closingLine({ passed: 3, failed: 2, skipped: 1 }, 1)).toBe("3 passed, 2 failed, 1 skipped");
  });

  it("never tells of a run that failed as if nothing had", () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 0 }, 1)).toBe("3 passed, 1 failed");
  });
});
