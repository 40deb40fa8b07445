import { readdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { TransferRecord } from "../../src/transfer/experiment/record.js";
import { csv, jsonOf, labelledRows, sharedSandbox, succeeded, TINY, type Sandbox } from "./runCli.js";

const WITH_TINY = ["--encoder", TINY];
const COLUMNS = ["text", "label"];
const SIDES = ["transfer", "--source", "source.csv", "--target", "target.csv"];

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  const rows = labelledRows(160);
  await box.write("source.csv", csv(COLUMNS, rows.slice(0, 60)));
  await box.write("target.csv", csv(COLUMNS, rows.slice(60, 100)));
  await box.write("own.csv", csv(COLUMNS, rows.slice(100, 140)));
  await box.write("new.csv", csv(COLUMNS, rows.slice(140)));
});

interface HeadJson {
  readonly encoder: { readonly fingerprint: string };
  readonly training: { readonly files: readonly string[]; readonly n: number };
}
const headOf = async (folder: string): Promise<HeadJson> =>
  JSON.parse(await readFile(box.path(`${folder}/headstart.json`), "utf8")) as HeadJson;

describe("headstart transfer", () => {
  it("writes the head of all source rows where there is no verdict, which predicts and is evaluated", async () => {
    const finished = succeeded(await box.call([...SIDES, "-o", "moved", ...WITH_TINY]));
    expect(finished.stdout).toMatch(/^head +moved\/head$/m);
    const record = JSON.parse(await readFile(box.path("moved/record.json"), "utf8")) as TransferRecord;
    expect(record.head).toBe("moved/head");
    const head = await headOf("moved/head");
    expect(head.training).toMatchObject({ files: ["source.csv"], n: 60 });
    expect(head.encoder.fingerprint).toBe(record.encoder.fingerprint);
    expect(jsonOf(await box.call(["evaluate", "moved/head", "new.csv", "--json"]))).toMatchObject({
      n: 20,
      seenInTraining: 0,
      bagOfWords: { macroF1: expect.any(Number) as number },
    });
    succeeded(await box.call(["predict", "moved/head", "the film was good"]));
    succeeded(await box.call([...SIDES, "-o", "moved", "--force", ...WITH_TINY]));
  });

  it("writes the same head as train does on the same rows", async () => {
    succeeded(await box.call([...SIDES, "-o", "same", ...WITH_TINY]));
    succeeded(await box.call(["train", "source.csv", "-o", "trained", ...WITH_TINY]));
    const weights = (folder: string) => readFile(box.path(`${folder}/head.safetensors`));
    expect((await weights("same/head")).equals(await weights("trained"))).toBe(true);
    expect((await readdir(box.path("same/head"))).sort()).toEqual((await readdir(box.path("trained"))).sort());
  });

  it("trains it on the rows that the verdict recommends", async () => {
    const args = [...SIDES, "--target-train", "own.csv", "-o", "judged", "--json", ...WITH_TINY];
    const { verdict } = jsonOf(await box.call(args)) as unknown as TransferRecord;
    const { files, n } = (await headOf("judged/head")).training;
    const own = { files: ["own.csv"], n: 40 };
    const both = { files: ["source.csv", "own.csv"], n: 100 };
    const allowed = { positive: [both], negative: [own], neutral: [own, both], unknown: [] };
    expect(allowed[verdict.call]).toContainEqual({ files, n });
  });

  it("writes none with --no-head", async () => {
    const args = [...SIDES, "--no-head", "-o", "headless", "--json", ...WITH_TINY];
    expect(jsonOf(await box.call(args))).toMatchObject({ head: null });
    expect((await readdir(box.path("headless"))).sort()).toEqual([".headstart", "record.json", "report.html"]);
  });
});
