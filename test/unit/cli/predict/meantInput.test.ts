import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refuseFileNames } from "../../../../src/cli/predict/meantInput.js";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "headstart-meant-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("refuseFileNames()", () => {
  it.each([
    ["a.csv", "predict h --json --input FILE"],
    ["a.json", "predict h --json --input FILE"],
    ["a.ndjson.gz", "predict h --json --input FILE"],
    ["a.parquet", "predict h --json --input FILE"],
    ["a.txt", "predict h --json < FILE"],
    ["a", "predict h --json < FILE"],
    ["a.conll", "evaluate h FILE"],
    ["a.bio", "evaluate h FILE"],
  ])("names the command that reads %s", async (name, command) => {
    const path = join(folder, name);
    await writeFile(path, "a");
    const refused = refuseFileNames([path], { args: ["predict", "h", path, "--json"], head: "h" });
    const message = expect.stringContaining(`headstart ${command.replace("FILE", path)}`) as string;
    await expect(refused).rejects.toMatchObject({ code: "E_USAGE", message });
  });

  it("lets texts pass, and what stands behind --", async () => {
    const path = join(folder, "text.csv");
    await writeFile(path, "a");
    const plain = refuseFileNames(["a text"], { args: ["predict", "h", "a text"], head: "h" });
    await expect(plain).resolves.toBeUndefined();
    const behind = refuseFileNames([path], { args: ["predict", "h", "--", path], head: "h" });
    await expect(behind).resolves.toBeUndefined();
  });
});
