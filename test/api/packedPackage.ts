/** The package as a user has it: packed and unpacked below a folder of its own, and programs that import it. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../cli/runCli.js";

/** What a careful user's tsconfig.json asks for; the package's own declarations are checked too. */
export const STRICTEST = [
  "--strict",
  "--exactOptionalPropertyTypes",
  "--noUncheckedIndexedAccess",
  "--noPropertyAccessFromIndexSignature",
  "--noImplicitOverride",
  "--noImplicitReturns",
  "--noUnusedLocals",
  "--noUnusedParameters",
  "--isolatedModules",
  "--verbatimModuleSyntax",
] as const;

/** The environment without what npm tells the scripts that it runs of their own package. */
export const NPM_ENV = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_)|npm_config_local_prefix$|npm_config_ignore_scripts$|INIT_CWD$)/.test(name),
  ),
) as Record<string, string>;

/** Runs npm, or node on other arguments. @throws Error with what it printed, when it fails */
function run(program: string, args: readonly string[], cwd: string): string {
  const shell = process.platform === "win32" && program === "npm";
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env: NPM_ENV, encoding: "utf8", shell });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${stderr}${stdout}`);
  return stdout;
}

/**
 * Packs the package and unpacks it as `node_modules/headstart` of a new folder, without a registry: the packages that it
 * depends on are those of this checkout, below which the folder lies.
 *
 * @returns the folder; the caller removes it
 */
export function installPacked(): string {
  mkdirSync(join(ROOT, "out"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, "out/consumer-"));
  try {
    const [{ filename }] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], ROOT)) as [
      { readonly filename: string },
    ];
    run("tar", ["-xzf", filename], folder);
    mkdirSync(join(folder, "node_modules"));
    renameSync(join(folder, "package"), join(folder, "node_modules/headstart"));
    // A scope of its own, so that the name leads to what was unpacked, not to the checkout.
    writeFileSync(join(folder, "package.json"), '{"name":"consumer","private":true,"type":"module"}');
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** What the compiler says of modules in a folder; nothing when their types hold. Their JavaScript is written beside them. */
export function compileModules(
  folder: string,
  modules: readonly string[],
  flags: readonly string[] = STRICTEST,
): string {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const own = ["--ignoreConfig", "--module", "nodenext", "--target", "es2023", "--types", "node"];
  const roots = ["--typeRoots", join(ROOT, "node_modules/@types")];
  const args = [tsc, ...own, ...roots, ...flags, ...modules];
  return spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" }).stdout;
}
