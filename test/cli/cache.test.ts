import { readFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { csv, jsonOf, sandbox, TINY, type RunOptions, type Sandbox } from "./runCli.js";

/** Some of them twice. */
const TEXTS = ["sun", "rain", "sun", "", "the moon and the tea", "rain", "fog".repeat(50)];

let box: Sandbox;
beforeEach(async () => {
  box = await sandbox();
  await box.write(
    "in.csv",
    csv(
      ["id", "text"],
      TEXTS.map((text, i) => [String(i), text]),
    ),
  );
});

const embed = async (output: string, flags: readonly string[], options: RunOptions = {}) =>
  jsonOf(await box.run(["embed", "in.csv", "-o", output, "--json", "--encoder", TINY, ...flags], options));
const bytesOf = (name: string): Promise<Buffer> => readFile(box.path(name));

describe("--cache", () => {
  it("gives the same bytes cold, warm and without; a warm one has every text", async () => {
    expect((await embed("plain.npy", [])).cached).toBe(0);
    const cold = await embed("cold.npy", ["--cache", "kept"]);
    expect(cold).toMatchObject({ cached: 0, rows: TEXTS.length });
    const warm = await embed("warm.npy", ["--cache", "kept"]);
    expect(warm).toMatchObject({ cached: TEXTS.length, rows: TEXTS.length, tokens: 0 });
    for (const name of ["cold", "warm"]) {
      expect(await bytesOf(`${name}.npy`)).toEqual(await bytesOf("plain.npy"));
      expect(await bytesOf(`${name}.jsonl`)).toEqual(await bytesOf("plain.jsonl"));
    }
  });

  it("is for texts: other rows, columns and commands share it", async () => {
    await embed("a.npy", ["--cache", "kept"]);
    const half = TEXTS.map((text, i) => [text, i < 3 ? "a" : "b"]);
    await box.write("labels.csv", csv(["message", "label"], [...half, ...half, ["new", "a"]]));
    const args = ["train", "labels.csv", "-o", "head", "--text-column", "message", "--cache", "kept", "--json"];
    jsonOf(await box.run([...args, "--encoder", TINY]));
    expect((await embed("b.npy", ["--cache", "kept", "--limit", "2"])).cached).toBe(2);
  });

  it("keeps the vectors of one encoder from another with other settings", async () => {
    await embed("a.npy", ["--cache", "kept"]);
    for (const flags of [["--pooling", "max"], ["--max-tokens", "8"], ["--no-normalize"], ["--precision", "int8"]]) {
      expect((await embed("b.npy", ["--cache", "kept", "--force", ...flags])).cached).toBe(0);
    }
  });

  it("without a folder lies where the system keeps caches", async () => {
    await embed("a.npy", ["--cache"]);
    expect((await embed("b.npy", ["--cache"])).cached).toBe(TEXTS.length);
    expect(await box.files()).toEqual(["a.jsonl", "a.npy", "b.jsonl", "b.npy", "in.csv"]);
  });

  it("refuses a folder that it cannot make, and writes nothing", async () => {
    const finished = await box.run(["embed", "in.csv", "-o", "a.npy", "--cache", "in.csv/x", "--encoder", TINY]);
    expect(finished.code).toBe(5);
    expect(finished.stderr).toContain("error[E_OUTPUT_WRITE]");
    expect(await box.files()).toEqual(["in.csv"]);
  });
});

describe("HEADSTART_CACHE", () => {
  it("is used without a flag and by a bare --cache; --cache with a folder goes first, --no-cache uses none", async () => {
    const options = { env: { HEADSTART_CACHE: box.path("kept") } };
    expect((await embed("a.npy", [], options)).cached).toBe(0);
    expect((await embed("b.npy", [], options)).cached).toBe(TEXTS.length);
    expect((await embed("c.npy", ["--cache"], options)).cached).toBe(TEXTS.length);
    expect((await embed("d.npy", ["--cache", "other"], options)).cached).toBe(0);
    expect((await embed("e.npy", ["--no-cache"], options)).cached).toBe(0);
    expect((await embed("f.npy", [], { env: { HEADSTART_CACHE: "" } })).cached).toBe(0);
  });
});
