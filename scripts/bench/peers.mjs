// @ts-check
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PEERS = {
  "@huggingface/transformers": "4.3.1", // what @xenova/transformers has become
  fastembed: "2.1.0",
};

/** Installs the peers into a scratch folder that later runs find again. @returns the folder */
export function installPeers() {
  const folder = join(tmpdir(), "headstart-bench-peers");
  if (Object.keys(PEERS).every((name) => existsSync(join(folder, "node_modules", name)))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const wanted = Object.entries(PEERS).map(([name, version]) => `${name}@${version}`);
  execFileSync(npm, ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...wanted], {
    cwd: folder,
    stdio: "inherit",
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
  });
  return folder;
}
