import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { compileModules, NPM_ENV } from "../api/packedPackage.js";
import { ROOT, sharedSandbox, startProcess, statusOf, type Finished, type Sandbox, succeeded } from "./runCli.js";

const MINUTES = 60_000;
/** Files of the package beside those in its folders. */
const ALONE = ["CHANGELOG.md", "LICENSE", "NOTICE", "README.md", "package.json"];
const FOLDERS = ["dist", "data/encoders", "data/heads"];

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

function npm(args: readonly string[], cwd: string): Finished {
  const { status, signal, stdout, stderr } = spawnSync("npm", args, {
    cwd,
    env: NPM_ENV,
    encoding: "utf8",
    shell: process.platform === "win32",
    maxBuffer: 2 ** 26,
  });
  return { code: statusOf(status, signal), stdout, stderr, bytes: Buffer.from(stdout) };
}

const packed = (args: readonly string[]): Packed => {
  const { stdout } = succeeded(npm(["pack", "--json", ...args], ROOT));
  return (JSON.parse(stdout) as [Packed])[0];
};

/** A program of a user of the package, whose types must hold. */
const CONSUMER = `
import { HeadstartError, loadPipeline, train } from "headstart";
import { readLabeled } from "headstart/corpus";
import { embedTexts, loadEncoder, type Encoder } from "headstart/encoders";
import { trainClassifier } from "headstart/heads";
import type { Matrix } from "headstart/vectors";
const encoder: Encoder = await loadEncoder("headstart-mini", { pooling: "cls" });
const vectors: Matrix = (await embedTexts(encoder, ["a text"])).vectors;
const { texts, labels } = await readLabeled(["in.csv"]);
const { head } = await trainClassifier({ texts, labels, vectors });
export const found: string | undefined = (await (await loadPipeline("sentiment")).predict(texts))[0]?.label;
export const score: number = (await train("in.csv")).evaluation.macroF1;
export const labeled: readonly string[] = head.labels;
export const code = (error: unknown): string | undefined => error instanceof HeadstartError ? error.code : undefined;
// @ts-expect-error There is no such pooling.
await loadEncoder("headstart-mini", { pooling: "median" });
// @ts-expect-error A width is a number.
export const width: string = encoder.width;
`;

/** What the strictest compiler says of the consumer in a folder; nothing when its types hold. */
function compile(folder: string): string {
  writeFileSync(join(folder, "consumer.ts"), CONSUMER);
  return compileModules(folder, ["consumer.ts"]);
}

describe("the package", () => {
  it("holds the program, the encoder, the heads and what a user wants to read, and nothing else [G06]", () => {
    const files = packed(["--dry-run"]).files.map(({ path }) => path);
    const inFolders = files.filter((path) => FOLDERS.some((folder) => path.startsWith(`${folder}/`)));
    expect(files.filter((path) => !inFolders.includes(path)).sort()).toEqual(ALONE);
    for (const path of [
      "dist/index.js",
      "dist/index.d.ts",
      "dist/cli/main.js",
      "data/encoders/headstart-mini/onnx/model.onnx",
      "data/encoders/headstart-mini/tokenizer.json",
      "data/heads/sentiment/headstart.json",
      "data/heads/sentiment/head.safetensors",
    ])
      expect(files).toContain(path);
    const strange = inFolders.filter(
      (path) => /\.(csv|tsv|conll|npy|parquet|map|test\.\w+|ts)$/.test(path) && !path.endsWith(".d.ts"),
    );
    expect(strange).toEqual([]);
  });

  it("runs nothing when it is installed, and names a program that node can start [G03]", () => {
    const { scripts, bin } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
      bin: { headstart: string };
    };
    const hooks = ["preinstall", "install", "postinstall", "prepare", "prepublish"];
    expect(Object.keys(scripts).filter((name) => hooks.includes(name))).toEqual([]);
    expect(readFileSync(join(ROOT, bin.headstart), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it("has types that hold for a program that imports it by name", { timeout: 2 * MINUTES }, () => {
    mkdirSync(join(ROOT, "out"), { recursive: true });
    // Below the checkout, where its own name leads to it.
    const folder = mkdtempSync(join(ROOT, "out/consumer-"));
    try {
      expect(compile(folder)).toBe("");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

const registryResponds = spawnSync("npm", ["ping"], { env: NPM_ENV, shell: process.platform === "win32" }).status === 0;

describe.skipIf(!registryResponds)("the package, installed", () => {
  let box: Sandbox;
  beforeAll(async () => {
    box = await sharedSandbox();
    const { filename } = packed(["--pack-destination", box.folder]);
    await box.write("package.json", '{"name":"consumer","private":true,"type":"module"}');
    succeeded(npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", `./${filename}`], box.folder));
  }, 5 * MINUTES);

  it("runs by npx", { timeout: 2 * MINUTES }, () => {
    const { stdout } = succeeded(npm(["exec", "--no", "--", "headstart", "encoders"], box.folder));
    expect(stdout).toMatch(/^headstart-mini +built-in/);
  });

  it("predicts with the head and the encoder that came with it", { timeout: 2 * MINUTES }, async () => {
    const main = "node_modules/headstart/dist/cli/main.js";
    const args = [main, "predict", "sentiment", "I loved it"];
    const { code, stdout } = await startProcess(args, { cwd: box.folder, env: box.env, input: "" }).finished;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ text: "I loved it", label: "positive" });
  });

  it("is imported by its name, with its types", { timeout: 2 * MINUTES }, async () => {
    await box.write(
      "program.mjs",
      `import { embedTexts, loadEncoder } from "headstart/encoders";
       const encoder = await loadEncoder("headstart-mini", { offline: true });
       console.log((await embedTexts(encoder, ["a text"])).vectors.cols);
       await encoder.close();`,
    );
    const finished = await startProcess(["program.mjs"], { cwd: box.folder, env: box.env, input: "" }).finished;
    expect([finished.code, finished.stdout]).toEqual([0, "384\n"]);
    expect(compile(box.folder)).toBe("");
  });
});
