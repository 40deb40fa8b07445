import { beforeAll, describe, expect, it } from "vitest";
import { csv, labelledRows, sharedSandbox, succeeded, TINY, type Sandbox } from "./runCli.js";

/** A screen. */
const [LINES, COLUMNS] = [40, 100];

const COMMANDS: readonly (readonly string[])[] = [
  [],
  ["embed"],
  ["train"],
  ["train", "--task", "ner"],
  ["train", "--multi-label", "|"],
  ["evaluate"],
  ["compare"],
  ["predict"],
  ["split"],
  ["transfer"],
  ["transfer", "--task", "ner"],
  ["layers"],
  ["distill"],
  ["encoders"],
  ["cache"],
  ["doctor"],
  ["completion"],
];

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("in.csv", csv(["text", "label"], labelledRows(20)));
  await box.write("in.conll", "Oslo B-LOC\nis O\ncold O\n\nRome B-LOC\nis O\nwarm O\n\n".repeat(8));
  const train = ["--encoder", TINY, "--quiet"];
  succeeded(await box.run(["train", "in.csv", "-o", "head", ...train]));
  const few = ["--task", "ner", "--epochs", "1", "--ensemble", "1"];
  succeeded(await box.run(["train", "in.conll", "-o", "ner", ...few, ...train]));
});

async function help(args: readonly string[], flag = "--help"): Promise<string> {
  return succeeded(await box.run([...args, flag])).stdout;
}

const flagsIn = (text: string): string[] =>
  [...text.matchAll(/^ {2}(?:-\w, )?(--[a-z0-9-]+)/gm)].map(([, name]) => name);

describe.each(COMMANDS.map((args) => [args.join(" "), args] as const))("headstart %s --help", (_, args) => {
  it("fits a screen", async () => {
    const lines = (await help(args)).trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(LINES);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(COLUMNS);
  });

  it.skipIf(args.length === 0)("has a part of what --help-all shows, and says how much that adds", async () => {
    const [some, all] = await Promise.all([help(args), help(args, "--help-all")]);
    const more = flagsIn(all).filter((name) => !flagsIn(some).includes(name));
    expect(flagsIn(some).filter((name) => !flagsIn(all).includes(name))).toEqual([]);
    expect(some).toContain(`--help-all shows ${more.length} more flags`);
    expect(some).not.toContain("Advanced:");
    expect(all).not.toContain("--help-all");
  });
});

describe("headstart <command> --help", () => {
  it("has the flags of the task at hand", async () => {
    for (const command of ["train", "transfer"]) {
      const [texts, entities] = await Promise.all([help([command]), help([command, "--task", "ner"])]);
      expect([texts, entities].map((text) => flagsIn(text).includes("--no-crf"))).toEqual([false, true]);
      expect([texts, entities].map((text) => flagsIn(text).includes("--class-weights"))).toEqual([true, false]);
      expect(flagsIn(entities)).not.toContain("--text-column");
      expect(texts).toContain("--task ner --help");
    }
  });

  it("has the flags of the head that is named", async () => {
    const [any, one, entities] = await Promise.all([
      help(["predict"]),
      help(["predict", "head"]),
      help(["predict", "ner"]),
    ]);
    const has = (flag: string): boolean[] => [any, one, entities].map((text) => flagsIn(text).includes(flag));
    expect(has("--html")).toEqual([true, false, true]);
    expect(has("--max-risk")).toEqual([true, true, false]);
    expect(flagsIn(await help(["evaluate", "ner"]))).not.toContain("--report");
  });

  it("marks what is required, and names defaults and choices", async () => {
    const train = await help(["train"]);
    expect(train).toContain("Usage: headstart train <corpus...> -o <folder> [options]\n");
    expect(train).toMatch(/^ {2}<corpus\.\.\.> .*\(required\)$/m);
    expect(train).toMatch(/^ {2}-o, --output <folder> .*\(required\)$/m);
    expect(train).toMatch(/^ {2}--text-column <name> .*\(default: text\)$/m);
    expect(train).toMatch(/^ {2}--class-weights <how> .*: none \(default\), balanced$/m);
  });

  it("shows no flag that has no effect on the command, nor a name that one had before", async () => {
    const shown = flagsIn(await help(["distil"], "--help-all"));
    expect(shown).toContain("--precision");
    for (const flag of ["--encoder", "--cache", "--text-column", "--batch-tokens", "--max-tokens"])
      expect(shown).not.toContain(flag);
    const train = flagsIn(await help(["train", "--task", "ner"], "--help-all"));
    for (const flag of ["--nets", "--reach", "--mix-layers", "--sub-words", "--no-writing", "--check", "--decay"])
      expect(train).not.toContain(flag);
    expect(await help([])).not.toMatch(/\bdistil\b/);
  });
});

describe("a name that something had before", () => {
  it("still does what the present one does", async () => {
    const train = ["train", "in.csv", "--encoder", TINY, "--seed", "2", "--head", "mlp", "--epochs", "1"];
    succeeded(await box.run([...train, "-o", "old", "--decay", "0.5", "--few", "4"]));
    // The same run of the same command, by another name.
    const again = succeeded(await box.run([...train, "-o", "old", "--weight-decay", "0.5", "--few-shot", "4"]));
    expect(again.stderr).toContain("was written by the same command");
    const ner = ["train", "in.conll", "--task", "ner", "--encoder", TINY, "--epochs", "1", "-o", "old-ner"];
    const former = ["--nets", "1", "--reach", "0", "--mix-layers", "--sub-words", "mean", "--no-writing"];
    succeeded(await box.run([...ner, ...former]));
    const present = ["--ensemble", "1", "--context", "0", "--scalar-mix", "--subword-pooling", "mean"];
    const told = succeeded(await box.run([...ner, ...present, "--no-surface-features"]));
    expect(told.stderr).toContain("was written by the same command");
    succeeded(await box.run(["train", "in.csv", "-o", "x", "--check", "--encoder", TINY]));
    expect(await box.files()).toContain("x.check.csv");
    succeeded(await box.run(["distil", TINY, "-o", "table"]));
    expect(await box.files()).toContain("table/model.safetensors");
  }, 60_000);
});
