// @ts-check
/** `npm run check`: format, lint and types, all of them, then, when they are clean, the tests. */

import { ensureInstalled, runStep } from "./setup.mjs";

const STEPS = [
  { name: "format", args: ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."] },
  { name: "lint", args: ["node_modules/oxlint/bin/oxlint", "--deny-warnings"] },
  { name: "types of src", args: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--noEmit"] },
  { name: "types of test", args: ["node_modules/typescript/bin/tsc", "-p", "test/tsconfig.json"] },
];

process.exitCode = check();

/** @returns {number} exit status */
function check() {
  ensureInstalled();
  const failed = STEPS.filter(({ name, args }) => {
    console.log(`check: ${name}`);
    return runStep(process.execPath, args) !== 0;
  });
  if (failed.length > 0) {
    console.log(`check: ${failed.map(({ name }) => name).join(", ")} not clean; the tests were not run`);
    return 1;
  }
  console.log("check: tests");
  return runStep(process.execPath, ["scripts/test.mjs"]);
}
