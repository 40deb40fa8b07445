import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { TransferRecord } from "../../src/transfer/experiment/record.js";
import { csv, expectFailure, jsonOf, labelledRows, sharedSandbox, succeeded, TINY, type Sandbox } from "./runCli.js";

const WITH_TINY = ["--encoder", TINY];
const COLUMNS = ["text", "label"];
const TWO = ["transfer", "--source", "a.csv", "--source", "b.csv", "--target", "target.csv", ...WITH_TINY];

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  const rows = labelledRows(180);
  await box.write("a.csv", csv(COLUMNS, rows.slice(0, 40)));
  await box.write("b.csv", csv(COLUMNS, rows.slice(40, 90)));
  await box.write("target.csv", csv(COLUMNS, rows.slice(90, 130)));
  await box.write("mixed.csv", csv(COLUMNS, [...rows.slice(90, 130), ...rows.slice(60, 67)]));
  await box.write("own.csv", csv(COLUMNS, rows.slice(130, 160)));
  await box.write(
    "texts.csv",
    csv(
      ["text"],
      rows.slice(90, 130).map(([text]) => [text]),
    ),
  );
});

const recordOf = async (args: readonly string[]): Promise<TransferRecord> =>
  jsonOf(await box.call([...args, "--json", "--no-head"])) as unknown as TransferRecord;

describe("headstart transfer with several --source", () => {
  it("ranks them, and goes on with one", async () => {
    const record = await recordOf([...TWO, "--target-train", "own.csv", "-o", "ranked"]);
    const { sources = [], sourceChoice, corpora } = record;
    expect(sources.map(({ files }) => files)).toEqual([["a.csv"], ["b.csv"]]);
    for (const one of sources)
      for (const name of ["rows", "macroF1", "logMe", "leep", "hScore", "neighbors", "proxyA", "forecast"] as const)
        expect(one[name]).toBeTypeOf("number");
    expect(sourceChoice!.by).toBe("macro-F1 on the target's training rows");
    const chosen = sources.find((one) => one.chosen)!;
    expect(corpora.source.files).toEqual(chosen.files);
    expect(JSON.parse(await readFile(box.path("ranked/record.json"), "utf8"))).toEqual(record);
  });

  it("scores the chosen one as the experiment with it alone does", async () => {
    const { sources = [], target } = await recordOf([...TWO, "-o", "several"]);
    const { files, macroF1 } = sources.find(({ chosen }) => chosen)!;
    const alone = await recordOf([
      "transfer",
      "--source",
      ...files,
      "--target",
      "target.csv",
      ...WITH_TINY,
      "-o",
      "alone",
    ]);
    expect([macroF1, target!.macroF1]).toEqual([alone.target!.macroF1, alone.target!.macroF1]);
    expect(alone).not.toHaveProperty("sources");
  });

  it("scores all of them on target rows that none of them has", async () => {
    const without = await recordOf([...TWO, "-o", "without"]);
    const mixed = TWO.map((arg) => (arg === "target.csv" ? "mixed.csv" : arg));
    const found = await recordOf([...mixed, "-o", "mixed"]);
    const scores = ({ sources = [] }: TransferRecord) => sources.map(({ macroF1, behind }) => [macroF1, behind]);
    expect(scores(found)).toEqual(scores(without));
    expect(found.warnings.join()).toContain("7 target rows left out of the scores of the sources");
  });

  it("takes files behind one --source for one corpus, which is another command", async () => {
    const one = [
      "transfer",
      "--source",
      "a.csv",
      "b.csv",
      "--target",
      "target.csv",
      ...WITH_TINY,
      "-o",
      "several-or-one",
    ];
    const joint = await recordOf(one);
    expect([joint.corpora.source.files, joint.sources]).toEqual([["a.csv", "b.csv"], undefined]);
    const refused = await box.call([...TWO, "-o", "several-or-one", "--no-head"]);
    expectFailure(refused, { exit: 5, code: "E_OUTPUT_EXISTS", says: [] });
    const { sources } = await recordOf([...TWO, "-o", "several-or-one", "--force"]);
    expect(sources).toHaveLength(2);
  });

  it("chooses without labels of the target too, and writes a head of the chosen one", async () => {
    const args = ["transfer", "--source", "a.csv", "--source", "b.csv", "--target", "texts.csv", ...WITH_TINY];
    const { stdout } = succeeded(await box.call([...args, "-o", "unlabeled"]));
    const file = /^\* (\S+)/m.exec(stdout)![1];
    const head = JSON.parse(await readFile(box.path("unlabeled/head/headstart.json"), "utf8")) as {
      training: { files: readonly string[] };
    };
    expect(head.training.files).toEqual([file]);
    expect(stdout).toContain("chosen: ");
  });

  it.each([
    [["--source-dev", "own.csv"], "--source-dev has rows of one source"],
    [["--source", "./a.csv"], "--source has ./a.csv twice"],
    [["--task", "ner"], "Cannot rank several sources for --task ner"],
  ])("refuses %j with them", async (more, says) => {
    const finished = await box.call([...TWO, "-o", "refused", ...more]);
    expectFailure(finished, { exit: 2, code: "E_USAGE", says: [new RegExp(says)] });
  });
});
