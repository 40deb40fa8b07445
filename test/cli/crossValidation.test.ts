import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { csv, expectFailure, jsonOf, labelledRows, sharedSandbox, succeeded, TINY, type Sandbox } from "./runCli.js";

const ROWS = labelledRows(60);
const HOW = ["--encoder", TINY];

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("train.csv", csv(["text", "label"], ROWS));
});

describe("headstart train --cv", () => {
  it("scores all rows, in its JSON, its lines and the card, and gives the head that it gives without", async () => {
    succeeded(await box.call(["train", "train.csv", "-o", "plain", "--quiet", ...HOW]));
    const told = jsonOf(await box.call(["train", "train.csv", "-o", "head", "--cv", "4", "--json", ...HOW]));
    const cv = told["cv"] as { folds: number; n: number; macroF1: number; interval95: number[]; perFold: object[] };
    expect(cv).toMatchObject({ folds: 4, n: 60, confusion: { labels: ["bad", "good"] } });
    expect(cv).toMatchObject({ perLabel: { bad: { support: 30 }, good: { support: 30 } } });
    expect(cv.perFold).toHaveLength(4);
    expect(told["dev"]).toMatchObject({ n: 60 });
    const [plain, head] = ["plain", "head"].map((name) => readFile(box.path(`${name}/head.safetensors`)));
    expect(await head).toEqual(await plain);
    const card = await readFile(box.path("head/README.md"), "utf8");
    expect(card).toContain("## Scores by cross-validation");
    expect(card).toContain(`| heads like this one | `);
    const again = succeeded(await box.call(["train", "train.csv", "-o", "head", "--cv", "4", ...HOW]));
    expect(again.stderr).toContain("was written by the same command");
    const [first, ...rest] = again.stdout.split("\n");
    expect(first).toBe(
      `macro-F1 ${cv.macroF1.toFixed(3)} on all 60 rows, by 4-fold cross-validation ` +
        `(95 % interval ${cv.interval95.map((end) => end.toFixed(3)).join(" to ")})`,
    );
    expect(rest.join("\n")).toContain("other training rows give another head is left out");
    expect(rest.join("\n")).toMatch(/^This head: macro-F1 \d\.\d{3} on 60 held-out rows/m);
    succeeded(await box.call(["predict", "head", "sun"]));
  });

  it("repeats it with other folds, and says so", async () => {
    const args = ["train", "train.csv", "-o", "twice", "--cv", "3x2", ...HOW];
    const { stdout } = succeeded(await box.call(args));
    expect(stdout).toContain("on all 60 rows, by 3-fold cross-validation, mean of 2 repeats (95 % interval");
    expect(stdout).toContain("macro-F1 of the single repeats");
    const cv = jsonOf(await box.call([...args, "--json", "--force"]))["cv"] as {
      perFold: object[];
      perRepeat: object[];
    };
    expect(cv).toMatchObject({ folds: 3, repeats: 2, n: 60, perRepeat: [{ seed: 1 }, { seed: 2 }] });
    expect(cv.perFold).toHaveLength(6);
    expect(await readFile(box.path("twice/README.md"), "utf8")).toContain("mean of 2 repeats");
  });

  it("serves MLPs", async () => {
    const mlp = ["--head", "mlp", "--hidden", "4", "--epochs", "2"];
    const told = jsonOf(await box.call(["train", "train.csv", "-o", "mlp", "--cv", "2", "--json", ...mlp, ...HOW]));
    expect(told["cv"]).toMatchObject({ folds: 2, n: 60, perFold: [{ C: null }, { C: null }] });
  });

  it.each([
    [["--cv", "1"], 2, "E_USAGE", /whole number of at least 2/],
    [["--cv", "five"], 2, "E_USAGE", /whole number/],
    [["--cv", "5x0"], 2, "E_USAGE", /5x2 for 2 repeats/],
    [["--cv", "5", "--dev", "train.csv"], 2, "E_USAGE", /--cv does nothing with --dev/],
    [["--cv", "5", "--tune"], 2, "E_USAGE", /--cv does nothing for a search \(--tune\)/],
    [["--cv", "5", "--multi-label", "|"], 2, "E_USAGE", /--cv does nothing for heads that give several labels/],
    [["--cv", "5", "--task", "ner"], 2, "E_USAGE", /--cv does nothing for heads that find entities/],
    [["--cv", "5", "--label-errors"], 2, "E_USAGE", /--cv does nothing for a search for label errors/],
    [["--cv", "1000"], 3, "E_LABELS", /60 rows with 60 different texts into 1000 folds. Give at most 60/],
  ])("refuses %j", async (flags, exit, code, says) => {
    const finished = await box.call(["train", "train.csv", "-o", "none", ...flags, ...HOW]);
    expectFailure(finished, { exit, code, says: [says] });
    expect(await box.files()).not.toContain("none");
  });
});
