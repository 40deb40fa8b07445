// @ts-check
/** Assembles src/math/adamw.wat into src/math/adamwKernel.ts, with an assembler that npm fetches for it: assemble.mjs */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "./sha256.mjs";

const file = (/** @type {string} */ name) => fileURLToPath(new URL(`../src/math/${name}`, import.meta.url));
const source = readFileSync(file("adamw.wat"));
const folder = mkdtempSync(join(tmpdir(), "headstart-assemble-"));
const module = join(folder, "adamw.wasm");
const args = ["exec", "--yes", "--package=wabt@1.0.39", "--", "wat2wasm", file("adamw.wat"), "-o", module];
const { status } = spawnSync("npm", args, { stdio: "inherit", shell: process.platform === "win32" });
if (status !== 0) throw new Error("Cannot assemble adamw.wat: what wat2wasm said is above");
const text = readFileSync(module).toString("base64");
rmSync(folder, { recursive: true });
writeFileSync(
  file("adamwKernel.ts"),
  `/** The WebAssembly module of adamw.wat, in base64; \`npm run kernel:generate\` writes it. */\nexport const KERNEL =\n  "${text}";\n\n` +
    `/** sha256 of the adamw.wat that it was made of. */\nexport const KERNEL_SOURCE = "${sha256(source)}";\n`,
);
