import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { TransferRecord } from "../../src/transfer/experiment/record.js";
import { csv, expectFailure, jsonOf, labelledRows, sandbox, succeeded, TINY } from "./runCli.js";

const WITH_TINY = ["--encoder", TINY];
const SOURCE = csv(["text", "label"], labelledRows(40, ["good", "bad"]));
const TEXTS = Array.from({ length: 30 }, (_, i) => `the ${i % 2 === 0 ? "good" : "bad"} shop ${i}`);

describe("headstart transfer with a target without labels", () => {
  it.each([
    [
      "text.csv",
      csv(
        ["text"],
        TEXTS.map((text) => [text]),
      ),
    ],
    [
      "empty.csv",
      csv(
        ["text", "label"],
        TEXTS.map((text) => [text, ""]),
      ),
    ],
    ["lines.txt", `${TEXTS.join("\n")}\n`],
  ])("forecasts its accuracy and writes the report (%s)", async (name, content) => {
    const box = await sandbox();
    await box.write("in.csv", SOURCE);
    await box.write(name, content);
    const sides = ["--source", "in.csv", "--target", name, "-o", "out"];
    const finished = await box.call(["transfer", ...sides, "--json", ...WITH_TINY]);
    const record = jsonOf(finished) as unknown as TransferRecord & { texts: Record<string, object> };
    expect(record).toMatchObject({ target: null, drop: null, mistakes: [], verdict: { call: "unknown" } });
    expect(record.corpora.target).toMatchObject({ rows: 30, labels: {} });
    expect(record.forecast).toMatchObject({ accuracy: expect.any(Number), method: expect.any(String), truth: null });
    expect(record.texts["target"]).toMatchObject({ truncated: 0, unknownTokens: expect.any(Number) });
    expect(finished.stderr).toMatch(/without labels/);
    const page = await readFile(box.path("out/report.html"), "utf8");
    expect(page).toContain("Forecast without labels");
  });

  it("prints the forecast, and beside it the truth where the target has labels", async () => {
    const box = await sandbox();
    await box.write("in.csv", SOURCE);
    await box.write(
      "text.csv",
      csv(
        ["text"],
        TEXTS.map((text) => [text]),
      ),
    );
    const call = (target: string, more: string[] = []) =>
      box.call(["transfer", "--source", "in.csv", "--target", target, "-o", `out-${target}`, ...more, ...WITH_TINY]);
    const without = succeeded(await call("text.csv", ["--target-train", "in.csv", "--verbose"])).stdout;
    expect(without).toMatch(/^accuracy on the target, forecast +0\.\d{3} \(95 % 0\.\d{3} to [01]\.\d{3}\)$/m);
    expect(without).toMatch(/^distance \(proxy A-distance\) +too few rows to say$/m);
    expect(without).toMatch(/^target words not in the source +\d+\s%$/m);
    expect(without).toMatch(/^verdict +unknown: the target has no labels/m);
    expect(without).not.toMatch(/macro-F1 on the target|undefined|NaN|null/);
    const labeled = succeeded(await call("in.csv")).stdout;
    expect(labeled).toMatch(/^accuracy on the target, forecast .*; it is [01]\.\d{3}, (inside|outside)$/m);
  });

  it("names what to measure on where rows are suggested, which a labeled target has already", async () => {
    const box = await sandbox();
    await box.write("in.csv", SOURCE);
    await box.write("lines.txt", `${TEXTS.join("\n")}\n`);
    const says = async (target: string): Promise<string> => {
      const sides = ["--source", "in.csv", "--target", target, "--suggest", "5", "-o", `out-${target}`];
      return succeeded(await box.call(["transfer", ...sides, ...WITH_TINY])).stdout;
    };
    const measured = "with labeled rows drawn at random as --target";
    expect(await says("lines.txt")).toContain(measured);
    expect(await says("in.csv")).not.toContain(measured);
  });

  it("needs the column of labels that is named, and every label where there are some", async () => {
    const box = await sandbox();
    await box.write("in.csv", SOURCE.replace("label", "mood"));
    await box.write(
      "text.csv",
      csv(
        ["text"],
        TEXTS.map((text) => [text]),
      ),
    );
    await box.write(
      "some.csv",
      csv(
        ["text", "mood"],
        TEXTS.map((text, i) => [text, i === 4 ? "" : "good"]),
      ),
    );
    const call = (target: string) =>
      box.call([
        "transfer",
        "--source",
        "in.csv",
        "--label-column",
        "mood",
        "--target",
        target,
        "-o",
        "out",
        ...WITH_TINY,
      ]);
    expectFailure(await call("text.csv"), {
      exit: 3,
      code: "E_COLUMN_MISSING",
      says: [/without labels need that column/],
    });
    expectFailure(await call("some.csv"), { exit: 3, code: "E_LABEL_MISSING", says: [/some\.csv:6/] });
  });
});
