import { readFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { csv, expectFailure, jsonOf, labelledRows, sandbox, TINY, type RunOptions, type Sandbox } from "./runCli.js";

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
  it("gives the same bytes cold, warm and without; a warm one has every text [E07]", async () => {
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

  it("keeps the vectors of one encoder from another with other settings [E07]", async () => {
    await embed("a.npy", ["--cache", "kept"]);
    for (const flags of [["--pooling", "max"], ["--max-tokens", "8"], ["--no-normalize"], ["--precision", "int8"]]) {
      expect((await embed("b.npy", ["--cache", "kept", "--force", ...flags])).cached).toBe(0);
    }
  });

  it("embeds only what changed of an edited corpus", async () => {
    await embed("a.npy", ["--cache", "kept"]);
    const edited = TEXTS.map((text, i) => [String(i), i === 4 ? "another text" : text]);
    await box.write("in.csv", csv(["id", "text"], [...edited.reverse(), ["9", "one more"]]));
    const again = await embed("b.npy", ["--cache", "kept"]);
    expect(again).toMatchObject({ rows: TEXTS.length + 1, cached: TEXTS.length - 1 });
  });

  it.each([
    ["train", ["rows.csv", "-o", "again"]],
    ["evaluate", ["head", "rows.csv"]],
    ["transfer", ["--source", "rows.csv", "--target", "rows.csv", "-o", "moved"]],
  ])("makes headstart %s send nothing through the encoder a second time", async (command, args) => {
    await box.write("rows.csv", csv(["text", "label"], labelledRows(40)));
    const first = await box.run(["train", "rows.csv", "-o", "head", "--cache", "kept", "--encoder", TINY]);
    expect(first.stderr).toMatch(/training texts: 0 of 40 from the cache, [1-9]\d* tokens through the encoder/);
    const encoder = command === "evaluate" ? [] : ["--encoder", TINY];
    const { code, stderr } = await box.run([command, ...args, "--cache", "kept", ...encoder]);
    expect(code).toBe(0);
    const said = [...stderr.matchAll(/: (\d+) of (\d+) from the cache, (\d+) tokens/g)];
    expect(said.length).toBeGreaterThan(0);
    for (const [, cached, texts, tokens] of said) expect([cached, tokens]).toEqual([texts, "0"]);
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

describe("headstart cache", () => {
  it("lists what is kept, by encoder, and cleans it", async () => {
    const at = ["--cache", "kept", "--json"];
    expect(jsonOf(await box.call(["cache", ...at]))).toEqual({ folder: "kept", bytes: 0, encoders: [] });
    const { fingerprint } = await embed("a.npy", ["--cache", "kept"]);
    await embed("b.npy", ["--cache", "kept", "--pooling", "max", "--limit", "2"]);
    const listed = jsonOf(await box.call(["cache", ...at])) as { bytes: number; encoders: Record<string, unknown>[] };
    expect(listed.encoders.map(({ encoder, entries }) => [encoder, entries])).toEqual([
      [TINY, 2],
      [TINY, new Set(TEXTS).size],
    ]);
    expect(listed.bytes).toBe(listed.encoders.reduce((sum, { bytes }) => sum + Number(bytes), 0));
    const shown = await box.call(["cache", "--cache", "kept"]);
    expect(shown.stdout).toMatch(/tiny-bert +[0-9a-f]{12} +2 vectors/);
    const short = String(fingerprint).slice(0, 10);
    expect(jsonOf(await box.call(["cache", "clean", short, ...at]))).toMatchObject({ files: 1 });
    expect(jsonOf(await box.call(["cache", "clean", "--older-than", "1d", ...at]))).toMatchObject({ files: 0 });
    expect(jsonOf(await box.call(["cache", "clean", "--cache-max", "1GB", ...at]))).toMatchObject({ files: 0 });
    expect(jsonOf(await box.call(["cache", "clean", "--all", ...at]))).toMatchObject({ files: 1, left: 0 });
    expect((await embed("c.npy", ["--cache", "kept"])).cached).toBe(0);
  });

  it("lists and cleans int8 models too, but for a named folder and for --cache-max", async () => {
    await embed("a.npy", ["--precision", "int8"]);
    await embed("b.npy", ["--cache"]);
    const listed = jsonOf(await box.call(["cache", "--json"])) as { models: { bytes: number; kept: object[] } };
    expect(listed).toMatchObject({ encoders: [{ encoder: TINY }], models: { kept: [{ encoder: TINY }] } });
    expect(listed.models.bytes).toBeGreaterThan(10_000);
    expect((await box.call(["cache"])).stdout).toMatch(/tiny-bert +[0-9a-f]{12} +int8 model/);
    expect(jsonOf(await box.call(["cache", "--cache", "kept", "--json"]))).not.toHaveProperty("models");
    for (const flags of [
      ["--all", "--cache", "kept"],
      ["--cache-max", "1GB"],
      ["--older-than", "1d"],
    ])
      expect(jsonOf(await box.call(["cache", "clean", "--json", ...flags]))).toMatchObject({ files: 0 });
    expect(jsonOf(await box.call(["cache", "clean", TINY, "--json"]))).toMatchObject({ files: 2, left: 0 });
    expect(jsonOf(await box.call(["cache", "--json"]))).toMatchObject({ encoders: [], models: { bytes: 0, kept: [] } });
  });

  it("keeps to HEADSTART_CACHE_MAX", async () => {
    const env = { HEADSTART_CACHE: box.path("kept"), HEADSTART_CACHE_MAX: "1.5kB" };
    await embed("a.npy", [], { env });
    await embed("b.npy", ["--pooling", "max"], { env });
    expect(Number(jsonOf(await box.call(["cache", "--json"], { env })).bytes)).toBeLessThanOrEqual(1500);
    expect((await embed("c.npy", ["--pooling", "max", "--cache-max", "1MB"], { env })).cached).toBe(TEXTS.length);
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    ["nothing to say what may go", ["clean"], {}, /--older-than, --cache-max or --all/],
    ["an encoder that it has not", ["clean", "headstart-mimi"], {}, /Cannot clean "headstart-mimi"/],
    ["a third word", ["purge"], {}, /list, clean/],
    ["no size", ["clean", "--cache-max", "much"], {}, /500MB or 2GB/],
    ["no days", ["clean", "--older-than", "long"], {}, /30d/],
    ["a limit that is no size", [], { HEADSTART_CACHE_MAX: "big" }, /HEADSTART_CACHE_MAX=big/],
  ])("refuses %s", async (_, args, env, says) => {
    expectFailure(await box.call(["cache", ...args], { env }), { exit: 2, code: "E_USAGE", says: [says] });
  });
});
