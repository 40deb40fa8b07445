// @ts-check
/** Assembles src/math/adamw.wat into src/math/adamwKernel.ts: assemble.mjs */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import wabt from "wabt";

const file = (/** @type {string} */ name) => fileURLToPath(new URL(`../src/math/${name}`, import.meta.url));
const { parseWat } = await wabt();
const module = parseWat("adamw.wat", readFileSync(file("adamw.wat"), "utf8"));
module.validate();
const text = Buffer.from(module.toBinary({}).buffer).toString("base64");
writeFileSync(
  file("adamwKernel.ts"),
  `/** The WebAssembly module of adamw.wat, in base64; \`npm run kernel:generate\` writes it. */\nexport const KERNEL =\n  "${text}";\n`,
);
module.destroy();
