import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { MatrixRecord } from "../../src/transfer/matrix/record.js";
import { csv, expectFailure, jsonOf, labelledRows, sandbox, succeeded, TINY } from "./runCli.js";

const WITH_TINY = ["--encoder", TINY];
const rows = (about: string): string =>
  csv(
    ["text", "label"],
    labelledRows(30, ["good", "bad"]).map(([text, label]) => [`${about} ${text}`, label]),
  );

describe("headstart transfer --matrix", () => {
  it("compares every file with every other, and writes report and record", async () => {
    const box = await sandbox();
    await box.write("a/train.csv", rows("film"));
    await box.write("b/train.csv", rows("food"));
    const args = ["transfer", "--matrix", "a/train.csv", "b/train.csv", "-o", "out", ...WITH_TINY];
    const finished = await box.call([...args, "--json"]);
    const record = jsonOf(finished) as unknown as MatrixRecord;
    expect(record.domains.map(({ name, corpus, train, test }) => [name, corpus.rows, train + test <= 30])).toEqual(
      [
        ["a/train", 30, true],
        ["b/train", 30, true],
      ].map(([name, ...rest]) => [`${name as string}.csv`, ...rest]),
    );
    expect(record.cells.map(({ source, target }) => [source, target])).toEqual([
      ["a/train.csv", "b/train.csv"],
      ["b/train.csv", "a/train.csv"],
    ]);
    for (const cell of record.cells)
      expect(cell).toMatchObject({ macroF1: expect.any(Number), accuracy: expect.any(Number), call: "neutral" });
    expect(JSON.parse(await readFile(box.path("out/record.json"), "utf8"))).toEqual(record);
    expect(await readFile(box.path("out/report.html"), "utf8")).toContain("transfer matrix");
    const again = succeeded(await box.call(args));
    expect(again.stderr).toContain("nothing to do");
    expect(again.stdout).toMatch(/^a\/train\.csv +best source b\/train\.csv 0\.\d{3}, in-domain/m);
  });

  it("refuses what is no matrix with the flag that is wrong, before it reads anything", async () => {
    const box = await sandbox();
    const call = (...args: string[]) => box.call(["transfer", ...args, "-o", "out", ...WITH_TINY]);
    const refused = async (says: RegExp, ...args: string[]): Promise<void> =>
      expectFailure(await call(...args), { exit: 2, code: "E_USAGE", says: [says] });
    await refused(/--source does nothing with --matrix/, "--matrix", "a.csv", "b.csv", "--source", "c.csv");
    await refused(/--no-head does nothing with --matrix/, "--matrix", "a.csv", "b.csv", "--no-head");
    await refused(/--matrix does nothing for/, "--matrix", "a.csv", "b.csv", "--task", "ner");
    await refused(/Give two or more files/, "--matrix", "a.csv");
    await refused(/--matrix has \.\/a\.csv twice/, "--matrix", "a.csv", "./a.csv");
    await refused(/without --target <corpus>.*--matrix/, "--source", "a.csv");
    await refused(/without --source <corpus> and --target <corpus>/);
    expect(await box.files()).toEqual([]);
  });

  it("names a file that cannot be read or learned from, and embeds nothing", async () => {
    const box = await sandbox();
    await box.write("a.csv", rows("film"));
    await box.write(
      "one.csv",
      csv(
        ["text", "label"],
        [
          ["fine", "good"],
          ["poor", "good"],
          ["so so", "good"],
        ],
      ),
    );
    await box.write(
      "stars.csv",
      rows("food").replaceAll(/good|bad/g, (label) => (label === "good" ? "up" : "down")),
    );
    const call = (file: string) => box.call(["transfer", "--matrix", "a.csv", file, "-o", "out", ...WITH_TINY]);
    const missing = await call("none.csv");
    expectFailure(missing, { exit: 3, code: "E_INPUT_MISSING", says: [/none\.csv/] });
    expectFailure(await call("one.csv"), { exit: 3, code: "E_LABELS", says: [/one\.csv: .*"good" \(3\)/] });
    const strange = await call("stars.csv");
    expectFailure(strange, { exit: 3, code: "E_LABEL_MAP", says: [/Cannot compare any two/, /--map/] });
    for (const { stderr } of [missing, strange]) expect(stderr).not.toContain("embedding");
  });
});
