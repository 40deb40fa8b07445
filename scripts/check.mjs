// @ts-check
/**
 * `npm run check`: format, lint and types, all of them, then, when they are clean, the tests.
 *
 * `npm run check -- --node 22` does so with that version of Node, which npm fetches and keeps among its own files.
 */

import { parseArgs } from "node:util";
import { ensureInstalled, runStep, runWithNode } from "./setup.mjs";

const STEPS = [
  { name: "format", args: ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."] },
  { name: "lint", args: ["node_modules/oxlint/bin/oxlint", "--deny-warnings"] },
  { name: "types of src", args: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--noEmit"] },
  { name: "types of test", args: ["node_modules/typescript/bin/tsc", "-p", "test/tsconfig.json"] },
];

/** Versions of Node that package.json supports. */
const NODES = ["20", "22", "24"];

const { node } = parseArgs({ options: { node: { type: "string" } } }).values;
process.exitCode = node === undefined ? check() : runWithNode(node, ["scripts/check.mjs"]);

/** @returns {number} exit status */
function check() {
  console.log(`check: Node ${process.version}`);
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
  const status = runStep(process.execPath, ["scripts/test.mjs"]);
  console.log(`check: ${status === 0 ? "clean" : "not clean"} with Node ${process.version}. ${others()}`);
  return status;
}

function others() {
  const rest = NODES.filter((version) => version !== process.versions.node.split(".")[0]);
  return `With the others: ${rest.map((version) => `npm run check -- --node ${version}`).join(", ")}`;
}
