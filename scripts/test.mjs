// @ts-check
/**
 * `npm test`: installs and builds where needed, runs the tests, closes with one line, `N passed, N failed`.
 *
 * Arguments go to vitest: `npm test -- test/unit/math`.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CORPORA } from "./corpora/sources.mjs";
import { ensureBuilt, ensureInstalled, ROOT, runStep } from "./setup.mjs";
import { closingLine, COUNTS_FILE } from "./vitest-reporter.mjs";

process.exitCode = runTests(process.argv.slice(2));

/** @param {readonly string[]} args  for vitest @returns {number} exit status */
function runTests(args) {
  const dir = mkdtempSync(join(tmpdir(), "headstart-test-"));
  const countsFile = join(dir, "counts.json");
  let status = 1;
  try {
    ensureInstalled();
    ensureBuilt();
    const corpora = corporaFolder();
    if (corpora === undefined) console.log("Tests on real corpora are skipped: run npm run fetch-corpora to have them");
    const vitest = ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.config.ts", "--reporter", "default"];
    status = runStep(process.execPath, [...vitest, "--reporter", "./scripts/vitest-reporter.mjs", ...args], ROOT, {
      HEADSTART_CORPORA: corpora,
      [COUNTS_FILE]: countsFile,
    });
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
  }
  const counts = existsSync(countsFile)
    ? JSON.parse(readFileSync(countsFile, "utf8"))
    : { passed: 0, failed: 0, skipped: 0 };
  rmSync(dir, { recursive: true, force: true });
  console.log(closingLine(counts, status));
  return status;
}

/** The folder named by HEADSTART_CORPORA, else what fetch-corpora wrote once all of it is there, else undefined. */
function corporaFolder() {
  const fetched = join(ROOT, "data/public");
  const complete = CORPORA.every(({ outputs }) => outputs.every(({ path }) => existsSync(join(fetched, path))));
  return process.env.HEADSTART_CORPORA || (complete ? fetched : undefined);
}
