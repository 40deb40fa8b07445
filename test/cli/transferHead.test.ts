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

describe("headstart transfer --adapt", () => {
  it("compares heads that are adapted with the one that is not, and writes the one that was asked for", async () => {
    const call = async (folder: string, ...more: string[]) =>
      succeeded(await box.call([...SIDES, "-o", folder, ...more, ...WITH_TINY])).stdout;
    const shown = await call("centered", "--adapt", "center");
    expect(shown).toMatch(/^macro-F1 not adapted +[01]\.\d{3}$/m);
    expect(shown).toMatch(/^macro-F1 adapted by center +[01]\.\d{3}, \S+ \(95 % .* to .*, over the target's rows\)$/m);
    const { adaptation, target } = JSON.parse(
      await readFile(box.path("centered/record.json"), "utf8"),
    ) as TransferRecord;
    expect(adaptation).toMatchObject([
      { name: "none", macroF1: target!.macroF1, difference: null, chosen: false },
      { name: "center", chosen: true },
    ]);
    await call("several", "--adapt", "center,weights,prior,self-train");
    await call("plain");
    const weights = (folder: string) => readFile(box.path(`${folder}/head/head.safetensors`));
    expect((await weights("several")).equals(await weights("plain"))).toBe(true);
    expect((await weights("centered")).equals(await weights("plain"))).toBe(false);
    expect(await readFile(box.path("centered/head/README.md"), "utf8")).toContain("40 target rows");
    succeeded(await box.call(["predict", "centered/head", "the film was good"]));
  });

  it("scores none of them on a target without labels", async () => {
    await box.write(
      "texts.csv",
      csv(
        ["text"],
        labelledRows(30).map(([text]) => [text]),
      ),
    );
    const sides = ["transfer", "--source", "source.csv", "--target", "texts.csv", "-o", "unlabeled"];
    const { adaptation } = jsonOf(
      await box.call([...sides, "--adapt", "prior", "--json", ...WITH_TINY]),
    ) as unknown as TransferRecord;
    expect(adaptation).toEqual(
      ["none", "prior"].map((name) => ({
        name,
        macroF1: null,
        difference: null,
        interval95: null,
        chosen: name === "prior",
      })),
    );
  });

  it("refuses a name that is none", async () => {
    const finished = await box.call([...SIDES, "-o", "no", "--adapt", "center,turn", ...WITH_TINY]);
    expect(finished.code).toBe(2);
    expect(finished.stderr).toMatch(
      /Unknown name "turn": give one or more of none, center, coral, weights, prior, self-train, shift, easyadapt, l2sp, auto/,
    );
  });

  it("refuses what trains on labeled target rows where there are none, with what needs none", async () => {
    const finished = await box.call([...SIDES, "-o", "no", "--adapt", "center,l2sp", ...WITH_TINY]);
    expect(finished.code).toBe(2);
    expect(finished.stderr).toContain("Cannot adapt by l2sp: it trains on labeled rows of the target");
  });

  it("refuses l2sp where the target's training rows lack a label of the source, before anything is embedded", async () => {
    const rows = labelledRows(30);
    const own = [...rows.filter(([, label]) => label === rows[0][1]), rows.find(([, label]) => label !== rows[0][1])!];
    await box.write("one-label.csv", csv(["text", "label"], own));
    const sides = [...SIDES, "--target-train", "one-label.csv", "-o", "no", "--adapt", "l2sp", ...WITH_TINY];
    const finished = await box.call(sides);
    expect([finished.code, finished.stderr]).toEqual([3, expect.stringContaining("has fewer than 2 rows of")]);
  });

  it("says what auto chooses and by which rule, and with labeled target rows writes the head that goes on from the source's", async () => {
    const shown = succeeded(await box.call([...SIDES, "-o", "auto", "--adapt", "auto", ...WITH_TINY])).stdout;
    expect(shown).toMatch(
      /^adaptation by auto +(?:none|self-train): an accuracy of .* Rule: self-train where an accuracy of 0\.75/m,
    );
    await box.write("own.csv", csv(["text", "label"], labelledRows(50).slice(10)));
    const own = [...SIDES, "--target-train", "own.csv", ...WITH_TINY];
    succeeded(await box.call([...own, "-o", "started", "--adapt", "l2sp"]));
    const { adaptation } = JSON.parse(await readFile(box.path("started/record.json"), "utf8")) as TransferRecord;
    expect(adaptation).toMatchObject([{ name: "none" }, { name: "l2sp", chosen: true }]);
    expect(await readFile(box.path("started/head/README.md"), "utf8")).toContain("labeled target rows (l2sp)");
  });
});
