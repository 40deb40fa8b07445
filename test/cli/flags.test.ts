import { readdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { VERSION } from "../../src/version.js";
import { csv, jsonOf, labelledRows, sharedSandbox, TINY, type Sandbox } from "./runCli.js";

/** The flags that every command accepts, with a value each. */
const COMMON: readonly (readonly [flag: string, ...value: string[]])[] = [
  ["--text-column", "text"],
  ["--encoding", "utf-8"],
  ["--limit", "40"],
  ["--bad-rows", "skip"],
  ["--label-column", "label"],
  ["--encoder", TINY],
  ["--pooling", "max"],
  ["--layer", "1"],
  ["--max-tokens", "16"],
  ["--batch-tokens", "256"],
  ["--precision", "int8"],
  ["--cache", "kept"],
  ["--no-cache"],
  ["--cache-max", "1GB"],
  ["--store", "fp16"],
  ["--force"],
  ["--seed", "3"],
  ["--threads", "1"],
  ["--offline"],
  ["--quiet"],
  ["--json"],
];
const ALL = COMMON.flat();
const ALWAYS = ["--seed", "--threads", "--offline", "--quiet", "--json"];

const READING = ["--text-column", "--encoding", "--limit", "--bad-rows"];
const SETTINGS = ["--pooling", "--layer", "--max-tokens", "--precision"];
const CACHE = ["--cache", "--no-cache", "--cache-max"];
const EMBEDDING = ["--encoder", ...SETTINGS, "--batch-tokens", ...CACHE];
const TRAINING = [...READING, "--label-column", ...EMBEDDING, "--force", ...ALWAYS];
const ANSWERING = TRAINING.filter((flag) => !SETTINGS.includes(flag));

/** Each command with what it needs, and the common flags that it shows with --help-all. */
const COMMANDS: Readonly<Record<string, readonly [args: readonly string[], shown: readonly string[]]>> = {
  train: [["in.csv", "-o", "head"], TRAINING],
  embed: [
    ["in.csv", "-o", "out.npy"],
    [...TRAINING.filter((flag) => flag !== "--label-column"), "--store"],
  ],
  evaluate: [["head", "in.csv"], ANSWERING],
  predict: [["head", "--input", "in.csv", "-o", "out.csv"], ANSWERING.filter((flag) => flag !== "--label-column")],
  split: [
    ["in.csv", "-o", "parts"],
    [...READING, "--label-column", "--force", ...ALWAYS],
  ],
  transfer: [["--source", "in.csv", "--target", "other.csv", "-o", "moved"], TRAINING],
  layers: [["in.csv"], TRAINING.filter((flag) => flag !== "--layer")],
  distill: [
    [TINY, "-o", "table"],
    ["--pooling", "--layer", "--precision", "--force", ...ALWAYS],
  ],
  encoders: [[], ALWAYS],
  completion: [["bash"], ALWAYS],
  cache: [[], [...CACHE, ...ALWAYS]],
  doctor: [[], [...READING, "--encoder", ...SETTINGS, "--batch-tokens", "--store", ...ALWAYS]],
};

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("in.csv", csv(["text", "label"], labelledRows(60)));
  await box.write("other.csv", csv(["text", "label"], labelledRows(90).slice(60)));
});

describe.each(Object.entries(COMMANDS))("headstart %s", (command, [args, shown]) => {
  it("accepts every common flag", async () => {
    expect(jsonOf(await box.call([command, ...args, ...ALL]))).toBeTypeOf("object");
  });

  it("is silent on stderr with --quiet", async () => {
    const { code, stderr } = await box.call([command, ...args, ...ALL]);
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("warns of those that have no effect on it, and of no others", async () => {
    const { stderr } = await box.call([command, ...args, ...ALL.filter((arg) => arg !== "--quiet")]);
    const warned = [...stderr.matchAll(/^warning: (--[a-z-]+) does nothing/gm)].map(([, flag]) => flag);
    // A doctor reads rows only of a corpus, which it was not given here.
    expect(warned.filter((flag) => shown.includes(flag) && command !== "doctor")).toEqual([]);
    expect(warned.includes("--text-column")).toBe(
      ["distill", "encoders", "completion", "cache", "doctor"].includes(command),
    );
  });

  it("shows examples with --help, and with --help-all the common flags that have an effect on it", async () => {
    const { code, stdout, stderr } = await box.call([command, "--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`Usage: headstart ${command} `);
    expect(stdout).toMatch(new RegExp(`^Examples:\\n {2}.*headstart ${command}`, "m"));
    const all = (await box.run([command, "--help-all"])).stdout;
    const found = COMMON.filter(([flag]) => new RegExp(`^ +${flag}\\b`, "m").test(all)).map(([flag]) => flag);
    expect(found.toSorted()).toEqual(shown.toSorted());
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
    const asked = [...Object.keys(COMMANDS), "compare", "train --task ner"].map((command) => [
      ...command.split(" "),
      "--help-all",
    ]);
    const shown = await Promise.all([["help"], ...asked].map((args) => box.call(args)));
    const known = new Set(shown.flatMap(({ stdout }) => stdout.match(/--[a-z][a-z0-9-]+/g)));
    const src = new URL("../../src/", import.meta.url);
    const files = (await readdir(src, { recursive: true })).filter((name) => /^(?!report).*\.ts$/.test(name));
    const advised = new Set<string>();
    for (const file of files) {
      // Names that flags had before are told to nobody.
      const text = (await readFile(new URL(file, src), "utf8")).replaceAll(/formerName\(\w+, "[^"]*"\)/g, "");
      for (const [flag] of text.matchAll(/(?<=[^\w-])--[a-z][a-z0-9-]+/g)) advised.add(flag);
    }
    expect(advised.size).toBeGreaterThan(30);
    // --crf is on without it, --debug is known to those who need it, one asks for help, and the last is a flag of Node.
    const others = ["--crf", "--debug", "--help-all", "--max-old-space-size"];
    expect([...advised].filter((flag) => !known.has(flag)).toSorted()).toEqual(others);
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
