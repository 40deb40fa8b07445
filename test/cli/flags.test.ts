import { readdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { VERSION } from "../../src/version.js";
import { csv, jsonOf, labelledRows, sharedSandbox, TINY, type Sandbox } from "./runCli.js";

/** The flags that every command accepts, with a value each, and what they are about. */
const COMMON: readonly (readonly [flag: string, about: string, ...value: string[]])[] = [
  ["--text-column", "corpus", "text"],
  ["--encoding", "corpus", "utf-8"],
  ["--limit", "corpus", "40"],
  ["--bad-rows", "corpus", "skip"],
  ["--label-column", "labels", "label"],
  ["--encoder", "encoder", TINY],
  ["--pooling", "encoder", "max"],
  ["--layer", "encoder", "1"],
  ["--max-tokens", "encoder", "16"],
  ["--batch-tokens", "encoder", "256"],
  ["--precision", "encoder", "int8"],
  ["--cache", "cache", "kept"],
  ["--no-cache", "cache"],
  ["--cache-max", "cache", "1GB"],
  ["--store", "store", "fp16"],
  ["--force", "output"],
  ["--seed", "all", "3"],
  ["--threads", "all", "1"],
  ["--offline", "all"],
  ["--quiet", "all"],
  ["--json", "all"],
];
const ALL = COMMON.flatMap(([flag, , ...value]) => [flag, ...value]);

/** Each command with what it needs, and what the common flags shown in its help are about. */
const COMMANDS: Readonly<Record<string, readonly [args: readonly string[], about: readonly string[]]>> = {
  train: [
    ["in.csv", "-o", "head"],
    ["corpus", "labels", "encoder", "cache", "output"],
  ],
  embed: [
    ["in.csv", "-o", "out.npy"],
    ["corpus", "encoder", "cache", "store", "output"],
  ],
  evaluate: [
    ["head", "in.csv"],
    ["corpus", "labels", "encoder", "cache", "output"],
  ],
  predict: [
    ["head", "--input", "in.csv", "-o", "out.csv"],
    ["corpus", "encoder", "cache", "output"],
  ],
  transfer: [
    ["--source", "in.csv", "--target", "other.csv", "-o", "moved"],
    ["corpus", "labels", "encoder", "cache", "output"],
  ],
  distill: [
    [TINY, "-o", "table"],
    ["encoder", "cache", "output"],
  ],
  encoders: [[], []],
  cache: [[], ["cache"]],
  doctor: [[], ["corpus", "encoder", "cache", "store"]],
};

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("in.csv", csv(["text", "label"], labelledRows(60)));
  await box.write("other.csv", csv(["text", "label"], labelledRows(90).slice(60)));
});

describe.each(Object.entries(COMMANDS))("headstart %s", (command, [args, about]) => {
  it("accepts every common flag, and is silent on stderr with --quiet", async () => {
    const finished = await box.run([command, ...args, ...ALL]);
    expect([finished.code, finished.stderr]).toEqual([0, ""]);
    expect(jsonOf(finished)).toBeTypeOf("object");
  });

  it("shows examples and the common flags that matter to it with --help", async () => {
    const { code, stdout, stderr } = await box.call([command, "--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`Usage: headstart ${command} `);
    expect(stdout).toMatch(new RegExp(`^Examples:\\n {2}.*headstart ${command}`, "m"));
    const shown = COMMON.filter(([flag]) => new RegExp(`^ .*${flag}\\b`, "m").test(stdout)).map(([flag]) => flag);
    expect(shown).toEqual(COMMON.filter(([, what]) => what === "all" || about.includes(what)).map(([flag]) => flag));
  });

  it("prints the version with --version", async () => {
    const { code, stdout } = await box.call([command, "--version"]);
    expect([code, stdout]).toEqual([0, `${VERSION}\n`]);
  });
});

describe("headstart", () => {
  it("has the version of the package", async () => {
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect((await box.run(["--version"])).stdout).toBe(`${version}\n`);
  });

  it.each([[[]], [["--help"]], [["help"]]])("shows its commands, examples and exit codes for %j", async (args) => {
    const { code, stdout, stderr } = await box.call(args);
    expect([code, stderr]).toEqual([0, ""]);
    for (const command of Object.keys(COMMANDS)) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, "m"));
    expect(stdout).toContain("Examples:");
    expect(stdout).toContain("Exit codes: 0 done");
  });

  it("has every flag that a message advises", async () => {
    const shown = await Promise.all(["help", ...Object.keys(COMMANDS)].map((command) => box.call([command, "--help"])));
    const known = new Set(shown.flatMap(({ stdout }) => stdout.match(/--[a-z][a-z0-9-]+/g)));
    const src = new URL("../../src/", import.meta.url);
    const files = (await readdir(src, { recursive: true })).filter((name) => /^(?!report).*\.ts$/.test(name));
    const advised = new Set<string>();
    for (const file of files) {
      const text = await readFile(new URL(file, src), "utf8");
      for (const [flag] of text.matchAll(/(?<=[^\w-])--[a-z][a-z0-9-]+/g)) advised.add(flag);
    }
    expect(advised.size).toBeGreaterThan(30);
    // --debug is known to those who need it; the other is a flag of Node.
    expect([...advised].filter((flag) => !known.has(flag))).toEqual(["--max-old-space-size", "--debug"]);
  });

  it("did with the flags what they say", async () => {
    const settings = JSON.parse(await readFile(box.path("head/headstart.json"), "utf8")) as object;
    expect(settings).toMatchObject({
      encoder: { pooling: "max", layer: 1, maxTokens: 16, precision: "int8" },
      training: { seed: 3 },
    });
    expect(await box.files()).not.toContain("kept");
  });
});
