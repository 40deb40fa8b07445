import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { valuesApart } from "../../../src/cli/valuesApart.js";

async function parsed(args: readonly string[]) {
  const program = new Command().exitOverride();
  const command = program.command("move").option("--source <file...>").option("--target <file...>").option("--json");
  let flat: readonly string[] = [];
  command.action((flags: { source: string[] }) => void (flat = flags.source));
  await program.parseAsync(["move", ...args], { from: "user" });
  return { groups: valuesApart(command, "--source"), flat };
}

describe("valuesApart", () => {
  it.each([
    [["--source", "a", "b", "--target", "t"], [["a", "b"]]],
    [
      ["--source", "a", "--source", "b", "c", "--target", "t"],
      [["a"], ["b", "c"]],
    ],
    [
      ["--source=a", "--json", "--source", "-", "--target", "t"],
      [["a"], ["-"]],
    ],
    [
      ["--source", "a", "x", "--target", "t", "--source=b"],
      [["a", "x"], ["b"]],
    ],
  ])("has the values that commander has, in groups: %j", async (args, wanted) => {
    const { groups, flat } = await parsed(args);
    expect(groups).toEqual(wanted);
    expect(groups.flat()).toEqual(flat);
  });
});
