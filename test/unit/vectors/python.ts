import { execFileSync, spawnSync } from "node:child_process";

export const PYTHON = process.env["HEADSTART_PYTHON"] ?? "python3";

/** Whether the Python at hand has all of `packages`. */
export function hasPython(...packages: string[]): boolean {
  return spawnSync(PYTHON, ["-c", `import ${["json", ...packages].join(", ")}`]).status === 0;
}

/** Runs a Python program with `argument` as `sys.argv[1]`; gives the JSON that it prints. */
export function python(program: string, argument: string): unknown {
  return JSON.parse(execFileSync(PYTHON, ["-c", program, argument], { encoding: "utf8" }));
}
