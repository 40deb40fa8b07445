// @ts-check
/** Counts for the closing line of `npm test`: a vitest reporter that leaves them in a file. */

import { writeFileSync } from "node:fs";

/** @import { Reporter, TestCase, TestModule } from "vitest/node" */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** Names the file to the reporter. */
export const COUNTS_FILE = "HEADSTART_TEST_COUNTS";

/**
 * Tests by outcome. A file that cannot be loaded, a group whose set-up fails and an error outside every test count as one
 * failed each: none of them has a failed test to show.
 *
 * @param {readonly TestModule[]} modules
 * @param {number} [strayErrors]  caught outside every test
 * @returns {Counts}
 */
export function countTests(modules, strayErrors = 0) {
  const counts = { passed: 0, failed: strayErrors, skipped: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) counts.failed++;
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) counts.failed++;
    for (const test of module.children.allTests()) counts[outcome(test)]++;
  }
  return counts;
}

/**
 * @param {Counts} counts
 * @param {number} status  exit status of the run; one that failed without a failed test is counted as one
 */
export function closingLine({ passed, failed, skipped }, status) {
  const failures = status === 0 ? failed : Math.max(failed, 1);
  return `${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** A test that never ran (the run was cut short) is not a passed one. @param {TestCase} test */
function outcome(test) {
  const { state } = test.result();
  return state === "pending" ? "failed" : state;
}

/** @implements {Reporter} */
class CountingReporter {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly unknown[]} errors
   */
  onTestRunEnd(modules, errors) {
    const file = process.env[COUNTS_FILE];
    if (file !== undefined) writeFileSync(file, JSON.stringify(countTests(modules, errors.length)));
  }
}

// vitest takes the default export of a reporter's file
export default CountingReporter;
