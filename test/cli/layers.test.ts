import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { LayersRecord } from "../../src/transfer/layers/record.js";
import {
  csv,
  expectFailure,
  jsonOf,
  labelledRows,
  sharedSandbox,
  startProcess,
  succeeded,
  TINY,
  type Sandbox,
  MAIN,
} from "./runCli.js";

const WITH_TINY = ["--encoder", TINY];

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  const rows = labelledRows(100);
  await box.write("in.csv", csv(["text", "label"], rows.slice(0, 60)));
  await box.write("other rows.csv", csv(["text", "label"], rows.slice(60)));
  await box.write("odd.csv", csv(["body text", "mood"], rows.slice(0, 60)).replaceAll(",", ";"));
});

describe("headstart layers", () => {
  it("has the fields of the contract with --json, a layer each", async () => {
    const args = ["layers", "in.csv", "--target", "other rows.csv", "--json", ...WITH_TINY];
    const { layers } = jsonOf(await box.call(args)) as unknown as LayersRecord;
    expect(layers.map(({ layer }) => layer)).toEqual([...layers.keys()]);
    for (const one of layers)
      for (const name of ["inDomain", "target", "logMe", "leep", "hScore", "neighbors"] as const)
        expect(one[name]).toBeTypeOf("number");
    const alone = jsonOf(await box.call(["layers", "in.csv", "--json", ...WITH_TINY])) as unknown as LayersRecord;
    expect(alone.layers.map(({ target, leep }) => [target, leep])).toEqual(layers.map(() => [null, null]));
    expect(alone.layers.map(({ inDomain }) => inDomain)).toEqual(layers.map(({ inDomain }) => inDomain));
  });

  it("takes the vectors that --layer gives, from the cache too", async () => {
    const cache = ["--cache", "kept"];
    const uncached = jsonOf(await box.call(["layers", "in.csv", "--json", ...WITH_TINY])) as unknown as LayersRecord;
    for (const layer of [0, 1])
      succeeded(
        await box.call(["embed", "in.csv", "-o", `${layer}.npy`, "--layer", String(layer), ...cache, ...WITH_TINY]),
      );
    const finished = await box.call(["layers", "in.csv", "--json", ...cache, ...WITH_TINY]);
    expect(finished.stderr).toContain("layer 0, corpus: 60 of 60 from the cache");
    expect(finished.stderr).toContain("layer 1, corpus: 60 of 60 from the cache");
    const cached = jsonOf(finished) as unknown as LayersRecord;
    expect(cached.layers).toEqual(uncached.layers);
  });

  it.each([
    ["train", ["layers", "in.csv"]],
    [
      "train",
      [
        "layers",
        "odd.csv",
        "--delimiter",
        ";",
        "--text-column",
        "body text",
        "--label-column",
        "mood",
        "--limit",
        "50",
      ],
    ],
    [
      "transfer",
      ["layers", "in.csv", "--target", "other rows.csv", "--class-weights", "balanced", "--pooling", "mean"],
    ],
    ["train", ["layers", "in.csv", "--map", "good=so good", "--no-normalize", "--seed", "3", "--offline"]],
  ])("names a command for headstart %s that is right when copied: %j", async (verb, args) => {
    const { stdout } = succeeded(await box.call([...args, ...WITH_TINY]));
    const next = /^next: headstart (.*)$/m.exec(stdout)![1];
    expect(next).toMatch(new RegExp(`^${verb} `));
    const script = `node "${MAIN}" ${next} --force --quiet`;
    const copied = await startProcess(["-c", script], { program: "sh", cwd: box.folder, env: box.env, input: "" })
      .finished;
    expect([copied.code, copied.stderr]).toEqual([0, ""]);
    const given = args.filter((arg) => arg.startsWith("--") && arg !== "--target");
    for (const flag of given) expect(next).toContain(flag);
  });

  it("names no command for rows from a pipe, which is empty by then", async () => {
    const input = await readFile(box.path("in.csv"), "utf8");
    const { stdout } = succeeded(await box.call(["layers", "-", "--from", "csv", ...WITH_TINY], { input }));
    expect(stdout).toMatch(/^next: headstart train with(out)? --layer/m);
  });

  it("writes report.html and record.json, which is what --json prints, and does nothing the second time", async () => {
    const args = ["layers", "in.csv", "-o", "found", "--json", ...WITH_TINY];
    const printed = succeeded(await box.call(args)).stdout;
    expect((await box.files()).filter((name) => name.startsWith("found/"))).toEqual([
      "found/.headstart",
      "found/record.json",
      "found/report.html",
    ]);
    expect(JSON.parse(await readFile(box.path("found/record.json"), "utf8"))).toEqual(JSON.parse(printed));
    const again = succeeded(await box.call(args));
    expect([again.stdout, again.stderr.includes("nothing to do")]).toEqual([printed, true]);
  });

  it("counts rows that cannot be read, and writes them beside its folder", async () => {
    await box.write("broken.csv", `${csv(["text", "label"], labelledRows(40))}one,two,three\n`);
    const args = ["layers", "broken.csv", "-o", "skipped", "--bad-rows", "skip", "--json", ...WITH_TINY];
    const { corpora } = jsonOf(await box.call(args)) as unknown as LayersRecord;
    expect([corpora.corpus.rows, corpora.corpus.rejected]).toEqual([40, 1]);
    expect(await box.files()).toContain("skipped.rejects.jsonl");
  });

  it("says before it embeds what it cannot do", async () => {
    await box.write("words.txt", "2 2\ngood 1 0\nbad 0 1\n");
    const cases = [
      [["in.csv", "--encoder", "words.txt"], 4, "E_ENCODER_UNSUPPORTED"],
      [["in.csv", "--pooling", "model", ...WITH_TINY], 2, "E_USAGE"],
      [["in.csv", "--target", "odd.csv", "--map", "good=fine", ...WITH_TINY], 3, "E_COLUMN_MISSING"],
    ] as const;
    for (const [args, exit, code] of cases)
      expectFailure(await box.call(["layers", ...args]), { exit, code, says: [] });
  });
});
