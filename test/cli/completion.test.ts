import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { expectFailure, sharedSandbox, startProcess, succeeded, type Sandbox } from "./runCli.js";

const SHELLS = ["bash", "zsh", "fish"] as const;
const has = (shell: string): boolean => spawnSync(shell, ["-c", "exit 0"]).status === 0;

let box: Sandbox;
const scripts = new Map<string, string>();
beforeAll(async () => {
  box = await sharedSandbox();
  for (const shell of SHELLS) {
    const script = succeeded(await box.run(["completion", shell])).stdout;
    scripts.set(shell, script);
    await box.write(`complete.${shell}`, script);
  }
});

/** What bash completes at the end of a command line. */
async function inBash(...line: readonly string[]): Promise<string[]> {
  const words = ["headstart", ...line].map((word) => `'${word}'`).join(" ");
  const script = `source complete.bash; COMP_WORDS=(${words}); COMP_CWORD=${line.length}; _headstart; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const finished = startProcess(["-c", script], { program: "bash", cwd: box.folder, env: box.env, input: "" }).finished;
  const { stdout, stderr } = succeeded(await finished);
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

describe.runIf(has("bash"))("headstart completion bash", () => {
  it.each([
    [["tr"], ["train", "transfer"]],
    [["di"], ["distill"]],
    [
      ["train", "--task", ""],
      ["classification", "sentiment", "spam", "ner"],
    ],
    [["train", "in.csv", "--class-weights", "b"], ["balanced"]],
    [["embed", "in.csv", "--poo"], ["--pooling"]],
    [["train", "--ens"], ["--ensemble"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["cache", "c"], ["clean"]],
  ])("completes %j", async (line, words) => {
    expect(await inBash(...line)).toEqual(words);
  });

  it("knows all commands, and leaves what else there is to the shell, which completes files", async () => {
    const help = (await box.run(["--help"])).stdout;
    const commands = [...help.matchAll(/^ {2}([a-z]+) .*/gm)].map(([, name]) => name);
    expect(await inBash("")).toEqual(expect.arrayContaining(commands.filter((name) => name !== "headstart")));
    expect(await inBash("train", "")).toEqual([]);
    expect(await inBash("train", "-o", "")).toEqual([]);
    expect(await inBash("train", "--map", "--t")).toEqual([]);
    expect(scripts.get("bash")).toMatch(/^complete -o default -F _headstart headstart$/m);
  });

  it("has no flag without an effect, nor a name that one had before", async () => {
    expect(await inBash("distill", "--text")).toEqual([]);
    expect(await inBash("train", "--net")).toEqual([]);
    expect(await inBash("distil")).toEqual(["distill"]);
  });
});

describe.each(SHELLS)("headstart completion %s", (shell) => {
  it.runIf(has(shell))("prints what the shell can read", async () => {
    const finished = startProcess(["-n", `complete.${shell}`], { program: shell, cwd: box.folder, env: box.env });
    expect((await finished.finished).stderr).toBe("");
  });
});

describe("headstart completion", () => {
  it("prints for zsh commands, flags with descriptions, the words that they take, and files", () => {
    const script = scripts.get("zsh") ?? "";
    expect(script).toMatch(/^#compdef headstart$/m);
    expect(script).toContain("'distill:turn an encoder into a table of token vectors, far faster and less accurate'");
    expect(script).toContain("'--task[labels]:value:(classification sentiment spam ner)'");
    expect(script).toContain("'--text-column[column with the texts; a,b joins two]:value:_files'");
    expect(script).toContain("'--force[replace an existing output]'");
    expect(script).toContain("'1:what:(bash zsh fish)'");
    expect(script).toContain("'*:file:_files'");
  });

  it("prints for fish a line for each flag of each command", () => {
    const script = scripts.get("fish") ?? "";
    const of = (command: string): string => `complete -c headstart -n '__fish_seen_subcommand_from ${command}'`;
    expect(script).toContain(`${of("train")} -l class-weights -x -a 'none balanced' -d 'weights of the labels'\n`);
    expect(script).toContain(`${of("train")} -s o -l output -r -d 'folder of the head'\n`);
    expect(script).toContain(`${of("train")} -l no-crf -d `);
    expect(script).toContain(`${of("cache")} -f -a 'list clean'\n`);
  });

  it("refuses a shell that it does not know", async () => {
    const says = [/bash, zsh, fish\. See headstart completion --help$/];
    expectFailure(await box.run(["completion", "tcsh"]), { exit: 2, code: "E_USAGE", says });
  });
});
